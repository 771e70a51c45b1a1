import { expect } from 'chai'
import { seededRng } from '../../../src/util/rng.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import { fuzzedFrames, join } from './support/frames.ts'
import { muxEnds, pattern, serverEnd } from './support/mux-ends.ts'

const FRAMES = 3_000
const FRAMES_PER_STREAM = 10

describe('wire/mux: fuzzed frames', () => {
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  it('never crash a server; whatever is refused is charged once', async () => {
    const rng = seededRng(1)
    let refused = 0
    let taken = 0
    for (let i = 0; i < FRAMES / FRAMES_PER_STREAM; i++) {
      const { near, far, server, faults, clock, settle } = serverEnd({ onCall: call => { taken++; call.respond(call.payload.slice(0, 10)) } })
      near.send(join(...fuzzedFrames(rng, FRAMES_PER_STREAM)))
      while (near.deliver(1 + rng.int(20_000)));
      await settle()
      const undecodable = faults.filter(({ fault }) => fault === 'undecodable').length
      expect(undecodable).to.be.at.most(1)
      expect(far.status).to.equal(undecodable > 0 || faults.some(({ fault }) => fault === 'oversize') ? 'aborted' : 'open')
      if (far.status === 'aborted') refused++
      near.abort(new Error('next'))
      await settle()
      expect([server.gauges.calls, server.gauges.receiving, server.gauges.unsent, clock.pending]).to.deep.equal([0, 0, 0, 0])
    }
    // the seed makes both kinds
    expect(refused).to.be.greaterThan(10)
    expect(taken).to.be.greaterThan(100)
  })

  it('never crash a client; every call of it is settled', async () => {
    const rng = seededRng(2)
    let settled = 0
    for (let i = 0; i < FRAMES / FRAMES_PER_STREAM; i++) {
      const { client, far, serverFaults, clock, settle } = muxEnds({ server: { onCall: () => {} } })
      const calls = Array.from({ length: FRAMES_PER_STREAM }, async (_, n) => client.call(pattern(100, n), { timeoutMs: 1_000 }).then(() => 'answered', (err: { code: string }) => err.code))
      await settle()
      far.send(join(...fuzzedFrames(rng, FRAMES_PER_STREAM)))
      while (far.deliver(1 + rng.int(20_000)));
      await settle()
      clock.advance(1_000)
      await settle()
      for (const outcome of await Promise.all(calls)) {
        expect(outcome).to.be.oneOf(['answered', 'WIRE_REMOTE', 'WIRE_TIMEOUT', 'WIRE_UNDECODABLE', 'WIRE_OVERSIZE'])
        settled++
      }
      expect(serverFaults.length).to.be.at.most(1)
      expect([client.gauges.calls, client.gauges.inFlight]).to.deep.equal([0, 0])
      client.abort(new Error('next'))
      await settle()
      expect(clock.pending).to.equal(0)
    }
    expect(settled).to.equal(FRAMES)
  })
})
