import { expect } from 'chai'
import { MuxClient } from '../../../src/wire/mux/client.ts'
import { MuxServer } from '../../../src/wire/mux/server.ts'
import { systemClock } from '../../../src/util/clock.ts'
import { barePair } from '../../support/bare-pair.ts'
import { eventually } from '../../support/eventually.ts'
import { rejection } from '../../support/rejection.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import { frame } from './support/frames.ts'
import { LIMITS, pattern } from './support/mux-ends.ts'
import type { IncomingCall } from '../../../src/wire/mux/server.ts'
import type { BarePair } from '../../support/bare-pair.ts'

const PROTOCOL = '/test/mux/1.0.0'
const FULL_BYTES = 16 * 1024 * 1024
const options = { timeoutMs: 5_000 }

describe('wire/mux: between two nodes', () => {
  let pair: BarePair
  let servers: MuxServer[]
  let faults: string[]
  let onCall: (call: IncomingCall) => void
  let unhandled: ReturnType<typeof watchUnhandled>

  before(async () => {
    pair = await barePair()
    await pair.server.handle(PROTOCOL, stream => {
      servers.push(new MuxServer(stream, { clock: systemClock, ...LIMITS, timeoutMs: 5_000, admit: () => undefined, onCall: call => { onCall(call) }, onFault: fault => { faults.push(fault) } }))
    })
  })
  after(async () => { await pair.stop() })
  beforeEach(() => {
    servers = []
    faults = []
    onCall = call => { call.respond(call.payload) }
    unhandled = watchUnhandled()
  })
  afterEach(async () => {
    await unhandled.stop()
    await pair.quiet(PROTOCOL)
    expect(servers.map(({ gauges }) => gauges.calls)).to.deep.equal(servers.map(() => 0))
  })

  async function connect (): Promise<MuxClient> {
    return new MuxClient(await pair.raw(PROTOCOL), { clock: systemClock, ...LIMITS })
  }

  it('carries calls of all sizes at the same time', async () => {
    const client = await connect()
    const sizes = Array.from({ length: 400 }, (_, i) => i % 10 === 0 ? 200_000 - i : i)
    const answers = await Promise.all(sizes.map(async (length, i) => client.call(pattern(length, i), options)))
    for (const [i, answer] of answers.entries()) expect(Buffer.compare(answer, pattern(sizes[i]!, i)), `answer ${i}`).to.equal(0)
    client.close()
    expect(faults).to.deep.equal([])
  })

  it('answers 20 high calls long before 8 MiB of low ones', async () => {
    const client = await connect()
    let left = 32
    const low = Array.from({ length: left }, async () => {
      await client.call(pattern(LIMITS.maxRequestBytes), { ...options, priority: 'low' })
      left--
    })
    const done = Promise.all(low)
    await eventually('the first low ones are through', () => left < low.length)
    for (let i = 0; i < 20; i++) await client.call(pattern(100), { ...options, priority: 'high' })
    expect(left).to.be.greaterThan(0)
    await done
    client.close()
  })

  it('tells the handler that the caller has left', async () => {
    const left: AbortSignal[] = []
    onCall = call => { left.push(call.signal) }
    const client = await connect()
    const leaver = new AbortController()
    const failure = rejection(client.call(pattern(10), { ...options, signal: leaver.signal }))
    await eventually('the call is there', () => left.length === 1)
    leaver.abort()
    expect((await failure).code).to.equal('WIRE_ABORTED')
    await eventually('the handler is told', () => left[0]?.aborted === true)
    client.close()
  })

  it('rejects calls when the connection is lost', async () => {
    onCall = () => {}
    const other = await barePair()
    await other.server.handle(PROTOCOL, stream => { servers.push(new MuxServer(stream, { clock: systemClock, ...LIMITS, timeoutMs: 5_000, admit: () => undefined, onCall, onFault: () => {} })) })
    const client = new MuxClient(await other.raw(PROTOCOL), { clock: systemClock, ...LIMITS })
    const failures = [rejection(client.call(pattern(10), options)), rejection(client.call(pattern(100_000), options))]
    await eventually('the server has them', () => servers[0]?.gauges.calls === 2)
    other.inbound.abort(new Error('cable'))
    for (const failure of failures) expect(await failure).to.include({ code: 'WIRE_RESET', fault: 'reset' })
    expect(client.open).to.equal(false)
    await other.stop()
  })

  it('keeps little for a client that calls and never reads', async () => {
    const answer = pattern(LIMITS.maxResponseBytes)
    onCall = call => { call.respond(answer) }
    const stream = await pair.raw(PROTOCOL)
    stream.pause()
    let id = 0
    for (; id < 4_000; id++) stream.send(frame(id, 0, pattern(100)))
    await eventually('it is full', () => (servers[0]?.gauges.unsentBytes ?? 0) > FULL_BYTES / 2)
    for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
    expect(servers[0]?.gauges.unsentBytes).to.be.at.most(FULL_BYTES + answer.length)
    stream.abort(new Error('enough'))
    await eventually('it is freed', () => servers[0]?.gauges.unsentBytes === 0)
  })

  it('ends the stream of whoever talks nonsense', async () => {
    const stream = await pair.raw(PROTOCOL)
    stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff))
    await eventually('it is reset', () => stream.status === 'reset')
    expect(faults).to.deep.equal(['oversize'])
  })
})
