import { expect } from 'chai'
import { rejection } from '../../support/rejection.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import { frame } from './support/frames.ts'
import { muxEnds, pattern, serverEnd, TIMEOUT_MS } from './support/mux-ends.ts'

const options = { timeoutMs: TIMEOUT_MS }

describe('wire/mux: how a stream ends', () => {
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  it('finishes what is under way when the client closes, and then closes both sides', async () => {
    const { client, server, calls, near, far, settle } = muxEnds({ client: { maxInFlight: 2 } })
    const answers = Array.from({ length: 5 }, async (_, i) => client.call(pattern(20_000, i), options))
    await settle()
    client.close()
    expect(client.open).to.equal(false)
    expect(await rejection(client.call(pattern(1), options))).to.deep.include({ code: 'WIRE_RESET', details: { unsent: true } })
    for (let i = 0; i < 5; i++) {
      expect(near.writeStatus).to.equal('writable')
      calls[i]?.respond(pattern(20_000, i))
      await settle()
    }
    expect((await Promise.all(answers)).map(answer => answer.length)).to.deep.equal(Array.from({ length: 5 }, () => 20_000))
    await settle()
    expect([near.status, far.status, server.gauges.calls]).to.deep.equal(['closed', 'closed', 0])
  })

  it('answers what came before the client closed its side by hand', async () => {
    const { near, far, server, calls, settle } = serverEnd()
    near.send(frame(0, 0, 'x'))
    near.send(frame(1, 1, 'never finished'))
    await near.close()
    await settle()
    expect([far.writeStatus, server.gauges.calls]).to.deep.equal(['writable', 1])
    calls[0]?.respond(pattern(100_000))
    await settle()
    expect([near.status, far.status, server.gauges.calls]).to.deep.equal(['closed', 'closed', 0])
  })

  it('rejects what is under way when the server closes its side', async () => {
    const { client, near, far, settle } = muxEnds()
    const failure = rejection(client.call(pattern(1), options))
    await settle()
    await far.close()
    await settle()
    expect(await failure).to.include({ code: 'WIRE_RESET', fault: 'reset' })
    expect([client.open, near.status]).to.deep.equal([false, 'aborted'])
  })

  it('closes quietly when the server closes and nothing is under way', async () => {
    const { client, near, far, settle } = muxEnds()
    await far.close()
    await settle()
    expect([client.open, near.status, far.status]).to.deep.equal([false, 'closed', 'closed'])
  })

  for (const who of ['near', 'far'] as const) {
    it(`frees everything when the ${who} end is reset`, async () => {
      const ends = muxEnds()
      const { client, server, calls, clock, settle } = ends
      const failures = Array.from({ length: 300 }, async () => rejection(client.call(pattern(50_000), options)))
      await settle()
      const signals = calls.map(({ signal }) => signal)
      ends[who].abort(new Error('gone'))
      await settle()
      const errors = await Promise.all(failures)
      expect(errors.every(({ code }) => code === 'WIRE_RESET')).to.equal(true)
      // 16 of the 256 places are for high ones
      expect(errors.map(({ details }) => details.unsent === true)).to.deep.equal(Array.from({ length: 300 }, (_, i) => i >= 240))
      expect(signals.every(({ aborted }) => aborted)).to.equal(true)
      expect(calls[0]?.signal).to.equal(signals[0])
      for (const call of calls) call.respond(pattern(1))
      expect([client.gauges.calls, server.gauges.calls, server.gauges.unsent, clock.pending]).to.deep.equal([0, 0, 0, 0])
    })
  }

  it('aborts every handler when the server is stopped', async () => {
    const { client, server, calls, near, clock, settle } = muxEnds()
    const failure = rejection(client.call(pattern(1), options))
    await settle()
    const { signal } = calls[0]!
    server.stop(new Error('not served any more'))
    await settle()
    expect([signal.aborted, (signal.reason as Error).message]).to.deep.equal([true, 'not served any more'])
    expect([(await failure).code, near.status, clock.pending]).to.deep.equal(['WIRE_RESET', 'reset', 0])
  })

  it('is closed by the client when it is idle, not before', async () => {
    const { client, calls, near, far, clock, settle } = muxEnds({ client: { idleMs: 5_000 } })
    clock.advance(4_900)
    const answer = client.call(pattern(1), options)
    await settle()
    clock.advance(200)
    calls[0]?.respond(pattern(1))
    await settle()
    await answer
    clock.advance(4_999)
    expect(client.open).to.equal(true)
    clock.advance(1)
    await settle()
    expect([client.open, near.status, far.status, clock.pending]).to.deep.equal([false, 'closed', 'closed', 0])
  })

  it('is aborted by the client when the server does not close its side', async () => {
    const { client, far, near, clock, settle, server } = muxEnds()
    server.stop(new Error('replaced'))
    expect(client.open).to.equal(false)
    const other = muxEnds({ server: { onCall: () => {} } })
    other.far.close = async () => {}
    other.client.close()
    await other.settle()
    expect(other.near.status).to.equal('open')
    other.clock.advance(10_000)
    expect([other.near.status, other.far.status]).to.deep.equal(['aborted', 'reset'])
    clock.advance(10_000)
    await settle()
    expect([near.status, far.status]).to.deep.equal(['reset', 'aborted'])
  })

  it('is aborted by the server when it is idle', async () => {
    const { near, far, clock, calls, settle } = serverEnd({ idleMs: 50_000, timeoutMs: 500_000 })
    near.send(frame(0, 0, 'x'))
    await settle()
    clock.advance(100_000)
    expect(far.status).to.equal('open')
    calls[0]?.respond(pattern(1))
    await settle()
    clock.advance(49_999)
    expect(far.status).to.equal('open')
    clock.advance(1)
    expect([far.status, near.status, clock.pending]).to.deep.equal(['aborted', 'reset', 0])
  })

  it('takes over a stream that has ended', async () => {
    const { client, near, far, settle } = muxEnds()
    client.abort(new Error('first'))
    await settle()
    expect([near.status, far.status]).to.deep.equal(['aborted', 'reset'])
    const second = muxEnds()
    second.near.abort(new Error('before'))
    expect(second.client.open).to.equal(false)
  })
})
