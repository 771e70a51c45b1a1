import { backoffMs } from '../../../util/backoff.ts'
import { sleep } from '../../../util/clock.ts'
import { equivocations } from '../model/evidence.ts'
import { RefusedError } from '../model/failure.ts'
import { GRACE_MS, ask, refusalCode } from './context.ts'
import { gather } from './gathering.ts'
import type { SignedManifest } from '../pb/shards.ts'
import type { ChangeContext } from './context.ts'
import type { Member } from './members.ts'

/** Those that were not there for a commit are told again: at most so often, so far apart. They also ask when they are back. */
const ATTEMPTS = 6
const BACKOFF = { minMs: 1_000, maxMs: 60_000 }
/** What may be over by then. */
const PASSING = new Set(['BUSY', 'RATE_LIMITED', 'UNAVAILABLE', 'NO_SPACE', 'QUOTA'])

export interface Committed {
  /** Those that have it, or something newer, on their disks. */
  told: Member[]
  /** Those that could not be told, and may be later. */
  left: Member[]
}

/**
 * Tells all holders, before and after, what is decided; those that leave delete what they have. A decision stands whoever was told: the
 * next proposer would find it accepted by a quorum.
 */
export async function commit (context: ChangeContext, manifest: SignedManifest, members: Iterable<Member> = context.members.values()): Promise<Committed> {
  const all = [...members]
  const { electorate: { after }, clock, signal } = context
  const { answers, failures } = await gather(all, async ({ peerId }, signal) => ask(context, peerId, { commit: { manifest } }, signal), {
    clock, signal, enough: answers => [...answers.keys()].filter(({ key }) => after.members.has(key)).length >= after.quorum, graceMs: GRACE_MS
  })
  for (const err of failures.values()) await accuse(context, manifest, err)
  // who is no holder, or knows more already, is not to be told again
  const left = all.filter(member => !answers.has(member) && !isFinal(refusalCode(failures.get(member))))
  return { told: all.filter(member => answers.has(member) || refusalCode(failures.get(member)) === 'STALE'), left }
}

/** Of those that have been told, how many have to be, so that a certificate is not only here: a quorum of the holders after. */
export function missingAcknowledgements ({ electorate: { after } }: ChangeContext, told: Iterable<Member>): number {
  return Math.max(0, after.quorum - [...told].filter(({ key }) => after.members.has(key)).length)
}

function isFinal (code: string | undefined): boolean {
  return code != null && !PASSING.has(code)
}

/** Two decisions of one seq there can be only where some have accepted both: who has done so in one ballot is named. */
async function accuse ({ informer }: ChangeContext, manifest: SignedManifest, err: unknown): Promise<void> {
  const newer = err instanceof RefusedError && err.failure.code === 'CONFLICT' ? err.failure.newer : undefined
  for (const evidence of newer == null ? [] : equivocations(manifest, newer)) await informer.inform(evidence)
}

/** Goes on telling those that are left. Rejects only when the signal aborts. */
export async function commitLater (context: ChangeContext, manifest: SignedManifest, left: readonly Member[]): Promise<void> {
  const { clock, rng, signal, log } = context
  let rest = left
  for (let attempt = 1; rest.length > 0 && attempt <= ATTEMPTS; attempt++) {
    await sleep(clock, backoffMs(attempt, BACKOFF, rng), signal)
    rest = (await commit(context, manifest, rest)).left
  }
  if (rest.length > 0) log('not told of a change of vault: %s', rest.map(({ peerId }) => peerId.toString()).join(' '))
}
