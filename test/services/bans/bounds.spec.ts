import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import * as fc from 'fast-check'
import { BanTable } from '../../../src/services/bans/ban-table.ts'
import { EvidenceBook } from '../../../src/services/bans/evidence-book.ts'
import { History } from '../../../src/services/bans/history.ts'
import { targetOf } from '../../../src/services/bans/target.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { START_MS } from '../../support/open-book.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { openBans, settled } from './open-bans.ts'
import type { PeerId } from '@libp2p/interface'
import type { Ban } from '../../../src/services/bans/index.ts'

describe('bans: bounds', () => {
  const rng = seededRng(4)

  describe('which ban goes when there are too many', () => {
    const ban = (key: string, fields: Partial<Ban> = {}): Ban => ({ kind: 'ip', key, by: 'score', reason: '', sinceMs: 0, untilMs: 100, strikes: 1, severity: 60, ...fields })
    const cases: Array<[name: string, known: Ban[], newcomer: Ban, gone: string]> = [
      ['the least severe', [ban('9.0.0.1', { severity: 100 }), ban('9.0.0.2', { severity: 61 })], ban('9.0.0.3', { severity: 62 }), '9.0.0.2'],
      ['the newcomer, if that is the least severe', [ban('9.0.0.1'), ban('9.0.0.2')], ban('9.0.0.3', { severity: 59 }), '9.0.0.3'],
      ['of equals the one that ends first', [ban('9.0.0.1'), ban('9.0.0.2', { untilMs: 99 })], ban('9.0.0.3'), '9.0.0.2'],
      ['the newcomer, if it ends first', [ban('9.0.0.1'), ban('9.0.0.2')], ban('9.0.0.3', { untilMs: 50 }), '9.0.0.3'],
      ['not one for good', [ban('9.0.0.1', { untilMs: undefined }), ban('9.0.0.2')], ban('9.0.0.3'), '9.0.0.2'],
      ['not the oldest', [ban('9.0.0.1', { sinceMs: -1_000 }), ban('9.0.0.2', { untilMs: 99 })], ban('9.0.0.3'), '9.0.0.2'],
      ['none by hand, be it less severe', [ban('9.0.0.1', { by: 'hand', severity: 1 }), ban('9.0.0.2', { severity: 100 })], ban('9.0.0.3', { severity: 101 }), '9.0.0.2'],
      ['another for one by hand, even if all are by hand', [ban('9.0.0.1', { by: 'hand', untilMs: 50 }), ban('9.0.0.2', { by: 'hand' })], ban('9.0.0.3', { by: 'hand', untilMs: 10 }), '9.0.0.1']
    ]
    for (const [name, known, newcomer, gone] of cases) {
      it(name, () => {
        const table = new BanTable({ peer: 0, host: 2, network: 0 })
        for (const one of known) expect(table.add(one)).to.equal(undefined)
        expect(table.add(newcomer)?.key).to.equal(gone)
        expect([...table.values()].map(({ key }) => key)).to.have.members(['9.0.0.1', '9.0.0.2', '9.0.0.3'].filter(key => key !== gone))
        expect(table.sizes.host).to.equal(2)
      })
    }

    it('none when one of the same key is replaced', () => {
      const table = new BanTable({ peer: 0, host: 1, network: 0 })
      table.add(ban('9.0.0.1'))
      expect(table.add(ban('9.0.0.1', { severity: 1 }))).to.equal(undefined)
    })

    it('peers, hosts and networks do not displace each other', () => {
      const table = new BanTable({ peer: 1, host: 1, network: 1 })
      const keys = [randomPeerId(rng).toString(), '9.0.0.1', '9.0.0.0/24']
      for (const key of keys) expect(table.add(ban(key))).to.equal(undefined)
      expect(table.add(ban('2606:4700::/64', { severity: 61 }))?.key).to.equal('9.0.0.1')
      expect(table.add(ban('2606:4700::/56', { severity: 61 }))?.key).to.equal('9.0.0.0/24')
    })
  })

  it('history: keys without a running ban go first, the least recently ended first', () => {
    const changed: string[] = []
    const history = new History(key => { changed.push(key) }, 3)
    const begin = (key: string): void => { history.began({ kind: 'ip', key, by: 'hand', reason: '', sinceMs: 0, strikes: 1, severity: 1 }, 0) }
    for (const key of ['a', 'b', 'c', 'd']) begin(key)
    expect(history.size, 'running bans are bounded elsewhere').to.equal(4)
    history.ended('c', 'expired', 1)
    expect(history.get('c')).to.deep.equal([])
    history.ended('b', 'expired', 2)
    history.ended('a', 'expired', 3)
    begin('e')
    begin('a')
    history.ended('d', 'expired', 4)
    begin('f')
    history.ended('e', 'expired', 5)
    expect(['a', 'b', 'd', 'e', 'f'].map(key => history.get(key).length), 'a runs again').to.deep.equal([2, 0, 0, 1, 1])
    expect(changed).to.include.members(['a', 'b', 'c', 'd', 'e'])
  })

  it('evidence: entries in all, those against banned peers last', () => {
    const changed: string[] = []
    const book = new EvidenceBook({ changed: peer => { changed.push(peer) }, isBanned: peer => peer === 'bad', maxEntries: 40 })
    const charge = (peer: string): void => { book.add(peer, { timeMs: 0, offence: 'minor', cause: 'test:deed' }) }
    for (let i = 0; i < 16; i++) charge('bad')
    for (let i = 0; i < 100; i++) charge(`peer-${i}`)
    expect(book.size).to.equal(40)
    expect(book.get('bad')).to.have.length(16)
    expect(book.get('peer-75')).to.have.length(0)
    expect(book.get('peer-76')).to.have.length(1)
    expect(changed.filter(peer => peer === 'peer-0')).to.have.length(2)
  })

  it('evidence: however many are banned, a quarter is for those who are not', () => {
    const book = new EvidenceBook({ changed: () => {}, isBanned: peer => peer.startsWith('bad'), maxEntries: 40 })
    const charge = (peer: string): void => { book.add(peer, { timeMs: 0, offence: 'minor', cause: 'test:deed' }) }
    for (let i = 0; i < 100; i++) charge(`bad-${i}`)
    for (let i = 0; i < 100; i++) charge(`other-${i}`)
    const kept = (name: string): number => Array.from({ length: 100 }, (_, i) => book.get(`${name}-${i}`).length).reduce((sum, length) => sum + length)
    expect([kept('bad'), kept('other')]).to.deep.equal([30, 10])
    expect(book.get('other-99')).to.have.length(1)
  })

  it('evidence: what was most recently added is there, and no more than fits, whatever comes and is banned', () => {
    fc.assert(fc.property(fc.array(fc.record({ peer: fc.nat({ max: 30 }), bans: fc.boolean() }), { maxLength: 400 }), steps => {
      const banned = new Set<string>()
      const known = new Map<string, number>()
      const book = new EvidenceBook({ changed: () => {}, isBanned: peer => banned.has(peer), maxEntries: 40 })
      for (const [timeMs, { peer, bans }] of steps.entries()) {
        const id = String(peer)
        if (bans && !banned.delete(id)) banned.add(id)
        book.add(id, { timeMs, offence: 'minor', cause: 'test:deed' })
        known.set(id, timeMs)
        expect(book.get(id)[0]?.timeMs).to.equal(timeMs)
        const entries = [...known.keys()].map(id => book.get(id))
        expect(book.size).to.equal(entries.reduce((sum, { length }) => sum + length, 0)).and.to.be.at.most(40)
        for (const of of entries) expect(of.length).to.be.at.most(16)
      }
    }))
  })

  it('T14: one fatal ban, then 20,000 minor offenders: the fatal ban is still there, fast, and all within bounds', async function () {
    const one = await openBans()
    const { bans, scoring, connections } = one
    const peers: PeerId[] = Array.from({ length: 20_000 }, () => randomPeerId(rng))
    const fatal = randomPeerId(rng)
    scoring.condemn(fatal, { misbehaviour: 100, cause: 'test:fatal' })
    const busy = process.cpuUsage()
    for (const [i, peer] of peers.entries()) {
      const connection = i % 10 === 0 ? connections.open(peer, `/ip4/${11 + i % 80}.${i >> 6 & 255}.${i >> 14}.9/tcp/1`) : undefined
      scoring.condemn(peer, { misbehaviour: 60 + (i % 100) / 10, timeMs: START_MS + i })
      if (connection != null) connections.close(connection)
    }
    await settled()
    const { user, system } = process.cpuUsage(busy)
    const tookMs = (user + system) / 1_000
    expect(bans.get(fatal)).to.include({ by: 'score', severity: 100 })
    expect(bans.isDenied({ peerId: fatal })).to.equal(true)
    const { gauges } = bans.snapshot()
    expect(gauges).to.include({ peers: 10_000, history: 20_000, evidence: 10_000 })
    expect(gauges.decisions).to.be.at.most(4_096)
    // the worst half is left
    expect(Math.min(...bans.list({ kind: 'peer' }).map(({ severity }) => severity))).to.be.at.least(65)
    const dropped = peers.find(peer => bans.get(peer) == null && bans.history(peer).length > 0)!
    expect(bans.history(dropped)[0]).to.include({ end: 'displaced' })
    process.stdout.write(`      20,000 offenders: ${tookMs.toFixed(0)} ms busy, ${(tookMs / 20).toFixed(1)} us each (limit 8,000 ms)\n`)
    expect(tookMs).to.be.below(8_000)

    const again = await one.reopen()
    expect(again.bans.get(fatal)).to.include({ severity: 100 })
    expect(again.bans.snapshot().gauges).to.include({ peers: 10_000, history: 20_000 })
    await again.stop()
  })

  it('what waits for a disk that fails has a bound, and all bans are written when it is well again', async () => {
    const datastore = new MemoryDatastore()
    const batch = datastore.batch.bind(datastore)
    const one = await openBans({ datastore })
    datastore.batch = () => ({ ...batch(), commit: async () => { throw new Error('no space left') } })
    const first = randomPeerId(rng)
    one.scoring.condemn(first)
    await settled()
    for (let i = 0; i < 45_000; i++) {
      const peerId = { toString: () => `nobody-${i}` } as PeerId
      one.scoring.safeDispatchEvent('peer:misbehaviour', { detail: { peerId, offence: 'minor', points: 2, cause: 'test:junk', timeMs: START_MS, misbehaviour: 2 } })
      if (i % 5_000 === 0) await one.clock.advanceAsync(60_000, 10_000)
    }
    // deletions were given up at least once
    expect(one.bans.snapshot().gauges).to.include({ evidence: 10_000 }).and.to.have.property('unwritten').that.is.below(32_768)
    datastore.batch = batch
    await one.clock.advanceAsync(60_000, 10_000)
    expect(one.bans.snapshot().gauges.unwritten).to.equal(0)
    const again = await one.reopen()
    expect(again.bans.get(first)).to.include({ by: 'score' })
    expect(again.bans.snapshot().gauges.evidence).to.equal(10_000)
    await again.stop()
  })

  it('holds 10,000 peers, 4,096 IPs and 1,024 prefixes of every length, and asks them all', async () => {
    const { bans, stop } = await openBans()
    const lines = [
      ...Array.from({ length: 10_000 }, () => ({ key: randomPeerId(rng).toString() })),
      ...Array.from({ length: 2_048 }, (_, i) => ({ key: `11.${i >> 8}.${i & 255}.7` })),
      ...Array.from({ length: 2_048 }, (_, i) => ({ key: `2606:4700:${i.toString(16)}:1::/64` })),
      // every length there is, of either family, and many of the usual ones
      ...Array.from({ length: 31 }, (_, i) => ({ key: targetOf(`4${'1'.repeat(i + 1)}`).key })),
      ...Array.from({ length: 63 }, (_, i) => ({ key: targetOf(`6${'1'.repeat(i + 1)}`).key })),
      ...Array.from({ length: 465 }, (_, i) => ({ key: `12.${i >> 8}.${i & 255}.0/24` })),
      ...Array.from({ length: 465 }, (_, i) => ({ key: `2a00:${(i + 1).toString(16)}::/48` }))
    ]
    const { added } = await bans.import(lines.map(line => JSON.stringify(line)))
    expect(added).to.equal(15_120)
    expect(bans.snapshot().gauges).to.include({ peers: 10_000, hosts: 4_096, networks: 1_024 })
    // how fast that is asked is for bench/scoring
    expect(bans.isDenied({ multiaddr: multiaddr('/ip4/11.3.7.7/tcp/1') })).to.equal(true)
    expect(bans.isDenied({ multiaddr: multiaddr('/ip6/2606:4700:7:1::9/tcp/1') })).to.equal(true)
    expect(bans.isDenied({ peerId: randomPeerId(rng), multiaddr: multiaddr('/ip4/12.1.7.9/tcp/1') })).to.equal(true)
    expect(bans.isDenied({ peerId: randomPeerId(rng), multiaddr: multiaddr('/ip4/13.1.7.9/tcp/1') })).to.equal(false)
    await stop()
  })
})
