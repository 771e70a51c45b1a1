import { generateKeyPair } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { goodbyeProtocol } from '../../../src/services/pool/goodbye.ts'
import { notify } from '../../../src/wire/request.ts'
import { addressOf, nextEvent, nowhere, poolNode } from '../../support/pool-node.ts'
import { passes } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { stopAll } from '../../support/stop-all.ts'
import type { PeerId } from '@libp2p/interface'
import type { PoolNode, PoolNodeInit } from '../../support/pool-node.ts'

describe('pool service', () => {
  const nodes: PoolNode[] = []
  let serial = 0

  async function node (init: Partial<PoolNodeInit> = {}): Promise<PoolNode> {
    const created = await poolNode({ name: `pool-${process.pid}-${serial++}`, ...init })
    nodes.push(created)
    return created
  }

  function learn (node: PoolNode, peer: PoolNode): void {
    node.services.addressBook.add({ peerId: peer.peerId, multiaddrs: peer.getMultiaddrs(), source: 'configured' })
  }

  const connected = (node: PoolNode): string[] => node.services.pool.peers().map(({ peerId }) => peerId.toString())

  afterEach(async () => {
    await stopAll(nodes.splice(0))
  })

  it('fills itself from the address book up to what it wants, and not beyond', async () => {
    const others = await Promise.all(Array.from({ length: 6 }, async () => node({ limits: { minPeers: 0, minOutbound: 0 } })))
    const subject = await node({ limits: { minPeers: 3, minOutbound: 3 } })
    for (const other of others) learn(subject, other)
    await passes(() => expect(connected(subject)).to.have.length.at.least(3))
    await passes(() => expect(subject.services.pool.snapshot().dialing).to.equal(0))
    expect(connected(subject)).to.have.length.at.most(5)
    expect(subject.services.pool.wanted()).to.equal(0)
    for (const { peerId } of subject.services.pool.peers()) expect(subject.services.addressBook.get(peerId)?.tried).to.equal(true)
  })

  it('notes of what a peer says of itself only what means the same place to both', async () => {
    const [subject, other] = [await node(), await node()]
    await Promise.all([nextEvent(subject, 'peer:connected'), other.services.pool.dial(addressOf(subject))])
    const { events } = (subject as unknown as { components: { events: EventTarget } }).components
    const listenAddrs = ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1', '/ip4/8.8.8.8/tcp/1', '/dns4/a.example/tcp/1', '/memory/x'].map(text => multiaddr(text))
    const said = (from: string): string[] => {
      subject.services.addressBook.remove(other.peerId)
      const connection = { direction: 'inbound', remoteAddr: multiaddr(from) }
      events.dispatchEvent(new CustomEvent('peer:identify', { detail: { peerId: other.peerId, connection, listenAddrs } }))
      return subject.services.addressBook.get(other.peerId)?.multiaddrs.map(String) ?? []
    }
    const everything = listenAddrs.map(String)
    expect(said('/ip4/127.0.0.1/tcp/9')).to.deep.equal(everything)
    expect(said('/ip4/10.0.0.9/tcp/9')).to.deep.equal(everything.slice(1, 4))
    expect(said('/ip4/9.9.9.9/tcp/9')).to.deep.equal(everything.slice(2, 4))
    expect(said(`/ip4/127.0.0.1/tcp/9/p2p/${subject.peerId.toString()}/p2p-circuit`)).to.deep.equal(everything.slice(2, 4))
  })

  it('asks for more when the book has too few', async () => {
    const subject = await node({ limits: { minPeers: 3, minOutbound: 3 } })
    expect(await nextEvent(subject, 'pool:demand')).to.deep.equal({ wanted: 3 })
  })

  it('reaches an explicit peer again after it was away, however the connection ended', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    const name = `pool-away-${process.pid}`
    let away = await node({ name, privateKey })
    const subject = await node({ peers: [addressOf(away)], minRetryMs: 20 })
    expect((await nextEvent(subject, 'peer:connected')).explicit).to.equal(true)
    const left = nextEvent(subject, 'peer:disconnected')
    await away.stop()
    expect(await left).to.include({ reason: 'shutdown', by: 'remote' })
    await nextEvent(subject, 'dial:failed', ({ attempt }) => attempt >= 3)
    const back = nextEvent(subject, 'peer:connected')
    away = await node({ name, privateKey })
    expect((await back).peerId.toString()).to.equal(away.peerId.toString())

    const reset = nextEvent(subject, 'peer:disconnected')
    const again = nextEvent(subject, 'peer:connected')
    for (const connection of away.getConnections()) connection.abort(new Error('cable pulled'))
    expect((await reset).reason).to.be.oneOf(['reset', 'closed'])
    await again
  })

  it('retries an unreachable bootstrap for ever, ever later, and says so', async () => {
    const subject = await node({ bootstrap: [nowhere('bootstrap')], minRetryMs: 10, maxRetryMs: 200 })
    const waits: number[] = []
    subject.services.pool.addEventListener('dial:failed', ({ detail }) => waits.push(detail.retryInMs))
    await nextEvent(subject, 'dial:failed', ({ attempt }) => attempt === 6)
    expect(Math.max(...waits)).to.be.at.most(200)
    expect(Math.max(...waits)).to.be.above(20)
  })

  it('does not hammer a configured peer that lets it in only to throw it out', async () => {
    const refusing = await node({ bans: { isDenied: ({ peerId }) => peerId != null } })
    let opened = 0
    const subject = await node({ start: false, minRetryMs: 1_000, peers: [addressOf(refusing)] })
    subject.addEventListener('connection:open', () => { opened++ })
    await subject.start()
    await passes(() => expect(opened).to.be.at.least(1))
    const stop = performance.now() + 1_500
    await passes(() => expect(performance.now()).to.be.above(stop))
    expect(opened).to.be.at.most(5)
  })

  it('takes whoever is at a configured address that names nobody, and counts it as explicit at once', async () => {
    const name = `pool-anybody-${process.pid}`
    const first = await node({ name })
    const subject = await node({ minRetryMs: 20, peers: [multiaddr(`/memory/${name}`)] })
    await passes(() => expect(subject.services.pool.peers().map(({ explicit }) => explicit)).to.deep.equal([true]))
    await first.stop()
    const second = await node({ name })
    await passes(() => expect(connected(subject)).to.deep.equal([second.peerId.toString()]))
  })

  it('says goodbye with the reason', async () => {
    const [subject, other] = [await node(), await node()]
    const arrived = nextEvent(other, 'peer:connected')
    await subject.services.pool.dial(addressOf(other))
    await arrived
    const left = nextEvent(other, 'peer:disconnected')
    await subject.services.pool.disconnect(other.peerId, 'misbehaviour')
    expect(await left).to.deep.equal({ peerId: subject.peerId, reason: 'misbehaviour', by: 'remote' })
    expect(subject.getConnections()).to.deep.equal([])
  })

  it('tells how a connection ended on which nobody said goodbye', async () => {
    const table = [
      // as libp2p does when pings are not answered
      { end: async (subject: PoolNode): Promise<void> => { subject.getConnections()[0]!.abort(Object.assign(new Error('no answer'), { name: 'TimeoutError' })) }, told: { reason: 'unresponsive', by: 'local' } },
      { end: async (_: PoolNode, other: PoolNode): Promise<void> => { other.getConnections()[0]!.abort(new Error('cable pulled')) }, told: { reason: 'reset', by: 'remote' } },
      { end: async (subject: PoolNode, other: PoolNode): Promise<void> => { await other.hangUp(subject.peerId) }, told: { reason: 'closed', by: 'remote' } }
    ]
    for (const { end, told } of table) {
      const [subject, other] = [await node(), await node()]
      const met = nextEvent(other, 'peer:connected')
      const arrived = nextEvent(subject, 'peer:connected')
      await subject.services.pool.dial(addressOf(other))
      await Promise.all([met, arrived])
      const left = nextEvent(subject, 'peer:disconnected')
      await end(subject, other)
      expect(await left).to.deep.equal({ peerId: other.peerId, ...told })
    }
  })

  it('does not let a peer stay that has said goodbye: it would hold no slot', async () => {
    const clock = new ManualClock()
    const [hub, other] = [await node({ clock }), await node()]
    const connection = await other.services.pool.dial(addressOf(hub))
    await passes(() => expect(connected(hub)).to.have.length(1))
    const left = nextEvent(hub, 'peer:disconnected')
    await notify(connection, goodbyeProtocol, { reason: 'requested' })
    await clock.advanceAsync(2_900)
    expect(hub.getConnections()).to.have.length(1)
    await clock.advanceAsync(100)
    expect(await left).to.include({ reason: 'requested', by: 'remote' })
    expect(hub.getConnections()).to.have.length(0)
  })

  it('sends a newcomer away when everybody here is worth more, after it could ask', async () => {
    const hub = await node({ limits: { maxPeers: 3, minPeers: 0, minOutbound: 0 } })
    const guests = await Promise.all([1, 2, 3].map(async () => node({ peers: [addressOf(hub)] })))
    await passes(() => expect(connected(hub)).to.have.length(3))
    const late = await node()
    const sent = nextEvent(late, 'peer:disconnected')
    await late.services.pool.dial(addressOf(hub))
    expect(await sent).to.include({ reason: 'too-many-peers', by: 'remote' })
    expect(connected(hub)).to.have.members(guests.map(({ peerId }) => peerId.toString()))
  })

  it('a discouraged peer makes room for a newcomer', async () => {
    const bad = new Set<string>()
    const hub = await node({ limits: { maxPeers: 3, minPeers: 0, minOutbound: 0 }, scoring: { isDiscouraged: (peerId: PeerId | string) => bad.has(peerId.toString()) } })
    const guests = await Promise.all([1, 2, 3].map(async () => node()))
    for (const guest of guests) await guest.services.pool.dial(addressOf(hub))
    await passes(() => expect(connected(hub)).to.have.length(3))
    bad.add(guests[1]!.peerId.toString())
    const evicted = nextEvent(guests[1]!, 'peer:disconnected')
    const why = nextEvent(hub, 'peer:evicted')
    const late = await node()
    await late.services.pool.dial(addressOf(hub))
    expect(await evicted).to.include({ reason: 'evicted', by: 'remote' })
    expect(await why).to.deep.equal({ peerId: guests[1]!.peerId, why: 'discouraged' })
    await passes(() => expect(connected(hub)).to.include(late.peerId.toString()))
  })

  it('lowered limits let the excess go', async () => {
    const clock = new ManualClock()
    const hub = await node({ clock, limits: { minPeers: 0, minOutbound: 0 } })
    const guests = await Promise.all([1, 2, 3, 4].map(async () => node()))
    for (const guest of guests) await guest.services.pool.dial(addressOf(hub))
    await passes(() => expect(connected(hub)).to.have.length(4))
    hub.services.pool.setLimits({ maxPeers: 2 })
    await clock.advanceAsync(31_000)
    await passes(() => expect(connected(hub)).to.have.length(2))
    expect(() => hub.services.pool.setLimits({ maxPeers: 0 })).to.throw().with.property('code', 'POOL_LIMITS_INVALID')
    expect(hub.services.pool.limits.maxPeers).to.equal(2)
  })

  it('two nodes that dial each other at once keep one connection', async () => {
    for (let round = 0; round < 10; round++) {
      const clocks = [new ManualClock(), new ManualClock()]
      const [a, b] = [await node({ clock: clocks[0]! }), await node({ clock: clocks[1]! })]
      learn(a, b)
      learn(b, a)
      await passes(() => expect([...connected(a), ...connected(b)]).to.have.length(2))
      await passes(async () => {
        for (const clock of clocks) await clock.advanceAsync(500)
        expect([a.getConnections().length, b.getConnections().length]).to.deep.equal([1, 1])
      })
      await stopAll([a, b])
    }
  })

  it('notices that it is alone, and that it is not any more', async () => {
    const clock = new ManualClock()
    const [subject, other] = [await node({ clock }), await node()]
    const alone = nextEvent(subject, 'pool:isolated')
    await clock.advanceAsync(5_000)
    await alone
    expect(subject.services.pool.state).to.equal('isolated')
    const recovered = nextEvent(subject, 'pool:recovered')
    learn(subject, other)
    await recovered
    expect(subject.services.pool.state).to.equal('connected')
  })

  it('dials everybody at once after the machine slept', async () => {
    const clock = new ManualClock()
    const subject = await node({ clock, minRetryMs: 300_000, peers: [nowhere('later')] })
    await nextEvent(subject, 'dial:failed')
    const again = nextEvent(subject, 'dial:failed')
    const woke = nextEvent(subject, 'pool:woke')
    clock.jump(8 * 3_600_000)
    await clock.advanceAsync(1_000)
    expect((await woke).gapMs).to.be.closeTo(8 * 3_600_000, 2_000)
    expect((await again).attempt).to.equal(1)
  })

  it('tests an unproven address and lets go of it again', async () => {
    const clock = new ManualClock()
    const others = await Promise.all([1, 2].map(async () => node({ limits: { minPeers: 0, minOutbound: 0 } })))
    const subject = await node({ clock, feelerIntervalMs: 60_000, limits: { minPeers: 1, minOutbound: 1, maxOutbound: 1 } })
    learn(subject, others[0]!)
    await nextEvent(subject, 'peer:connected')
    learn(subject, others[1]!)
    const left = nextEvent(others[1]!, 'peer:disconnected')
    await clock.advanceAsync(60_000, 1_000)
    expect(await left).to.include({ reason: 'feeler', by: 'remote' })
    await passes(() => expect(subject.services.addressBook.get(others[1]!.peerId)?.tried).to.equal(true))
    expect(connected(subject)).to.deep.equal([others[0]!.peerId.toString()])
  })

  it('forgets a peer that is gone, after asking once more, and not while it is itself alone', async () => {
    const clock = new ManualClock()
    const friend = await node()
    const gone = await node()
    const subject = await node({ clock, minRetryMs: 1_000, maxRetryMs: 2_000, limits: { minPeers: 2, minOutbound: 2 } })
    learn(subject, gone)
    await nextEvent(subject, 'peer:connected')
    await gone.stop()
    await clock.advanceAsync(120_000, 500)
    expect(subject.services.addressBook.get(gone.peerId), 'alone').to.not.equal(undefined)
    learn(subject, friend)
    const checked = nextEvent(subject, 'peer:checked')
    await passes(async () => {
      await clock.advanceAsync(5_000, 500)
      expect(subject.services.addressBook.get(gone.peerId)).to.equal(undefined)
    })
    expect(await checked).to.deep.equal({ peerId: gone.peerId, verdict: 'gone' })
  })

  it('asks the bans and the gater that the user gave, and gives the gater back', async () => {
    const banned = new Set<string>()
    const asked: string[] = []
    const connectionGater = { denyInboundEncryptedConnection: (peerId: PeerId) => asked.push(peerId.toString()) < 0 }
    const own = connectionGater.denyInboundEncryptedConnection
    const subject = await node({ connectionGater, bans: { isDenied: ({ peerId }) => peerId != null && banned.has(peerId.toString()) } })
    const [good, bad] = [await node(), await node()]
    banned.add(bad.peerId.toString())
    await good.services.pool.dial(addressOf(subject))
    await bad.services.pool.dial(addressOf(subject)).catch((err: unknown) => err)
    await passes(() => expect(connected(subject)).to.deep.equal([good.peerId.toString()]))
    await passes(() => expect(bad.getConnections()).to.deep.equal([]))
    expect(asked).to.deep.equal([good.peerId.toString()])
    const refusal = await subject.services.pool.dial(bad.peerId).catch((err: unknown) => err)
    expect(refusal).to.have.property('name', 'DialDeniedError')
    await subject.stop()
    expect(connectionGater.denyInboundEncryptedConnection).to.equal(own)
  })

  it('tells modules of the connection that is left when a peer had two', async () => {
    const [a, b] = [await node(), await node()]
    const identified: string[] = []
    b.addEventListener('peer:identify', ({ detail }) => identified.push(detail.connection.id))
    await a.dial(addressOf(b))
    await passes(() => expect(identified).to.have.length(1))
    await a.dial(addressOf(b), { force: true })
    await passes(() => expect(identified).to.have.length(2))
    const [first, second] = b.getConnections()
    identified.length = 0
    await first!.close()
    await passes(() => expect(identified).to.include(second!.id))
    expect(connected(b)).to.deep.equal([a.peerId.toString()])
  })

  it('starts with its anchors', async () => {
    const others = await Promise.all(Array.from({ length: 8 }, async () => node({ limits: { minPeers: 0, minOutbound: 0, maxOutbound: 0 } })))
    const subject = await node({ maxDialing: 1, limits: { minPeers: 1, minOutbound: 1, maxOutbound: 1 } })
    for (const other of others) learn(subject, other)
    await passes(() => expect(connected(subject)).to.have.length(1))
    const anchors = connected(subject)
    for (let round = 0; round < 3; round++) {
      await subject.stop()
      expect(subject.services.addressBook.anchors().map(String)).to.deep.equal(anchors)
      await subject.start()
      await passes(() => expect(connected(subject)).to.deep.equal(anchors))
    }
  })

  it('stops without a trace and starts again', async () => {
    const clock = new ManualClock()
    const other = await node()
    const subject = await node({ clock, peers: [addressOf(other)] })
    await passes(() => expect(connected(subject)).to.have.length(1))
    const left = nextEvent(other, 'peer:disconnected')
    await subject.stop()
    expect(await left).to.include({ reason: 'shutdown' })
    expect(clock.pending).to.equal(0)
    await subject.start()
    await passes(async () => {
      await clock.advanceAsync(1_000)
      expect(connected(subject)).to.have.length(1)
    })
  })

  it('has a snapshot that is plain JSON', async () => {
    const [subject, other] = [await node(), await node()]
    await subject.services.pool.dial(addressOf(other))
    await passes(() => expect(connected(subject)).to.have.length(1))
    const snapshot = subject.services.pool.snapshot()
    expect(JSON.parse(JSON.stringify(snapshot))).to.deep.equal(snapshot)
    expect(snapshot).to.include({ state: 'connected', outbound: 1, inbound: 0 })
  })
})
