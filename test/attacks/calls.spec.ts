import { expect } from 'chai'
import { seededRng } from '../../src/util/rng.ts'
import { eventually } from '../support/eventually.ts'
import { brokenMux, brokenPlain, CANCEL, END, MORE, MUX, muxFrame } from './support/call-frames.ts'
import { blob, chat, endless, feed, ITEM, note, quote, slow } from './support/call-protocols.ts'
import { Crowd } from './support/crowd.ts'
import { figure } from './support/figures.ts'
import { callHonestly } from './support/honest-calls.ts'
import { sendJunk } from './support/junk.ts'
import { keptSince } from './support/memory.ts'
import { fuzzStreams } from './support/stream-fuzzer.ts'
import { Victim } from './support/victim.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { BareNode } from './support/crowd.ts'
import type * as callCommands from './support/call-commands.ts'
import type { HonestCaller } from './support/honest-calls.ts'
import type { VictimOptions } from './support/victim-contract.ts'

const CALL_COMMANDS = new URL('support/call-commands.ts', import.meta.url).href
const MIB = 1_048_576
const FRAMES = 100_000
/** At a time, between which one sees how the victim is. */
const BATCH = 10_000
/** Of them over the network, where it takes milliseconds to agree on a protocol. */
const OVER_NETWORK = 2_000
const WARM_UP = 4_000
const KEPT_LIMIT_BYTES = 12 * MIB
const HONEST_LIMIT_MS = 3_000
const SEED = 60_000
/** Two streams at a time, and those under way when the third severe offence is found. */
const MAX_JUNK = 8
const PRICE = '{"price":6}'

interface Scene extends AsyncDisposable {
  victim: Victim
  crowd: Crowd
  run: ReturnType<typeof runner>
  attacker: BareNode
  connection: Connection
  honest: Connection
}

const runner = (victim: Victim) => victim.run<typeof callCommands>()

/** A victim that serves calls, one attacker and one honest caller, connected. */
async function scene (options: Partial<VictimOptions> = {}): Promise<Scene> {
  const stack = new AsyncDisposableStack()
  const crowd = stack.use(new Crowd())
  const victim = stack.use(await Victim.start({ kind: 'peerkeep', commands: CALL_COMMANDS, ...options }))
  const run = runner(victim)
  await run('serveCalls')
  const attacker = await crowd.add({ seed: SEED, from: '127.90.0.1' })
  const friend = await crowd.add({ seed: SEED + 1, from: '127.91.0.1' })
  const connection = await attacker.dial(victim.multiaddr)
  const honest = await friend.dial(victim.multiaddr)
  return { victim, crowd, run, attacker, connection, honest, [Symbol.asyncDispose]: async () => { await stack.disposeAsync() } }
}

const isPrice = (answer: Uint8Array): boolean => Buffer.from(answer).toString('latin1').endsWith(PRICE)

/** Streams that the victim has with this peer, but for those that are to stay. */
async function streamsWith (victim: Victim, id: string): Promise<string[]> {
  const connections = await victim.call('connections')
  return connections.filter(({ peer }) => peer === id).flatMap(({ streams }) => streams.map(({ protocol }) => protocol)).filter(protocol => protocol.includes('/fuzz/'))
}

describe('attacks on calls: broken frames', () => {
  const TARGETS = [
    { name: 'request', protocol: quote.ids[0] },
    { name: 'notify', protocol: note.ids[0] },
    { name: 'stream', protocol: feed.ids[0] },
    { name: 'duplex', protocol: chat.ids[0], perStream: 6 },
    { name: 'many calls on one stream', protocol: MUX + quote.ids[0] }
  ]

  for (const [i, { name, protocol, perStream = 1 }] of TARGETS.entries()) {
    it(`T23: ${FRAMES} random and mutated frames, ${name}`, async () => {
      await using stage = await scene({ localAsPublic: false })
      const { victim, run, attacker, connection, honest } = stage
      await run('neutral')
      const id = attacker.peerId.toString()
      const rng = seededRng(SEED + i)
      const next = (): Uint8Array[] => protocol.startsWith(MUX) ? brokenMux([ITEM], rng) : brokenPlain([ITEM], rng, perStream)
      await run('injectFrom', id, i, { protocol, messages: [ITEM], frames: WARM_UP, perStream })
      const before = await victim.stats()
      const calls = callHonestly(honest, quote.ids[0], () => ITEM, isPrice)
      let frames = await fuzzStreams({ connections: [connection], protocol, frames: OVER_NETWORK, next, rng })
      let left = 0
      for (let batch = 0; frames < FRAMES; batch++) {
        const injected = await run('injectFrom', id, 1_000 * i + batch, { protocol, messages: [ITEM], frames: Math.min(BATCH, FRAMES - frames), perStream })
        frames += injected.frames
        left += injected.left
      }
      const { answered, failures, slowestMs } = await calls.stop()
      await eventually('all streams to end', async () => (await streamsWith(victim, id)).length === 0, 20_000)
      const kept = await keptSince(victim, before, KEPT_LIMIT_BYTES)
      const offences = Object.values(await run('offences')).reduce((sum, count) => sum + count, 0)
      figure({ test: 'T23', what: `${frames} broken frames, ${name}: memory kept, honest calls answered, slowest`, value: `${(kept / MIB).toFixed(1)} MiB, ${answered}/${answered + failures.length}, ${slowestMs.toFixed(0)} ms`, limit: `${KEPT_LIMIT_BYTES / MIB} MiB, all, ${HONEST_LIMIT_MS} ms` })
      expect(failures, 'honest calls that failed').to.deep.equal([])
      expect(answered, 'honest calls').to.be.above(0)
      expect(slowestMs, 'slowest honest call').to.be.below(HONEST_LIMIT_MS)
      expect(left, 'streams left open').to.equal(0)
      expect(offences, 'offences').to.be.above(frames / 10)
      expect(kept, 'memory').to.be.below(KEPT_LIMIT_BYTES)
    })
  }

  it('T23: whoever sends them is charged, then refused, on each of the protocols', async () => {
    await using stage = await scene()
    const { victim, crowd } = stage
    const sent: string[] = []
    for (const [i, { name, protocol }] of TARGETS.entries()) {
      const node = await crowd.add({ seed: SEED + 100 + i, from: `127.${100 + i}.0.1` })
      const junk = await sendJunk(node, victim.multiaddr, protocol)
      expect(junk.sent, name).to.be.within(2, MAX_JUNK)
      expect((await sendJunk(node, victim.multiaddr, protocol)).connected, 'let in again').to.equal(false)
      sent.push(`${name} ${junk.sent}`)
    }
    figure({ test: 'T23', what: 'broken frames until cut off, and not let in again', value: sent.join(', '), limit: `${MAX_JUNK} each` })
  })
})

describe('attacks on calls: what takes memory or handlers', () => {
  /** How long each goes on, in honest calls that are made meanwhile. */
  const HOLD_CALLS = 50

  /** Bytes on a stream of many calls of this protocol; what the victim says is not read. */
  async function openMux (connection: Connection, id: string, ...frames: Uint8Array[]): Promise<Stream> {
    const stream = await connection.newStream(MUX + id, { signal: AbortSignal.timeout(10_000) })
    stream.pause()
    for (const frame of frames) stream.send(frame)
    return stream
  }

  function size (bytes: number): Uint8Array {
    const payload = new Uint8Array(4)
    new DataView(payload.buffer).setUint32(0, bytes)
    return payload
  }

  async function held (victim: Victim, honest: Connection, what: string, limitMiB: number, attack: () => Promise<void>, afterwards: (calls: HonestCaller) => Promise<void> = async () => {}): Promise<void> {
    const before = await victim.stats()
    const calls = callHonestly(honest, quote.ids[0], () => ITEM, isPrice)
    await attack()
    await calls.more(HOLD_CALLS)
    const during = await victim.stats()
    await afterwards(calls)
    const { answered, failures, slowestMs } = await calls.stop()
    const kept = await keptSince(victim, before, KEPT_LIMIT_BYTES)
    const grown = (during.rssBytes - before.rssBytes) / MIB
    figure({ test: 'T24', what: `${what}: memory during it, kept after, honest calls answered, slowest`, value: `${grown.toFixed(0)} MiB, ${(kept / MIB).toFixed(1)} MiB, ${answered}/${answered + failures.length}, ${slowestMs.toFixed(0)} ms`, limit: `${limitMiB} MiB, ${KEPT_LIMIT_BYTES / MIB} MiB, all, ${HONEST_LIMIT_MS} ms` })
    expect(failures, 'honest calls that failed').to.deep.equal([])
    expect(slowestMs, 'slowest honest call').to.be.below(HONEST_LIMIT_MS)
    expect(grown, 'memory during it').to.be.below(limitMiB)
    expect(kept, 'memory kept').to.be.below(KEPT_LIMIT_BYTES)
  }

  it('T24: 4 streams of 256 calls with answers of 1 MiB, and nobody reads', async () => {
    await using stage = await scene({ localAsPublic: false })
    const { victim, attacker, connection, honest } = stage
    await held(victim, honest, '1,024 answers of 1 MiB that nobody reads', 160, async () => {
      await Promise.all(Array.from({ length: 4 }, async () => await openMux(connection, blob.ids[0], ...Array.from({ length: 256 }, (_, id) => muxFrame(id, END, size(MIB))))))
    }, async () => {
      // 5 s for the answers, and as long again to read that they are late
      await eventually('streams that nobody reads to be ended', async () => (await streamsWith(victim, attacker.peerId.toString())).length === 0, 30_000)
    })
  })

  it('T24: messages in pieces that are never finished', async () => {
    await using stage = await scene({ localAsPublic: false })
    const { victim, run, connection, honest } = stage
    const piece = new Uint8Array(16_384)
    await held(victim, honest, '32 requests of almost 1 MiB that never end', 120, async () => {
      for (let i = 0; i < 4; i++) {
        const stream = await openMux(connection, slow.ids[0])
        for (let j = 0; j < 63; j++) for (let id = 0; id < 8; id++) if (!stream.send(muxFrame(id, MORE, piece))) await stream.onDrain({ signal: AbortSignal.timeout(10_000) })
      }
    }, async () => {
      await eventually('a charge for it', async () => (await run('protocolsSnapshot')).protocols.some(({ ids, served }) => ids[0] === slow.ids[0] && (served?.faults.timeout ?? 0) >= 8), 20_000)
    })
    expect((await run('calls')).left, 'handlers that ran for them').to.equal(0)
  })

  it('T24: a stream without end that nobody reads', async () => {
    await using stage = await scene({ localAsPublic: false })
    const { victim, run, connection, honest } = stage
    const streams: Stream[] = []
    await held(victim, honest, '32 endless streams that nobody reads', 120, async () => {
      for (let i = 0; i < 32; i++) {
        const stream = await connection.newStream(endless.ids[0], { signal: AbortSignal.timeout(10_000) })
        stream.pause()
        stream.send(Uint8Array.of(0))
        await stream.close()
        streams.push(stream)
      }
    }, async calls => {
      const { items } = await run('calls')
      await calls.more(HOLD_CALLS)
      expect((await run('calls')).items - items, 'items made while nobody reads').to.equal(0)
      for (const stream of streams) stream.abort(new Error('enough'))
      await eventually('all handlers to end', async () => (await run('calls')).waiting === 0)
    })
  })

  it('T24: 10,000 calls that are cancelled', async () => {
    const CALLS = 10_000
    await using stage = await scene({ localAsPublic: false })
    const { victim, run, attacker, connection, honest } = stage
    let stream: Stream
    await held(victim, honest, `${CALLS} calls that are cancelled`, 120, async () => {
      stream = await openMux(connection, slow.ids[0])
      stream.resume()
      for (let id = 0; id < CALLS; id += 100) {
        const turn = Array.from({ length: 100 }, (_, i) => id + i)
        const frames = [...turn.map(each => muxFrame(each, END, ITEM)), ...turn.map(each => muxFrame(each, CANCEL))]
        if (!stream.send(Uint8Array.from(Buffer.concat(frames)))) await stream.onDrain({ signal: AbortSignal.timeout(10_000) })
      }
      // more than 256 in one turn of the event loop are told that it is busy
      await eventually('some to be taken', async () => (await run('calls')).left > CALLS / 10)
    }, async () => {
      await stream.close()
      await eventually('the stream to end', async () => (await streamsWith(victim, attacker.peerId.toString())).length === 0, 10_000)
    })
    const { protocols } = await run('protocolsSnapshot')
    const { calls, active } = protocols.find(({ ids }) => ids[0] === slow.ids[0])!.served!
    const { waiting, left } = await run('calls')
    expect([active, waiting, calls - left], 'handlers that still wait').to.deep.equal([0, 0, 0])
  })
})
