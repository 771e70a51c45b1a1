import { expect } from 'chai'
import { PIECE_BYTES } from '../../../src/wire/mux/frame.ts'
import { rejection } from '../../support/rejection.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import { frame } from './support/frames.ts'
import { LIMITS, muxEnds, pattern, TIMEOUT_MS } from './support/mux-ends.ts'
import type { WireRemoteError } from '../../../src/wire/errors.ts'
import type { IncomingCall } from '../../../src/wire/mux/server.ts'

const options = { timeoutMs: TIMEOUT_MS }
const echo = (call: IncomingCall): void => { call.respond(call.payload) }

describe('wire/mux: calls', () => {
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  for (const length of [0, 1, 100, PIECE_BYTES, PIECE_BYTES + 1, 5 * PIECE_BYTES, LIMITS.maxRequestBytes]) {
    it(`answers a request of ${length} bytes with as many`, async () => {
      const { client, server, settle } = muxEnds({ server: { onCall: echo } })
      const answer = client.call(pattern(length), options)
      await settle()
      expect(Buffer.compare(await answer, pattern(length))).to.equal(0)
      expect(client.gauges).to.deep.equal({ calls: 0, inFlight: 0, queued: 0, unsentBytes: 0 })
      expect(server.gauges.calls).to.equal(0)
    })
  }

  it('gives each caller its own answer, whatever the order', async () => {
    const { client, calls, settle } = muxEnds()
    const answers = Array.from({ length: 50 }, async (_, i) => client.call(pattern(10 + i, i), options))
    await settle()
    for (const call of calls.toReversed()) call.respond(call.payload.map(byte => byte ^ 0xff))
    await settle()
    for (const [i, answer] of (await Promise.all(answers)).entries()) expect(answer).to.deep.equal(pattern(10 + i, i).map(byte => byte ^ 0xff))
  })

  it('sends what is called in one turn at once, and answers what is answered in one turn at once', async () => {
    const { client, near, far, settle } = muxEnds({ server: { onCall: echo } })
    const answers = Array.from({ length: 100 }, async (_, i) => client.call(pattern(100, i), options))
    await settle()
    await Promise.all(answers)
    expect(near.batches).to.have.lengthOf(1)
    expect(far.batches).to.have.lengthOf(1)
  })

  it('tells the caller what the other side said', async () => {
    const { client, calls, settle } = muxEnds()
    const failure = rejection(client.call(pattern(3), options))
    await settle()
    calls[0]?.fail('rate-limited', 'not so fast')
    calls[0]?.fail('busy', 'said twice')
    calls[0]?.respond(pattern(1))
    await settle()
    const { code, remoteCode, message, fault } = await failure as WireRemoteError
    expect({ code, remoteCode, fault }).to.deep.equal({ code: 'WIRE_REMOTE', remoteCode: 'rate-limited', fault: undefined })
    expect(message).to.contain('not so fast')
  })

  it('has at most 256 calls in flight, with places that low and normal ones leave free', async () => {
    const { client, calls, settle } = muxEnds()
    const answers = [
      ...Array.from({ length: 300 }, async () => client.call(pattern(1), { ...options, priority: 'low' })),
      ...Array.from({ length: 300 }, async () => client.call(pattern(2), options)),
      ...Array.from({ length: 300 }, async () => client.call(pattern(3), { ...options, priority: 'high' }))
    ]
    await settle()
    const given = (length: number): number => calls.filter(({ payload }) => payload.length === length).length
    expect([given(1), given(2), given(3)]).to.deep.equal([224, 16, 16])
    expect(client.gauges).to.deep.equal({ calls: 900, inFlight: 256, queued: 644, unsentBytes: 0 })
    for (let i = 0; i < 900; i++) {
      calls[i]?.respond(pattern(0))
      if (i % 50 === 0) await settle()
    }
    await settle()
    expect(await Promise.all(answers)).to.have.lengthOf(900)
    expect(calls.slice(256, 256 + 284).every(({ payload }) => payload.length === 3)).to.equal(true)
  })

  it('rejects what is too much for the queue, too long, or too late', async () => {
    const { client, settle } = muxEnds({ client: { maxInFlight: 2, maxQueued: 3 } })
    const calls = Array.from({ length: 6 }, async () => rejection(client.call(pattern(1), options)))
    expect((await calls[5])?.code).to.equal('WIRE_BUSY')
    expect((await rejection(client.call(pattern(LIMITS.maxRequestBytes + 1), options))).code).to.equal('WIRE_OVERSIZE')
    expect((await rejection(client.call(pattern(1), { ...options, signal: AbortSignal.abort() }))).code).to.equal('WIRE_ABORTED')
    await settle()
    expect(client.gauges.calls).to.equal(5)
    client.abort(new Error('enough'))
    expect((await Promise.all(calls.slice(0, 5))).map(({ code }) => code)).to.deep.equal(Array.from({ length: 5 }, () => 'WIRE_ABORTED'))
    expect([client.open, client.gauges.calls]).to.deep.equal([false, 0])
    expect((await rejection(client.call(pattern(1), options))).code).to.equal('WIRE_RESET')
  })

  it('lets a caller leave: the handler is told, nothing is held, and a late answer is ignored', async () => {
    const { client, server, calls, faults, settle } = muxEnds()
    const leaver = new AbortController()
    const left = rejection(client.call(pattern(3), { ...options, signal: leaver.signal }))
    const stays = client.call(pattern(4), options)
    await settle()
    const { signal } = calls[0] as IncomingCall
    calls[0]?.respond(pattern(100_000))
    leaver.abort(new Error('bored'))
    await settle()
    expect((await left).code).to.equal('WIRE_ABORTED')
    expect(server.gauges.calls).to.equal(1)
    calls[1]?.respond(pattern(1))
    await settle()
    expect((await stays).length).to.equal(1)
    expect(signal.aborted).to.equal(false)

    const again = rejection(client.call(pattern(3), { timeoutMs: TIMEOUT_MS, signal: AbortSignal.any([leaver.signal]) }))
    expect((await again).code).to.equal('WIRE_ABORTED')
    const next = new AbortController()
    const leaves = rejection(client.call(pattern(3), { ...options, signal: next.signal }))
    await settle()
    next.abort()
    await settle()
    expect((await leaves).code).to.equal('WIRE_ABORTED')
    expect([calls[2]?.signal.aborted, server.gauges.calls, client.gauges.calls]).to.deep.equal([true, 0, 0])
    expect(faults).to.deep.equal([])
  })

  it('never sends what was left before it was sent', async () => {
    const { client, calls, near, settle } = muxEnds()
    const leaver = new AbortController()
    const request = pattern(100_000)
    const left = Promise.all(Array.from({ length: 300 }, async () => rejection(client.call(request, { ...options, signal: leaver.signal }))))
    leaver.abort()
    expect(client.gauges).to.deep.equal({ calls: 0, inFlight: 0, queued: 0, unsentBytes: 0 })
    await settle()
    await left
    expect([near.batches, calls.length]).to.deep.equal([[], 0])
  })

  it('ends in time at both sides, and frees everything', async () => {
    const { client, server, clock, calls, faults, settle } = muxEnds()
    const late = rejection(client.call(pattern(3), { timeoutMs: 400 }))
    const later = rejection(client.call(pattern(4), { timeoutMs: 5_000 }))
    await settle()
    clock.advance(399)
    expect(client.gauges.calls).to.equal(2)
    clock.advance(1)
    expect(await late).to.include({ code: 'WIRE_TIMEOUT', fault: 'timeout' })
    await settle()
    expect([calls[0]?.signal.aborted, calls[1]?.signal.aborted, server.gauges.calls]).to.deep.equal([true, false, 1])
    clock.advance(600)
    await settle()
    expect(await later).to.include({ code: 'WIRE_REMOTE', remoteCode: 'timeout' })
    expect(calls[1]?.signal.aborted).to.equal(true)
    expect([client.gauges.calls, server.gauges.calls, faults.length]).to.deep.equal([0, 0, 0])
  })

  it('sets one timer, not one for each call', async () => {
    const { client, clock, settle } = muxEnds({ server: { onCall: echo } })
    const answers = Array.from({ length: 200 }, async () => client.call(pattern(3), options))
    await settle()
    await Promise.all(answers)
    expect(clock.pending).to.equal(2)
  })

  it('survives an answer that is over the limit, and charges for it', async () => {
    const { client, server, calls, faults, settle } = muxEnds({ client: { maxResponseBytes: 20_000 } })
    const failures = [20_001, 200_000].map(async () => rejection(client.call(pattern(1), options)))
    const fine = client.call(pattern(1), options)
    await settle()
    calls[0]?.respond(pattern(20_001))
    calls[1]?.respond(pattern(200_000))
    calls[2]?.respond(pattern(20_000))
    await settle()
    for (const failure of failures) expect(await failure).to.include({ code: 'WIRE_OVERSIZE', fault: 'oversize' })
    expect((await fine).length).to.equal(20_000)
    expect([client.gauges.calls, server.gauges.calls, server.gauges.unsentBytes, faults.length, client.open]).to.deep.equal([0, 0, 0, 0, true])
  })

  it('does not let its own handler answer too much', async () => {
    const { client, calls, settle } = muxEnds()
    const failure = rejection(client.call(pattern(1), options))
    await settle()
    expect(() => { calls[0]?.respond(pattern(LIMITS.maxResponseBytes + 1)) }).to.throw().with.property('code', 'WIRE_OVERSIZE')
    calls[0]?.fail('internal', '')
    await settle()
    expect(await failure).to.include({ remoteCode: 'internal' })
  })

  it('answers "internal" for a handler that throws', async () => {
    const { client, settle } = muxEnds({ server: { onCall: () => { throw new Error('secret') } } })
    const failure = rejection(client.call(pattern(1), options))
    await settle()
    expect((await failure).message).to.equal('the remote answered "internal"')
  })

  it('ignores what it sent for a call that was left, but not for one that was never made', async () => {
    const { client, far, serverFaults, settle } = muxEnds({ server: { onCall: () => {} } })
    const leaver = new AbortController()
    const left = rejection(client.call(pattern(1), { ...options, signal: leaver.signal }))
    await settle()
    leaver.abort()
    await left
    for (const kind of [0, 1, 2]) far.send(frame(0, kind, 'x'))
    await settle()
    expect([client.open, serverFaults.length]).to.deep.equal([true, 0])
    far.send(frame(1, 0, 'x'))
    await settle()
    expect(client.open).to.equal(false)
    expect(serverFaults.map(({ fault }) => fault)).to.deep.equal(['undecodable'])
  })
})
