import { expect } from 'chai'
import { SignedCaller } from '../../../src/services/shards/caller.ts'
import { hashOf } from '../../../src/services/shards/model/canonical.ts'
import { makeAnswer } from '../../../src/services/shards/model/request.ts'
import { Signed } from '../../../src/services/shards/pb/shards.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { Opinion } from '../../support/protocol-nodes.ts'
import { rejection } from '../../support/rejection.ts'
import { keyOf, peerIdOf } from '../../support/signed-records.ts'
import type { PeerId } from '@libp2p/interface'
import type { AnswerBody } from '../../../src/services/shards/model/request.ts'
import type { RequestBody, Transport } from '../../../src/services/shards/parts.ts'

const VAULT = new Uint8Array(32).fill(7)
const ASKED: RequestBody = { getState: { from: 0 } }

interface Scene {
  caller: SignedCaller
  opinion: Opinion
  large: boolean[]
  peer: PeerId
}

/** A peer that answers like this. */
async function scene (answer: (frame: Uint8Array) => Promise<Uint8Array>): Promise<Scene> {
  const opinion = new Opinion()
  const large: boolean[] = []
  const transport: Transport = {
    send: async (_, frame, options) => {
      large.push(options.large)
      return await answer(frame)
    }
  }
  const caller = new SignedCaller({ self: await peerIdOf(1), privateKey: await keyOf(1), transport, scoring: () => opinion.scoring, clock: new ManualClock(1_000_000), rng: seededRng(1) })
  return { caller, opinion, large, peer: await peerIdOf(2) }
}

const say = (body: AnswerBody, { by = 2, to }: { by?: number, to?: Uint8Array } = {}) => async (frame: Uint8Array): Promise<Uint8Array> =>
  (await makeAnswer(to ?? hashOf(Signed.decode(frame).content), body, await keyOf(by))).frame
const DONE: AnswerBody = { done: {} }
const never = new AbortController().signal

describe('shards: calls', () => {
  it('resolve to what was answered, with what evidence is made of', async () => {
    const { caller, opinion, peer } = await scene(say(DONE))
    const { answer, signed, request } = await caller.call(peer, VAULT, ASKED, { signal: never })
    expect(answer.done).to.deep.equal({})
    expect(answer.request).to.deep.equal(hashOf(request))
    expect(signed.signature).to.have.length(64)
    expect(opinion.offences).to.deep.equal([])
    expect(caller.gauges).to.deep.equal({ calls: 0 })
  })

  it('take the way for large frames where either side may need it', async () => {
    const { caller, large, peer } = await scene(say(DONE))
    const bodies: RequestBody[] = [{ list: {} }, { put: { payload: VAULT, offset: 0, bytes: 1, data: new Uint8Array(1) } }, ASKED, { commit: {} }, { prepare: { seq: 1 } }, { open: { epoch: 1, encapsulation: VAULT } }]
    for (const body of bodies) await caller.call(peer, VAULT, body, { signal: never })
    expect(large).to.deep.equal([false, false, true, true, true, false])
  })

  it('reject with what a holder refuses, which is no offence', async () => {
    const { caller, opinion, peer } = await scene(say({ failure: { code: 'QUOTA', message: 'enough\n\u001B[31m', retryAfterMs: 5, index: 0 } }))
    const err = await rejection(caller.call(peer, VAULT, ASKED, { signal: never }))
    expect(err).to.deep.include({ code: 'SHARDS_REFUSED' })
    expect(err).to.have.nested.property('failure.code', 'QUOTA')
    expect(err.message).not.to.include('\u001B')
    expect(opinion.offences).to.deep.equal([])
  })

  it('reject with what no honest peer says, which is charged', async () => {
    const cases: Array<[string, (frame: Uint8Array) => Promise<Uint8Array>]> = [
      ['nothing', async () => new Uint8Array(0)],
      ['noise', async () => seededRng(3).bytes(100)],
      ['signed by another', say(DONE, { by: 3 })],
      ['to another request', say(DONE, { to: VAULT })],
      ['an empty answer', say({})]
    ]
    for (const [what, answer] of cases) {
      const { caller, opinion, peer } = await scene(answer)
      expect((await rejection(caller.call(peer, VAULT, ASKED, { signal: never }))).code, what).to.equal('SHARDS_ANSWER_INVALID')
      expect(opinion.offences.map(({ peer, offence, cause }) => [peer, offence, cause]), what).to.deep.equal([[peer.toString(), 'severe', 'shards:answer-invalid']])
    }
  })

  it('reject when nobody answers, and with the reason of the signal when it aborts', async () => {
    const { caller, opinion, peer } = await scene(async () => { throw new Error('no route') })
    const err = await rejection(caller.call(peer, VAULT, ASKED, { signal: never }))
    expect([err.code, err.details.peers]).to.deep.equal(['SHARDS_UNREACHABLE', [peer.toString()]])
    const reason = new Error('enough')
    const outcome = await caller.call(peer, VAULT, ASKED, { signal: AbortSignal.abort(reason) }).catch((err: unknown) => err)
    expect(outcome).to.equal(reason)
    expect(opinion.offences).to.deep.equal([])
    expect(caller.counts).to.deep.include({ failed: 1, invalid: 0 })
  })
})
