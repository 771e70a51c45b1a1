import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect } from 'chai'
import { seededRng } from '../../../src/util/rng.ts'
import { TOKEN, startAdminApi } from '../../support/admin-api.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { eventually, passes } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { randomPeerId, randomPublicAddress } from '../../support/random-peer.ts'
import type { AddressInfo, Server } from 'node:net'
import type { AppNode } from '../../../src/index.ts'
import type { Peer, PeerDetail, PeerPage } from '../../../src/http/schemas/peer.ts'
import type { TestApi } from '../../support/admin-api.ts'

const MARKUP = '<img src=x onerror=alert(1)>'
const rng = seededRng(61)

/** Nothing finds or leaves anybody by itself, and no dial is given up but by the API. */
const QUIET = {
  dht: { mode: 'off' as const },
  presence: false,
  pool: { limits: { minPeers: 0, minOutbound: 0 }, feelerIntervalMs: 0, dialTimeoutMs: 60_000 },
  connectionManager: { dialTimeout: 60_000, addressDialTimeout: 60_000 }
}

/** Two nodes, the first with an API whose clock stands still: what is kept grows no older. */
async function startPair (): Promise<{ api: TestApi, a: AppNode, b: AppNode, clock: ManualClock } & AsyncDisposable> {
  const nodes = new AppNodes()
  const clock = new ManualClock(1_700_000_000_000)
  const [a, b] = [await nodes.create(QUIET), await nodes.create({ ...QUIET, nodeInfo: { userAgent: `${MARKUP}${'x'.repeat(1_000)}` } })]
  const api = await startAdminApi({ node: a, clock })
  return {
    api, a, b, clock,
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]()
      await nodes[Symbol.asyncDispose]()
    }
  }
}

async function list (api: TestApi, query = ''): Promise<PeerPage> {
  const { status, body } = await api.request('GET', `/v1/peers${query}`)
  expect(status, JSON.stringify(body)).to.equal(200)
  return body as PeerPage
}

async function dial (api: TestApi, node: AppNode): Promise<void> {
  const { status, text } = await api.request('POST', '/v1/peers/dial', { target: node.getMultiaddrs()[0]?.toString() })
  expect(status, text).to.equal(200)
}

/** Takes connections and says nothing. */
async function silentServer (): Promise<{ server: Server, port: number }> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

describe('http: /v1/peers', () => {
  it('dials, shows it at once to who did it, pings, and says goodbye', async () => {
    await using pair = await startPair()
    const { api, a, b } = pair
    expect(await list(api)).to.deep.equal({ peers: [], total: 0, offset: 0, connected: 0 })

    const id = b.peerId.toString()
    const dialled = await api.request('POST', '/v1/peers/dial', { target: ` ${b.getMultiaddrs()[0]?.toString()} ` })
    expect(dialled.body).to.deep.equal({ peerId: id, address: b.getMultiaddrs()[0]?.toString(), direction: 'outbound', tookMs: 0 })
    const { peers: [row], ...counts } = await list(api)
    expect(counts).to.deep.equal({ total: 1, offset: 0, connected: 1 })
    expect(row).to.deep.include({ peerId: id, connected: true, direction: 'outbound', relayed: false, explicit: false, standing: 'good', banned: false })
    expect((await list(api, '?state=known')).peers).to.deep.equal([])

    const again = await api.request('POST', '/v1/peers/dial', { target: id })
    expect(again.body).to.include({ peerId: id })
    expect(a.getConnections(), 'the open connection is taken').to.have.length(1)

    const ping = await api.request('POST', `/v1/peers/${id}/ping`)
    expect(ping.body.peerId).to.equal(id)
    expect(ping.body.rttMs).to.be.within(0, 10_000)

    const left = once(b.services.pool as unknown as EventTarget, 'peer:disconnected')
    await eventually('b knows a', () => b.services.pool.peers().length === 1)
    expect((await api.request('DELETE', `/v1/peers/${id}/connection`)).status).to.equal(204)
    expect((await left as [CustomEvent])[0].detail).to.include({ reason: 'requested', by: 'remote' })
    expect(await list(api)).to.include({ connected: 0 })
    for (const [method, path] of [['DELETE', 'connection'], ['POST', 'ping']] as const) {
      const refused = await api.request(method, `/v1/peers/${id}/${path}`)
      expect([refused.status, refused.body.code]).to.deep.equal([409, 'PEER_NOT_CONNECTED'])
    }
  })

  it('keeps an answer for a quarter of a second, and tells who has it', async () => {
    await using pair = await startPair()
    const { api, a, b, clock } = pair
    await dial(api, b)
    const first = await api.request('GET', '/v1/peers')
    const etag = first.headers.etag as string
    expect(first.headers).to.include({ 'content-type': 'application/json; charset=utf-8', 'content-length': String(Buffer.byteLength(first.text)) })

    a.services.scoring.report(b.peerId, 'moderate', 'test:deed')
    expect((await api.request('GET', '/v1/peers')).text).to.equal(first.text)
    const known = await api.request('GET', '/v1/peers', undefined, { headers: { 'if-none-match': etag } })
    expect([known.status, known.text, known.headers.etag]).to.deep.equal([304, '', etag])

    clock.advance(251)
    const later = await api.request('GET', '/v1/peers', undefined, { headers: { 'if-none-match': etag } })
    expect([later.status, later.headers.etag === etag]).to.deep.equal([200, false])
    expect(later.body.peers[0].score).to.be.below(0)
  })

  it('shows each ban and its end at once, and tells why a peer is not dialled', async () => {
    await using pair = await startPair()
    const { api, b } = pair
    const id = b.peerId.toString()
    const banned = async (): Promise<Array<Peer['banned']>> => (await list(api)).peers.map(({ banned }) => banned)
    expect(await banned()).to.deep.equal([])
    await api.request('POST', '/v1/bans', { target: id })
    expect(await banned()).to.deep.equal([true])
    const refused = await api.request('POST', '/v1/peers/dial', { target: b.getMultiaddrs()[0]?.toString() })
    expect([refused.status, refused.body.code]).to.deep.equal([403, 'DIAL_FORBIDDEN'])
    const { body } = await api.request('GET', `/v1/peers/${id}`) as { body: PeerDetail }
    expect(body.decisions.map(({ decision, where }) => `${decision} ${where}`)).to.include('denied dial').and.include('banned hand')
    await api.request('DELETE', `/v1/bans/${id}`)
    expect(await banned()).to.deep.equal([false])
    await dial(api, b)
  })

  it('knows those of the address book, of the peer store, of scoring and of the bans, each once', async () => {
    await using pair = await startPair()
    const { api, a, b, clock } = pair
    const [booked, stored, scored, banned] = Array.from({ length: 4 }, () => randomPeerId(rng))
    const address = randomPublicAddress(rng)
    for (const peerId of [booked!, stored!, b.peerId]) {
      a.services.addressBook.add({ peerId, multiaddrs: [address], source: 'dht', roles: ['relay'] })
      await a.peerStore.merge(peerId, { multiaddrs: [address], metadata: { AgentVersion: new TextEncoder().encode('stored/1') } })
    }
    a.services.addressBook.remove(stored!)
    for (const peerId of [scored!, banned!, b.peerId]) a.services.scoring.report(peerId, 'minor', 'test:deed')
    await a.services.bans.ban(banned!)
    await dial(api, b)
    clock.advance(1_000)
    const { peers, total, connected } = await list(api)
    expect([total, connected, new Set(peers.map(({ peerId }) => peerId)).size]).to.deep.equal([5, 1, 5])
    const row = (id: { toString (): string } | undefined): Peer | undefined => peers.find(({ peerId }) => peerId === id?.toString())
    expect(row(booked)).to.deep.include({ connected: false, address: address.toString(), roles: ['relay'], agent: 'stored/1' })
    expect(row(stored)).to.deep.include({ connected: false, address: address.toString(), roles: [] })
    expect(row(scored)).to.deep.include({ connected: false, roles: [], score: -2 })
    expect(row(banned)).to.deep.include({ banned: true, standing: 'banned' })
    expect((await list(api, '?standing=banned&state=known&limit=1')).peers).to.have.length(1)
    expect((await list(api, `?search=${stored!.toString().slice(-10)}`)).peers.map(({ peerId }) => peerId)).to.deep.equal([stored!.toString()])
    expect((await list(api, '?sort=score&order=asc')).peers[0]?.peerId).to.equal(banned!.toString())
  })

  it('knows of the peer store what was there before the API', async () => {
    await using nodes = new AppNodes()
    const a = await nodes.create(QUIET)
    const stored = randomPeerId(rng)
    await a.peerStore.merge(stored, { multiaddrs: [randomPublicAddress(rng)], metadata: { AgentVersion: new TextEncoder().encode('before/1') } })
    await using api = await startAdminApi({ node: a })
    await eventually('it was read', async () => (await list(api)).peers[0]?.agent === 'before/1')
    await a.peerStore.delete(stored)
    await eventually('it is forgotten', async () => (await api.request('GET', `/v1/peers/${stored.toString()}`)).body.code === 'PEER_UNKNOWN')
    await eventually('by the list, too', async () => (await list(api)).total === 0)
  })

  it('tells everything about a peer, whatever that says of itself', async () => {
    await using pair = await startPair()
    const { api, a, b, clock } = pair
    await dial(api, b)
    const id = b.peerId.toString()
    const evidence = new TextEncoder().encode(MARKUP)
    a.services.scoring.report(b.peerId, 'moderate', 'test:deed', evidence)
    await eventually('it is identified', async () => ((await api.request('GET', `/v1/peers/${id}`)).body as PeerDetail).protocols.includes('/ipfs/ping/1.0.0'))
    const { body, headers } = await api.request('GET', `/v1/peers/${id}`) as { body: PeerDetail, headers: Record<string, string> }
    expect(headers['content-type']).to.match(/^application\/json/)
    expect(body.agent).to.match(/^<img src=x onerror=alert\(1\)>x+…$/).and.have.lengthOf(256)
    expect(body.connections[0]).to.deep.include({ direction: 'outbound', limited: false, encryption: '/noise', muxer: '/yamux/1.0.0' })
    expect(body.protocols).to.include('/ipfs/ping/1.0.0')
    expect(body.evidence).to.deep.include.members([{ timeMs: body.evidence[0]?.timeMs, offence: 'moderate', cause: 'test:deed', sample: Buffer.from(evidence).toString('hex'), hash: body.evidence[0]?.hash }])
    expect(body.history.length).to.be.above(0)
    expect(body.parts?.misbehaviour).to.be.above(0)
    expect(body.factors?.behaviour).to.be.below(50)
    await passes(async () => {
      clock.advance(1_000)
      expect((await list(api)).peers[0]?.agent).to.equal(body.agent)
    })
  })

  it('refuses what cannot be dialled, and says why', async () => {
    await using pair = await startPair()
    const { api, a } = pair
    const stranger = randomPeerId(rng).toString()
    const { server, port } = await silentServer()
    await new Promise(resolve => { server.close(resolve) })
    for (const [target, status, code] of [
      ['nonsense', 400, 'DIAL_TARGET_INVALID'],
      ['/ip4/127.0.0.1', 502, 'DIAL_UNREACHABLE'],
      [a.peerId.toString(), 409, 'PEER_SELF'],
      [a.getMultiaddrs()[0]?.toString(), 409, 'PEER_SELF'],
      [stranger, 404, 'POOL_ADDRESS_UNKNOWN'],
      [`/ip4/127.0.0.1/tcp/${port}/p2p/${stranger}`, 502, 'DIAL_UNREACHABLE'],
      ['', 400, 'API_REQUEST_INVALID'],
      [undefined, 400, 'API_REQUEST_INVALID']
    ] as const) {
      const { status: told, body } = await api.request('POST', '/v1/peers/dial', { target })
      expect([target, told, body.code]).to.deep.equal([target, status, code])
      expect(body.detail, body.code).to.be.a('string').and.have.length.above(5)
    }
  })

  it('does not dial on for who has gone, nor for ever', async () => {
    await using pair = await startPair()
    const { api, a, clock } = pair
    const { server, port } = await silentServer()
    try {
      const target = `/ip4/127.0.0.1/tcp/${port}/p2p/${randomPeerId(rng).toString()}`
      const raw = await api.raw()
      const json = JSON.stringify({ target })
      raw.write(`POST /v1/peers/dial HTTP/1.1\r\nHost: ${new URL(api.url).host}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`)
      await eventually('it is being dialled', () => a.getDialQueue().length === 1)
      raw.destroy()
      await eventually('it is no longer', () => a.getDialQueue().length === 0)

      const waiting = api.request('POST', '/v1/peers/dial', { target })
      await eventually('it is being dialled again', () => a.getDialQueue().length === 1)
      clock.advance(30_000)
      const { status, body } = await waiting
      expect([status, body.code]).to.deep.equal([504, 'DIAL_TIMEOUT'])
    } finally {
      server.close()
    }
  })

  it('tells of a peer id that is none, that is unknown, or its own', async () => {
    await using pair = await startPair()
    const { api, a } = pair
    for (const [method, path] of [['GET', ''], ['POST', '/ping'], ['DELETE', '/connection']] as const) {
      const bad = await api.request(method, `/v1/peers/12D3KooW%2F..%2F${path}`)
      expect([bad.status, bad.body.code], path).to.deep.equal([400, 'PEER_ID_INVALID'])
      const own = await api.request(method, `/v1/peers/${a.peerId.toString()}${path}`)
      expect([own.status, own.body.code], path).to.deep.equal([409, 'PEER_SELF'])
    }
    const unknown = await api.request('GET', `/v1/peers/${randomPeerId(rng).toString()}`)
    expect([unknown.status, unknown.body.code]).to.deep.equal([404, 'PEER_UNKNOWN'])
  })

  it('leaves nothing on the node when the API closes', async () => {
    await using pair = await startPair()
    const { api, a } = pair
    const listeners = (): number => ['connection:open', 'connection:close', 'peer:update'].reduce((sum, type) => sum + a.listenerCount(type), 0) + a.services.bans.listenerCount('ban:displaced')
    const during = listeners()
    await api[Symbol.asyncDispose]()
    expect(listeners()).to.equal(during - 4)
  })
})
