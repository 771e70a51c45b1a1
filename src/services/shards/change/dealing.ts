import { ShardsError } from '../errors.ts'
import { checkContribution, contribute } from '../model/contribution.ts'
import { falseContribution } from '../model/evidence.ts'
import { GRACE_MS, ask } from './context.ts'
import { gather } from './gathering.ts'
import { acceptOf } from './accepts.ts'
import { describeError } from '../../../errors.ts'
import type { Answered } from '../parts.ts'
import type { Proposal, Signed, Transcript } from '../pb/shards.ts'
import type { ChangeContext } from './context.ts'
import type { Member } from './members.ts'

/** The contributions to one proposal, by dealer. They are for any ballot, and any choice of dealers. */
export type Contributions = ReadonlyMap<number, Signed>

/**
 * Asks those that have shares to deal. Commitments that are no sharing of the dealer's own share can be seen by anybody, and cost the
 * dealer; a false sub-share is seen by who gets it only.
 */
export async function collectContributions (context: ChangeContext, proposal: Proposal, kems: Signed[], dealers: readonly Member[]): Promise<Contributions> {
  const { previous, owner, dealing, rng, clock, signal, onProgress } = context
  onProgress({ step: 'dealing', epoch: (previous?.manifest.epoch ?? 0) + 1 })
  if (dealing != null) {
    if (owner == null) throw new ShardsError('SHARDS_NO_OWNER_KEY', 'only the owner deals anew: give its key')
    return new Map([[0, await contribute({ proposal, dealer: 0, dealing }, owner, rng)]])
  }
  if (previous == null) throw new ShardsError('SHARDS_INVALID', 'the first shares of a vault need a dealing')
  const { threshold } = previous.manifest
  const { answers } = await gather(dealers, async ({ peerId, before = 0 }, signal) => {
    const answered = await ask(context, peerId, { contribute: { proposal, kems } }, signal)
    return await checked(context, proposal, before, peerId, answered)
  }, { clock, signal, enough: answers => answers.size >= threshold, graceMs: GRACE_MS })
  if (answers.size < threshold) {
    const indices = dealers.filter(dealer => !answers.has(dealer)).map(({ before = 0 }) => before)
    throw new ShardsError('SHARDS_TOO_FEW_SHARES', `${answers.size} of the ${threshold} holders that are needed dealt new shares: try again when more are there`, { details: { have: answers.size, needed: threshold, indices } })
  }
  return new Map([...answers].map(([{ before = 0 }, contribution]) => [before, contribution]))
}

async function checked ({ previous, informer, log, onProgress }: ChangeContext, proposal: Proposal, dealer: number, peerId: Member['peerId'], { answer }: Answered): Promise<Signed> {
  const { contribution } = answer
  if (contribution == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `${peerId.toString()} was asked to deal and answered something else`)
  try {
    const { dealer: said } = await checkContribution(contribution, proposal, previous)
    if (said !== dealer) throw new ShardsError('SHARDS_ANSWER_INVALID', `${peerId.toString()} is holder ${dealer} and dealt as ${said}`)
    return contribution
  } catch (err) {
    onProgress({ step: 'liar', peer: peerId, index: dealer, reason: describeError(err) })
    const accept = previous == null ? undefined : acceptOf(previous, dealer)
    // without its own word for which point is its, nobody else could check
    if (accept == null) log('holder %d (%p) dealt what is no sharing of its share: %s', dealer, peerId, err)
    else await informer.inform(falseContribution(accept, proposal, contribution))
    throw err
  }
}

/** In the order of the wire. */
export function transcriptOf (proposal: Proposal, contributions: Contributions, dealers: readonly number[]): Transcript {
  const used = [...dealers].sort((a, b) => a - b)
  return { proposal, contributions: used.flatMap(dealer => contributions.get(dealer) ?? []) }
}
