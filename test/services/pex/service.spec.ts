import { multiaddr } from '@multiformats/multiaddr'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { lpStream } from '@libp2p/utils'
import { expect } from 'chai'
import { pexProtocol, pexPushProtocol } from '../../../src/services/pex/messages.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { notify, request } from '../../../src/wire/request.ts'
import { eventually, passes } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { START_MS } from '../../support/open-book.ts'
import { introduced, known, pexNode } from '../../support/pex-node.ts'
import { rejection } from '../../support/rejection.ts'
import { entriesOf, keyOf, peerIdOf, recordOf } from '../../support/signed-records.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import { stopAll } from '../../support/stop-all.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'
import type { PexRequest } from '../../../src/services/pex/messages.ts'
import type { PexNode, PexNodeInit } from '../../support/pex-node.ts'

const asking: PexRequest = { network: 'main', roles: ['light'], limit: 32 }

describe('pex: nodes that tell each other of peers', () => {
  let nodes: PexNode[]
  let seed: number
  let clock: ManualClock
  let unhandled: ReturnType<typeof watchUnhandled>

  beforeEach(() => {
    nodes = []
    seed = 10
    clock = new ManualClock(START_MS)
    unhandled = watchUnhandled()
  })
  afterEach(async () => {
    await stopAll(nodes)
    await unhandled.stop()
  })

  async function start (init: Partial<PexNodeInit> = {}): Promise<PexNode> {
    const node = await pexNode({ seed: seed++, clock, ...init })
    nodes.push(node)
    return node
  }

  const id = (node: PexNode): string => node.peerId.toString()
  const connectionOf = (from: PexNode, to: PexNode): Connection => from.getConnections(to.peerId)[0] as Connection
  const pexStreams = (node: PexNode): Stream[] => node.getConnections().flatMap(({ streams }) => streams).filter(({ protocol }) => protocol.startsWith('/peerkeep/'))
  const quiet = async (): Promise<unknown> => eventually('no stream is left', () => nodes.every(node => pexStreams(node).length === 0))

  it('introduces both sides of a connection: records, roles, and that they were met', async () => {
    const a = await start({ roles: ['full', 'relay'] })
    const b = await start({ roles: ['light'] })
    await introduced(a, b)
    await passes(() => {
      expect(a.roles.get(id(b))).to.deep.equal(['light'])
      expect(b.roles.get(id(a))).to.deep.equal(['full', 'relay'])
      for (const [node, other, source] of [[a, b, 'outbound'], [b, a, 'inbound']] as const) {
        const entry = node.services.addressBook.get(other.peerId)
        expect(entry).to.include({ source, lastObservedMs: START_MS })
        expect(entry?.multiaddrs.map(String)).to.deep.equal(other.getMultiaddrs().map(address => address.decapsulate('/p2p').toString()))
        expect(entry?.record).to.be.instanceOf(Uint8Array)
      }
    })
    expect(a.services.pex.snapshot()).to.include({ asked: 1, answered: 0 })
    expect(b.services.pex.snapshot()).to.include({ asked: 0, answered: 1 })
    await quiet()
  })

  it('vouches for a peer that connects over TCP from the IP that its record names', async () => {
    const [a, b] = [await start({ listen: '/ip4/127.0.0.1/tcp/0' }), await start({ listen: '/ip4/127.0.0.1/tcp/0' })]
    await introduced(a, b)
    await passes(() => { expect(b.services.addressBook.get(a.peerId)).to.include({ source: 'inbound', lastObservedMs: START_MS }) })
  })

  it('tells a newcomer of those who are here, and those of the newcomer', async () => {
    const [hub, a, b] = [await start(), await start(), await start()]
    await introduced(a, hub)
    await introduced(b, hub)
    await passes(() => { expect(known(b, nodes)).to.deep.equal([0, 1]) })
    await eventually('the news wait', () => hub.services.pex.snapshot().gauges.pushQueue)
    clock.advance(200)
    await passes(() => { expect(known(a, nodes)).to.deep.equal([0, 2]) })
    expect(a.services.addressBook.get(b.peerId)?.source).to.equal('pex')
    expect(hub.services.pex.snapshot().pushed).to.be.at.least(1)
    await quiet()
    expect(nodes.flatMap(({ charges }) => charges)).to.deep.equal([])
  })

  it('tells of a newcomer of whom it has a newer record already', async () => {
    const [hub, a, b] = [await start({ seed: 60 }), await start({ seed: 61 }), await start()]
    const newer = await recordOf(61, a.getMultiaddrs().map(String), BigInt(START_MS + 1_000))
    hub.services.addressBook.add({ peerId: a.peerId, multiaddrs: newer.multiaddrs, record: newer.bytes, seq: newer.seq, source: 'presence' })
    await introduced(a, hub)
    await introduced(b, hub)
    await b.services.pex.ask(hub.peerId)
    expect(b.services.addressBook.get(a.peerId)).to.deep.include({ record: newer.bytes, source: 'pex' })
    expect(hub.services.pex.snapshot().refused).to.deep.equal({ stale: 1 })
  })

  it('does not tell of peers who can be reached by a DNS name only: that is for themselves to tell', async () => {
    const [hub, a] = [await start(), await start()]
    for (const [seed, addresses] of [[110, ['/dns4/a.example/tcp/1']], [111, ['/dns4/b.example/tcp/1', '/memory/b']]] as const) {
      const { bytes, peerId, seq, multiaddrs } = await recordOf(seed, [...addresses])
      hub.services.addressBook.add({ peerId, multiaddrs, record: bytes, seq, source: 'outbound' })
      hub.services.addressBook.succeeded(peerId, multiaddrs[0]!)
    }
    await introduced(a, hub)
    const { entries } = await request(connectionOf(a, hub), pexProtocol, asking, { clock })
    expect(entries.map(({ record }) => record)).to.deep.equal([(await recordOf(111, ['/dns4/b.example/tcp/1', '/memory/b'])).bytes])
  })

  it('tells everybody the same record of itself', async () => {
    const [a, b, c] = [await start(), await start(), await start()]
    await introduced(a, b)
    clock.advance(60_000)
    await introduced(a, c)
    const own = await a.services.pex.ownRecord()
    for (const node of [b, c]) expect(node.services.addressBook.get(a.peerId)?.record).to.deep.equal(own)
  })

  it('passes on what it was pushed, to others, and no further once everybody knows', async () => {
    const [a, b, c, d] = [await start(), await start(), await start(), await start()]
    await introduced(a, b)
    await introduced(b, c)
    await introduced(c, d)
    await passes(async () => {
      await clock.advanceAsync(200, 100)
      // a chain: what is told first hand floods to both ends
      expect(known(a, nodes)).to.deep.equal([1, 2, 3])
      expect(known(d, nodes)).to.deep.equal([0, 1, 2])
    })
    const pushed = (): number => nodes.reduce((sum, node) => sum + node.services.pex.snapshot().pushed, 0)
    await clock.advanceAsync(1_000, 100)
    const before = pushed()
    await clock.advanceAsync(1_000, 100)
    expect(pushed()).to.equal(before)
  })

  it('asks somebody again after 2 s, 4 s, 8 s ... 300 s, and after 2 s again when that brought somebody new', async () => {
    const a = await start()
    const b = await start()
    await introduced(a, b)
    await quiet()
    const asked: number[] = []
    let last = a.services.pex.snapshot().asked
    const watch = async (seconds: number): Promise<void> => {
      for (let i = 0; i < seconds * 4; i++) {
        clock.advance(250)
        const [ofA, ofB] = [a, b].map(node => node.services.pex.snapshot())
        if (ofA!.asked > last || ofB!.asked > ofA!.answered) {
          await eventually('what was asked is answered', () => b.services.pex.snapshot().answered >= ofA!.asked && a.services.pex.snapshot().answered >= ofB!.asked)
          await quiet()
          await clock.advanceAsync(0)
        }
        const now = ofA!.asked
        if (now > last) asked.push(clock.monotonic() / 1_000)
        last = now
      }
    }
    await watch(300)
    const gaps = asked.map((at, i) => at - (asked[i - 1] ?? 0))
    expect(gaps.length).to.be.within(6, 7)
    gaps.forEach((gap, i) => { expect(gap, `wait ${i}`).to.be.within(2 ** (i + 1) * 0.75 - 0.3, 2 ** (i + 1) * 1.25 + 0.5) })

    const { bytes, peerId, seq, multiaddrs } = await recordOf(99, ['/memory/newcomer'])
    b.services.addressBook.add({ peerId, multiaddrs, record: bytes, seq, source: 'outbound' })
    b.services.addressBook.succeeded(peerId, multiaddrs[0]!)
    asked.length = 0
    await watch(330)
    expect(a.services.addressBook.get(peerId)?.source).to.equal('pex')
    expect((asked[1] as number) - (asked[0] as number)).to.be.within(1.2, 3)
  }).timeout(60_000)

  it('does not ask a peer more often than that takes, also one that comes and goes, and is not charged', async () => {
    const [a, b] = [await start(), await start()]
    for (let i = 1; i <= 22; i++) {
      await a.dial(b.getMultiaddrs())
      await eventually('it could have asked', () => a.services.pex.snapshot().gauges['askable'] === 1)
      await eventually('what was asked is answered', () => b.services.pex.snapshot().answered === Math.min(i, 15))
      await a.hangUp(b.peerId)
      await eventually('both have noticed', () => [a, b].every(node => node.getConnections().length === 0))
    }
    expect(a.services.pex.snapshot().asked).to.equal(15)
    clock.advance(20_000)
    await a.dial(b.getMultiaddrs())
    await eventually('it asks again', () => b.services.pex.snapshot().answered === 16)
    for (let i = 0; i < 14; i++) await a.services.pex.ask(b.peerId)
    expect((await rejection(a.services.pex.ask(b.peerId))).code, 'what the application asks for counts').to.equal('PEX_TOO_OFTEN')
    expect([b.services.pex.snapshot().answered, b.charges]).to.deep.equal([30, []])
  })

  it('sends peers of another network away, without blame', async () => {
    const a = await start({ network: 'one' })
    const b = await start({ network: 'two' })
    await a.dial(b.getMultiaddrs())
    await passes(async () => {
      await clock.advanceAsync(100, 100)
      expect(a.parted).to.deep.equal([[id(b), 'wrong-network']])
      expect(b.parted).to.deep.equal([[id(a), 'wrong-network']])
    })
    expect([known(a, nodes), known(b, nodes), a.charges, b.charges]).to.deep.equal([[], [], [], []])
    expect(a.roles.size + b.roles.size).to.equal(0)
  })

  it('says so when asked to ask a peer of another network, or nobody', async () => {
    const a = await start({ network: 'one' })
    const b = await start({ network: 'two' })
    expect((await rejection(a.services.pex.ask(b.peerId))).code).to.equal('PEX_NOT_CONNECTED')
    await a.dial(b.getMultiaddrs())
    const error = await rejection(a.services.pex.ask(b.peerId))
    expect(error.code).to.equal('PEX_WRONG_NETWORK')
    expect(error.message).to.contain('"two"').and.contain('"one"')
  })

  it('answers with the good ones only: no asker, nobody by word only, nobody discouraged or banned', async () => {
    const banned = await recordOf(105, ['/memory/p105'])
    const b = await start({ bans: { isDenied: ({ peerId }) => peerId?.equals(banned.peerId) === true } })
    const a = await start()
    for (const [seed, tried] of [[101, true], [102, true], [103, false], [104, true], [105, true]] as const) {
      const { bytes, peerId, seq, multiaddrs } = await recordOf(seed, [`/memory/p${seed}`])
      b.services.addressBook.add({ peerId, multiaddrs, record: bytes, seq, source: 'outbound' })
      if (tried) b.services.addressBook.succeeded(peerId, multiaddrs[0]!)
      if (seed === 104) b.discouraged.add(peerId.toString())
    }
    await introduced(a, b)
    const expected = await Promise.all([101, 102].map(async seed => (await recordOf(seed, [`/memory/p${seed}`])).bytes))
    const answer = async (limit: number): Promise<Uint8Array[]> => (await request(connectionOf(a, b), pexProtocol, { ...asking, limit }, { clock })).entries.map(({ record }) => record)
    expect(await answer(32)).to.have.deep.members(expected)
    expect(await answer(1)).to.have.length(1)
    expect(await answer(0)).to.deep.equal([])
    // answers are kept, but not whom they were about
    b.discouraged.add((await recordOf(101, [])).peerId.toString())
    expect(await answer(32)).to.deep.equal(expected.slice(1))
  })

  it('answers with 32 at most, the same ones for 5 s', async () => {
    const b = await start()
    const a = await start()
    for (let seed = 200; seed < 280; seed++) {
      const { bytes, peerId, seq, multiaddrs } = await recordOf(seed, [`/memory/p${seed}`])
      b.services.addressBook.add({ peerId, multiaddrs, record: bytes, seq, source: 'outbound' })
      b.services.addressBook.succeeded(peerId, multiaddrs[0]!)
    }
    await introduced(a, b)
    const answer = async (): Promise<Set<string>> => new Set((await request(connectionOf(a, b), pexProtocol, asking, { clock })).entries.map(({ record }) => record.join()))
    const first = await answer()
    expect(first.size).to.be.within(31, 32)
    expect(await answer()).to.deep.equal(first)
    clock.advance(5_000)
    expect(await answer()).not.to.deep.equal(first)
  })

  it('tells its neighbours when its addresses change', async () => {
    const a = await start()
    const b = await start()
    await introduced(a, b)
    await quiet()
    const { addressManager, events } = (a as unknown as { components: { addressManager: AddressManager, events: EventTarget } }).components
    // libp2p's own address manager cannot confirm addresses beside one without a port
    const addresses = [...addressManager.getAddresses(), multiaddr('/ip4/8.8.8.8/tcp/1')]
    addressManager.getAddresses = () => addresses
    events.dispatchEvent(new CustomEvent('self:peer:update', { detail: {} }))
    await passes(async () => {
      await clock.advanceAsync(200, 100)
      expect(b.services.addressBook.get(a.peerId)?.multiaddrs.map(String)).to.include('/ip4/8.8.8.8/tcp/1')
    })
  })

  it('ignores pushes of somebody who has not said which network it is of', async () => {
    const a = await start()
    const b = await start()
    await b.services.pex.ask(a.peerId).catch(() => {})
    const connection = await a.dial(b.getMultiaddrs())
    await eventually('introduced', () => b.roles.has(id(a)))
    await notify(connection, pexPushProtocol, { entries: await entriesOf(300, 2) }, { clock })
    expect(b.services.addressBook.size).to.equal(3)
    // a libp2p node that never asks
    const other = await start({ network: 'main' })
    await (other as unknown as { services: { pex: { stop (): Promise<void> } } }).services.pex.stop()
    const silent = await other.dial(b.getMultiaddrs())
    await notify(silent, pexPushProtocol, { entries: await entriesOf(400, 2) }, { clock })
    expect(b.services.addressBook.size).to.equal(3)
    expect(b.services.pex.snapshot().refused).to.deep.equal({ stranger: 2 })
  })

  it('stops and starts again, and leaves nothing behind', async () => {
    const a = await start()
    const b = await start()
    await introduced(a, b)
    await quiet()
    await a.stop()
    expect(a.services.pex.snapshot().gauges).to.include({ askable: 0, pushable: 0, met: 0, answers: 0, pushQueue: 0, partings: 0 })
    a.roles.clear()
    await a.start()
    await introduced(a, b)
  })

  it('survives peers that vanish in the middle of an exchange', async () => {
    const b = await start()
    for (let i = 0; i < 8; i++) {
      const a = await start()
      a.dial(b.getMultiaddrs()).catch(() => {})
      await eventually('connected', () => b.getConnections(a.peerId).length > 0)
      b.getConnections(a.peerId)[0]?.abort(new Error('gone'))
    }
    await eventually('nobody is left', () => b.getConnections().length === 0)
    await passes(() => { expect(b.services.pex.snapshot().gauges).to.include({ askable: 0, pushable: 0, met: 0 }) })
    expect(b.charges).to.deep.equal([])
  })

  describe('against hostile peers', () => {
    async function victimAndAttacker (): Promise<{ victim: PexNode, attacker: PexNode, connection: Connection }> {
      const victim = await start()
      const attacker = await start()
      await introduced(attacker, victim)
      await quiet()
      return { victim, attacker, connection: connectionOf(attacker, victim) }
    }

    it('charges for 33 entries, junk and records that another signed in a push', async () => {
      const { victim, attacker, connection } = await victimAndAttacker()
      const entries = await entriesOf(500, 33)
      const push = async (bytes: Uint8Array): Promise<void> => {
        const stream = await connection.newStream([pexPushProtocol.id])
        await lpStream(stream).write(bytes)
        await stream.close()
      }
      await push(pexPushProtocol.request.encode({ entries }))
      await push(Uint8Array.of(1, 2, 3))
      const foreign = await RecordEnvelope.seal(new PeerRecord({ peerId: await peerIdOf(3), multiaddrs: [], seqNumber: 1n }), await keyOf(4))
      await push(pexPushProtocol.request.encode({ entries: [{ record: foreign.marshal(), roles: [] }] }))
      await passes(() => {
        expect(victim.charges).to.have.deep.members(['pex:over-limit', 'pex:undecodable', 'pex:bad-record'].map(cause => ({ peer: id(attacker), offence: 'severe', cause })))
      })
      expect(victim.services.addressBook.size).to.equal(1)
      await quiet()
    })

    it('charges for 33 entries in an answer', async () => {
      const { victim, attacker } = await victimAndAttacker()
      await attacker.unhandle(pexProtocol.id)
      const entries = await entriesOf(500, 33)
      await attacker.handle(pexProtocol.id, async stream => {
        await lpStream(stream).write(pexProtocol.response!.encode({ status: 'ok', network: 'main', roles: [], entries }))
        await stream.close()
      })
      expect((await rejection(victim.services.pex.ask(attacker.peerId))).code).to.equal('WIRE_OVERSIZE')
      expect(victim.charges).to.deep.equal([{ peer: id(attacker), offence: 'severe', cause: 'pex:over-limit' }])
    })

    it('is not impressed by 400 raw streams of noise, and leaves none open', async function () {
      this.timeout(60_000)
      const { victim, attacker } = await victimAndAttacker()
      const rng = seededRng(5)
      const valid = pexProtocol.request.encode({ ...asking, record: (await recordOf(1, ['/memory/x'])).bytes })
      for (let i = 0; i < 400; i++) {
        // slow enough for the rate limits
        await clock.advanceAsync(1_000, 1_000)
        const id = i % 2 === 0 ? pexProtocol.id : pexPushProtocol.id
        // some of the noise names another network, and ends the connection
        const connection = await attacker.dial(victim.getMultiaddrs())
        const stream = await connection.newStream([id], { maxOutboundStreams: 100 })
        const body = rng.int(3) === 0 ? valid.slice() : rng.bytes(rng.int(400))
        if (body.length > 0) body[rng.int(body.length)] = rng.int(256)
        try {
          if (rng.int(4) === 0) stream.send(body)
          else await lpStream(stream).write(body)
          if (rng.int(2) === 0) await stream.close()
        } catch {
          // the victim has ended it already
        }
        if (rng.int(3) === 0) stream.abort(new Error('done'))
      }
      await passes(async () => {
        await clock.advanceAsync(10_000, 5_000)
        expect(pexStreams(victim)).to.deep.equal([])
      })
      expect(victim.charges.length).to.be.greaterThan(100)
      expect(new Set(victim.charges.map(({ peer }) => peer))).to.deep.equal(new Set([id(attacker)]))
      await victim.services.pex.ask(attacker.peerId)
    })
  })

  it('lets everybody know everybody within seconds when 25 nodes join through one', async function () {
    this.timeout(60_000)
    // real time: this is about how long it takes
    const options = { clock: undefined }
    const hub = await start(options)
    await Promise.all(Array.from({ length: 24 }, async () => {
      const node = await start(options)
      await node.dial(hub.getMultiaddrs())
    }))
    await eventually('all know all', () => nodes.every(node => known(node, nodes).length === 24), 20_000)
    expect(nodes.flatMap(({ charges }) => charges)).to.deep.equal([])
  })
})
