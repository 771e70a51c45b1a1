import { expect } from 'chai'
import { peerPage } from '../../../src/http/views/peer-page.ts'
import { ANNA, BORIS, CLARA, DORA, bookEntry, indexOf, judging, linkOf } from './known-peers.ts'
import type { PeerQuery } from '../../../src/http/schemas/peer.ts'

const NAMES = new Map([[ANNA, 'anna'], [BORIS, 'boris'], [CLARA, 'clara'], [DORA, 'dora']].map(([id, name]) => [String(id), name as string]))

const index = indexOf([
  { id: ANNA.toString(), link: linkOf({ rttMs: 40, connectedMs: 3_000, roles: ['relay'] }), stored: { agent: 'Kubo/0.30' } },
  { id: BORIS.toString(), link: linkOf({ rttMs: 5, connectedMs: 2_000, address: '/ip4/198.51.100.1/tcp/1' }) },
  { id: CLARA.toString(), link: linkOf({ connectedMs: 1_000 }) },
  { id: DORA.toString(), book: bookEntry(DORA, ['/ip4/203.0.113.1/tcp/1', '/dns4/dora.example.org/tcp/1']), banned: true }
])
const scoring = judging({
  [ANNA.toString()]: { score: 3, quality: 80 },
  [BORIS.toString()]: { score: -30, quality: 20, standing: 'discouraged' },
  [DORA.toString()]: { score: -100, quality: 0, standing: 'banned' }
})

function page (query: PeerQuery): { names: string[], total: number, connected: number, offset: number } {
  const { peers, ...counts } = peerPage(index, query, scoring)
  return { names: peers.map(({ peerId }) => NAMES.get(peerId) ?? '?'), ...counts }
}

describe('http: a page of peers', () => {
  const table: Array<[query: PeerQuery, names: string, total?: number]> = [
    [{}, 'anna boris clara dora'],
    [{ state: 'connected' }, 'anna boris clara'],
    [{ state: 'known' }, 'dora'],
    [{ standing: 'good' }, 'anna clara'],
    [{ standing: 'banned', state: 'connected' }, ''],
    [{ limit: 2 }, 'anna boris', 4],
    [{ limit: 2, offset: 2 }, 'clara dora', 4],
    [{ offset: 100 }, '', 4],
    [{ search: 'KUBO' }, 'anna'],
    [{ search: ' relay ' }, 'anna'],
    [{ search: '198.51' }, 'boris'],
    [{ search: 'dora.example' }, 'dora'],
    [{ search: '   ' }, 'anna boris clara dora'],
    [{ search: 'nobody has this' }, ''],
    [{ sort: 'score' }, 'dora boris clara anna'],
    [{ sort: 'score', order: 'desc' }, 'anna clara boris dora'],
    [{ sort: 'quality', order: 'desc', limit: 1 }, 'anna', 4],
    [{ sort: 'rttMs' }, 'boris anna clara dora'],
    [{ sort: 'rttMs', order: 'desc' }, 'anna boris clara dora'],
    [{ sort: 'connectedMs' }, 'clara boris anna dora']
  ]
  for (const [query, names, total] of table) {
    it(`${JSON.stringify(query)}: ${names === '' ? 'nobody' : names}`, () => {
      const expected = names.split(' ').filter(name => name !== '')
      expect(page(query)).to.deep.equal({ names: expected, total: total ?? expected.length, connected: 3, offset: query.offset ?? 0 })
    })
  }

  it('finds by a part of the id, in any case, and sorts by it', () => {
    expect(page({ search: BORIS.toString().slice(-12).toLowerCase() }).names).to.deep.equal(['boris'])
    expect(page({ sort: 'peerId' }).names).to.deep.equal([...NAMES.keys()].sort().map(id => NAMES.get(id)))
  })

  it('shows at most 200 unless more are asked for', () => {
    const many = indexOf(Array.from({ length: 300 }, (_, i) => ({ id: `peer ${i}` })))
    expect(peerPage(many, {}, scoring).peers).to.have.length(200)
    expect(peerPage(many, { limit: 1_000 }, scoring).peers).to.have.length(300)
  })
})
