import { expect } from 'chai'
import { array, assert, asyncProperty, constant, constantFrom, integer, nat, oneof, record } from 'fast-check'
import { rejection } from '../../support/rejection.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import { muxEnds, pattern, TIMEOUT_MS } from './support/mux-ends.ts'
import type { Arbitrary } from 'fast-check'
import type { Priority } from '../../../src/wire/mux/priority.ts'

// what can happen, one at a time; numbers are taken modulo what there is
type Step =
  | { what: 'call', bytes: number, priority: Priority, timeoutMs: number }
  | { what: 'leave', which: number }
  | { what: 'answer', which: number, bytes: number, priority: Priority }
  | { what: 'fail', which: number }
  | { what: 'deliver', end: 'near' | 'far', bytes: number }
  | { what: 'wait', ms: number }

const size = oneof(nat(200), integer({ min: 16_000, max: 17_000 }), nat(90_000))
const priority = constantFrom<Priority>('high', 'normal', 'low')
const step: Arbitrary<Step> = oneof(
  { weight: 4, arbitrary: record({ what: constant('call' as const), bytes: size, priority, timeoutMs: constantFrom(50, 700, TIMEOUT_MS, 5_000) }) },
  { weight: 1, arbitrary: record({ what: constant('leave' as const), which: nat() }) },
  { weight: 3, arbitrary: record({ what: constant('answer' as const), which: nat(), bytes: size, priority }) },
  { weight: 1, arbitrary: record({ what: constant('fail' as const), which: nat() }) },
  { weight: 6, arbitrary: record({ what: constant('deliver' as const), end: constantFrom('near' as const, 'far' as const), bytes: oneof(integer({ min: 1, max: 100 }), nat(60_000)) }) },
  { weight: 1, arbitrary: record({ what: constant('wait' as const), ms: nat(400) }) }
)

/** Runs until all is done, with a handler that answers the rest, and checks that nobody got what was not meant for them. */
async function converse (steps: Step[], capacity: number, maxInFlight: number, served: number): Promise<void> {
  const { client, server, calls, clock, near, far, faults, serverFaults, settle } = muxEnds({ client: { maxInFlight }, server: { maxInFlight: served }, link: { capacity } })
  const answered = new Map<number, number>()
  let tag = 0
  const pending: Promise<void>[] = []
  const leavers: AbortController[] = []
  for (const one of steps) {
    switch (one.what) {
      case 'call': {
        const own = tag++ & 0xff
        const leaver = new AbortController()
        leavers.push(leaver)
        // the first byte tells which call it is, here and in the answer
        const request = pattern(one.bytes + 1)
        request[0] = own
        pending.push(client.call(request, { priority: one.priority, timeoutMs: one.timeoutMs, signal: leaver.signal }).then(
          answer => {
            expect(answer[0]).to.equal(own)
            expect(answer.subarray(1)).to.deep.equal(pattern(answer.length).subarray(1))
          },
          (err: { code: string, remoteCode?: string }) => {
            expect(err.code).to.be.oneOf(['WIRE_REMOTE', 'WIRE_TIMEOUT', 'WIRE_ABORTED'])
            if (err.code === 'WIRE_REMOTE') expect(err.remoteCode).to.be.oneOf(['x-no', 'timeout', ...served < maxInFlight ? ['busy'] : []])
          }
        ))
        break
      }
      case 'leave':
        leavers[one.which % Math.max(1, leavers.length)]?.abort()
        break
      case 'answer': {
        const call = calls[one.which % Math.max(1, calls.length)]
        if (call == null) break
        expect(call.payload.subarray(1)).to.deep.equal(pattern(call.payload.length).subarray(1))
        const answer = pattern(one.bytes + 1)
        answer[0] = call.payload[0]!
        answered.set(answer[0], one.bytes)
        call.respond(answer, one.priority)
        break
      }
      case 'fail':
        calls[one.which % Math.max(1, calls.length)]?.fail('x-no', 'not this one')
        break
      case 'deliver':
        ({ near, far })[one.end].deliver(one.bytes)
        break
      case 'wait':
        clock.advance(one.ms)
        break
    }
    // what is queued is written at the end of the turn
    if (one.what !== 'call') await Promise.resolve()
    expect(server.gauges.receiving + server.gauges.refused).to.be.at.most(8)
    expect(server.gauges.calls).to.be.at.most(served)
    expect(client.gauges.inFlight).to.be.at.most(maxInFlight)
  }
  await settle()
  for (let i = 0; i < calls.length; i++) {
    calls[i]!.respond(calls[i]!.payload.slice(0, 1))
    if (i % 20 === 19) await settle()
  }
  await settle()
  clock.advance(5_000)
  await settle()
  await Promise.all(pending)
  expect(faults).to.deep.equal([])
  expect(serverFaults).to.deep.equal([])
  expect(client.open).to.equal(true)
  expect({ ...client.gauges, ...server.gauges }).to.deep.equal({ inFlight: 0, queued: 0, unsentBytes: 0, calls: 0, receiving: 0, refused: 0, unreadBytes: 0, unsent: 0 })
  client.close()
  await settle()
  expect([near.status, far.status, clock.pending]).to.deep.equal(['closed', 'closed', 0])
}

describe('wire/mux: any conversation', function () {
  this.timeout(60_000)
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  it('gives everybody their own answer or a reason, charges nobody, and leaves nothing behind', async () => {
    await assert(asyncProperty(array(step, { minLength: 10, maxLength: 150 }), constantFrom(1_000, 40_000, 1_000_000), async (steps, capacity) => {
      await converse(steps, capacity, 16, 16)
    }), { numRuns: 150, seed: 4 })
  })

  it('also when the server takes fewer calls than the client makes', async () => {
    await assert(asyncProperty(array(step, { minLength: 10, maxLength: 100 }), async steps => {
      await converse(steps, 40_000, 64, 4)
    }), { numRuns: 50, seed: 4 })
  })

  it('also when many long messages take turns, and most are left', async () => {
    const steps: Step[] = []
    for (let i = 0; i < 60; i++) {
      steps.push({ what: 'call', bytes: 40_000 + i, priority: (['low', 'normal', 'high'] as const)[i % 3]!, timeoutMs: 5_000 })
      steps.push({ what: 'deliver', end: 'near', bytes: 30_000 }, { what: 'deliver', end: 'far', bytes: 20_000 })
      if (i % 2 === 1) steps.push({ what: 'leave', which: i * 7 })
      if (i % 3 === 1) steps.push({ what: 'answer', which: i, bytes: 50_000, priority: (['high', 'low'] as const)[i % 2]! })
    }
    await converse(steps, 64_000, 64, 64)
  })

  it('whoever calls a closed client is told at once', async () => {
    const { client } = muxEnds()
    client.close()
    expect((await rejection(client.call(pattern(1), { timeoutMs: 10 }))).code).to.equal('WIRE_RESET')
  })
})
