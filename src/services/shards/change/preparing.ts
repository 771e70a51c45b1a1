import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { ShardsError } from '../errors.ts'
import { readKemRecord } from '../model/kem-record.ts'
import { compareBallots } from './ballot.ts'
import { GRACE_MS, ask, refusalCode } from './context.ts'
import { gather } from './gathering.ts'
import type { Answered } from '../parts.ts'
import type { Promise as VaultPromise, Signed } from '../pb/shards.ts'
import type { Round } from './context.ts'
import type { Promised } from './decision.ts'
import type { KemKey } from './kem-keys.ts'
import type { Member } from './members.ts'

/** The promise of one holder before. */
export interface PromiseOf extends Promised {
  member: Member
  signed: Signed
  hasShare: boolean
  /** Where sub-shares for it can be sealed to. */
  kem?: KemKey
}

export interface Prepared {
  promises: Map<string, PromiseOf>
  /** Those that said no, and why. */
  refusals: Map<Member, unknown>
}

/** The first phase: holders before promise to take no lower ballot, and say what they have accepted. */
export async function prepare (round: Round): Promise<Prepared> {
  const { context, ballot } = round
  const { members, electorate: { before }, clock, signal, log } = context
  const asked = [...members.values()].filter(({ key }) => before.members.has(key))
  const seq = (context.previous?.manifest.seq ?? 0) + 1
  const { answers, failures } = await gather(asked, async (member, signal) => readPromise(round, member, await ask(context, member.peerId, { prepare: { seq, ballot } }, signal)), {
    clock, signal, enough: answers => answers.size >= before.quorum, graceMs: GRACE_MS
  })
  for (const [{ peerId }, err] of failures) log('no promise of %p for seq %d: %s', peerId, seq, refusalCode(err) ?? err)
  return { promises: new Map([...answers].map(([{ key }, promise]) => [key, promise])), refusals: failures }
}

async function readPromise ({ context, ballot }: Round, member: Member, { answer, signed }: Answered): Promise<PromiseOf> {
  const { promise } = answer
  const seq = (context.previous?.manifest.seq ?? 0) + 1
  if (promise == null || !isFor(promise)) throw new ShardsError('SHARDS_ANSWER_INVALID', `${member.peerId.toString()} was asked for a promise and answered something else`)
  return { by: member.key, member, signed, accepted: acceptedOf(promise), hasShare: promise.hasShare, kem: await kemOf(promise) }

  function isFor (promise: VaultPromise): boolean {
    return equals(promise.vault, context.vault) && promise.seq === seq && compareBallots(promise.ballot, ballot) === 0
  }

  async function kemOf ({ kem: record }: VaultPromise): Promise<KemKey | undefined> {
    const key = await readKemRecord(record, member.peerId, context.clock.now())
    return record == null || key == null ? undefined : { key, record }
  }

  function acceptedOf ({ acceptedBallot, accepted }: VaultPromise): Promised['accepted'] {
    if (acceptedBallot == null) return undefined
    if (compareBallots(acceptedBallot, ballot) >= 0) throw new ShardsError('SHARDS_ANSWER_INVALID', `${member.peerId.toString()} promised a ballot and says that it has accepted one that is not lower`)
    return { ballot: acceptedBallot, hash: toString(accepted, 'base16') }
  }
}
