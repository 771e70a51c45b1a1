import { expect } from 'chai'
import { seededRng } from '../../../src/util/rng.ts'
import { startAdminApi } from '../../support/admin-api.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { BanExplanation, BanList } from '../../../src/http/schemas/ban.ts'
import type { AppNode } from '../../../src/index.ts'
import type { TestApi } from '../../support/admin-api.ts'

const rng = seededRng(62)
const OFFLINE = { listen: [], dht: { mode: 'off' as const }, presence: false }

describe('http: /v1/bans', () => {
  let api: TestApi
  let node: AppNode

  beforeEach(async () => {
    // the clock stands still: what is kept grows no older
    api = await startAdminApi({ node: OFFLINE, clock: new ManualClock() })
    node = api.node
  })
  afterEach(async () => { await api[Symbol.asyncDispose]() })

  async function list (query = ''): Promise<BanList> {
    return (await api.request('GET', `/v1/bans${query}`)).body as BanList
  }

  async function explain (target: string): Promise<BanExplanation> {
    return (await api.request('GET', `/v1/bans/${encodeURIComponent(target)}`)).body as BanExplanation
  }

  it('bans, shows it at once, lifts it, and remembers', async () => {
    expect(await list()).to.deep.equal({ bans: [], allow: [], total: 0 })
    const made = await api.request('POST', '/v1/bans', { target: '198.51.100.0/24', reason: '<b>scanners</b>', duration: 60_000 })
    expect(made.status).to.equal(201)
    expect(made.body).to.include({ kind: 'prefix', key: '198.51.100.0/24', by: 'hand', reason: '<b>scanners</b>', strikes: 1, severity: 100 })
    expect(made.body.untilMs - made.body.sinceMs).to.equal(60_000)
    expect(await list()).to.deep.equal({ bans: [made.body], allow: [], total: 1 })

    expect((await api.request('DELETE', '/v1/bans/198.51.100.0%2F24')).status).to.equal(204)
    expect(await list()).to.include({ total: 0 })
    const { history, ban, decisions } = await explain('198.51.100.0/24')
    expect(ban).to.equal(undefined)
    expect(history).to.have.length(1)
    expect(history[0]).to.include({ end: 'lifted', key: '198.51.100.0/24' })
    expect(decisions.map(({ decision }) => decision)).to.deep.equal(['released', 'banned'])
    const twice = await api.request('DELETE', '/v1/bans/198.51.100.0%2F24')
    expect([twice.status, twice.body.code]).to.deep.equal([404, 'BANS_NOT_FOUND'])
  })

  it('takes every duration, and escalates without one', async () => {
    const target = '198.51.100.7'
    const lasts = async (duration?: number | string): Promise<number | undefined> => {
      const { body } = await api.request('POST', '/v1/bans', { target, ...duration == null ? {} : { duration } })
      return body.untilMs == null ? undefined : body.untilMs - body.sinceMs
    }
    expect(await lasts()).to.equal(3_600_000)
    expect(await lasts('forever')).to.equal(undefined)
    for (const wrong of [0, -1, 1.5, 'ever', null]) {
      const { status, body } = await api.request('POST', '/v1/bans', { target, duration: wrong })
      expect([wrong, status, body.code]).to.deep.equal([wrong, 400, 'API_REQUEST_INVALID'])
    }
  })

  it('explains an address by what it is in, and a peer by what it did', async () => {
    await node.services.bans.ban('198.51.100.0/24')
    await node.services.bans.allow('203.0.113.0/24')
    expect((await explain('198.51.100.7')).ban).to.include({ key: '198.51.100.0/24' })
    expect(await explain('203.0.113.7')).to.deep.include({ target: '203.0.113.7', allowed: true, history: [] })
    expect((await list()).allow).to.deep.equal(['203.0.113.0/24'])

    const peer = randomPeerId(rng)
    for (let i = 0; i < 8; i++) node.services.scoring.report(peer, 'severe', 'test:deed', Uint8Array.of(1, 2, 3))
    await eventually('it is banned', () => node.services.bans.get(peer) != null)
    const told = await explain(peer.toString())
    expect(told.ban).to.include({ by: 'score', kind: 'peer' })
    expect(told.evidence[0]).to.include({ offence: 'severe', cause: 'test:deed', sample: '010203' })
  })

  it('refuses what cannot be banned, and says why', async () => {
    await node.services.bans.allow('203.0.113.0/24')
    for (const [target, status, code] of [
      ['nobody', 400, 'BANS_TARGET_INVALID'],
      ['192.0.2.1/24', 400, 'BANS_TARGET_INVALID'],
      ['0.0.0.0/0', 400, 'BANS_TARGET_INVALID'],
      [node.peerId.toString(), 409, 'BANS_SELF'],
      ['203.0.113.7', 409, 'BANS_ALLOWED'],
      ['', 400, 'API_REQUEST_INVALID'],
      ['x'.repeat(200), 400, 'API_REQUEST_INVALID']
    ] as const) {
      const { status: told, body } = await api.request('POST', '/v1/bans', { target })
      expect([target, told, body.code]).to.deep.equal([target, status, code])
    }
    const long = await api.request('POST', '/v1/bans', { target: '192.0.2.1', reason: 'x'.repeat(600) })
    expect(long.status).to.equal(400)
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await api.request(method, '/v1/bans/no%20target')
      expect([status, body.code]).to.deep.equal([400, 'BANS_TARGET_INVALID'])
    }
    expect(await list()).to.include({ total: 0 })
  })

  it('gives a long list in parts, by kind', async () => {
    for (let i = 0; i < 5; i++) await node.services.bans.ban(`198.51.100.${i}`)
    await node.services.bans.ban('192.0.2.0/24')
    const first = await list('?kind=ip&limit=2')
    const second = await list('?kind=ip&limit=2&offset=4')
    expect([first.total, first.bans.length, second.bans.length]).to.deep.equal([5, 2, 1])
    expect((await list('?kind=prefix')).bans.map(({ key }) => key)).to.deep.equal(['192.0.2.0/24'])
    const same = await api.request('GET', '/v1/bans?kind=prefix')
    expect((await api.request('GET', '/v1/bans?kind=prefix', undefined, { headers: { 'if-none-match': same.headers.etag as string } })).status).to.equal(304)
  })

  it('cuts off who is connected', async () => {
    await using nodes = new AppNodes()
    const other = await nodes.create()
    await node.services.pool.dial(other.getMultiaddrs())
    await api.request('POST', '/v1/bans', { target: other.peerId.toString() })
    await eventually('it is gone', () => node.getPeers().length === 0)
  })
})
