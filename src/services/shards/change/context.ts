import { compare } from 'uint8arrays/compare'
import { RefusedError } from '../model/failure.ts'
import type { Logger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Answered, Caller, ChangeInit, Informer, RequestBody, Vouched } from '../parts.ts'
import type { Ballot, Signed } from '../pb/shards.ts'
import type { Next } from './draft.ts'
import type { Electorate } from './decision.ts'
import type { Member } from './members.ts'

/** What every step of one change works with. */
export interface ChangeContext {
  caller: Caller
  informer: Informer
  scoring: () => Scoring
  clock: Clock
  rng: Rng
  log: Logger
  self: PeerId
  vault: Uint8Array
  previous?: Vouched
  next: Next
  owner?: PrivateKey
  dealing?: ChangeInit['dealing']
  members: ReadonlyMap<string, Member>
  electorate: Electorate
  signal: AbortSignal
  onProgress: NonNullable<ChangeInit['onProgress']>
}

/** One attempt at a change. */
export interface Round {
  context: ChangeContext
  ballot: Ballot
}

/** Of a step that needs a quorum: others have so long after it is there. */
export const GRACE_MS = 2_000
/** To one holder, of one step: a slow disk, or a payload that it looks for. */
const STEP_TIMEOUT_MS = 10_000

export async function ask ({ caller, vault, owner }: ChangeContext, peerId: PeerId, body: RequestBody, signal: AbortSignal): Promise<Answered> {
  return await caller.call(peerId, vault, body, { signal, timeoutMs: STEP_TIMEOUT_MS, ...owner == null ? {} : { signer: owner } })
}

export function refusalCode (err: unknown): string | undefined {
  return err instanceof RefusedError ? err.failure.code : undefined
}

/** Each holder's own words, in the order of their peer ids: what a certificate or justification is made of. */
export function inPeerOrder (signed: Iterable<readonly [Member, Signed]>): Signed[] {
  return [...signed].sort(([a], [b]) => compare(a.peerId.toMultihash().bytes, b.peerId.toMultihash().bytes)).map(([, said]) => said)
}
