import { describeError } from '../../../errors.ts'
import { neutralScoring } from '../../../components.ts'
import { backoffMs } from '../../../util/backoff.ts'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { sleep, timeoutSignal } from '../../../util/clock.ts'
import { ShardsError } from '../errors.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import { Attempt, TryAgain, describeMissing } from './attempt.ts'
import { OWNER_ROUND_LEAD, nextRound, roundAbove } from './ballot.ts'
import { commit, commitLater, missingAcknowledgements } from './committing.ts'
import { electorateOf, membersOf, peerKey } from './members.ts'
import { Turns } from './turns.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Caller, ChangeInit, Changed, Changes, Informer, Vouched } from '../parts.ts'
import type { ChangeContext } from './context.ts'
import type { Member } from './members.ts'

/** Ballots tried before a change is given up: where others were in the way, and where too few were there. */
const [CONTENDED_ATTEMPTS, ATTEMPTS] = [7, 3]
/** How often a quorum is told of what is decided before somebody else has to. */
const TELL_ATTEMPTS = 3
/** To take back what was not stored. */
const FORGET_MS = 5_000
/** Two that outbid each other come back at different times (full jitter), and further apart each time. */
const BACKOFF = { minMs: 500, maxMs: 8_000 }
/** Vaults whose last round is remembered; forgetting one costs a ballot at most. */
const MAX_ROUNDS = 1_024

export interface VaultChangesInit {
  self: PeerId
  caller: Caller
  informer: Informer
  /** Asked for late: libp2p has it when the node begins. @default nobody is charged */
  scoring?: () => Scoring
  clock: Clock
  rng: Rng
  log: Logger
}

/**
 * Gets changes of vaults agreed on, as the proposer of Paxos (Lamport, 2001) with the seq as instance and the manifest as value, once
 * for each seq:
 *
 * 1. prepare: a quorum of the holders before, max(t, floor(n/2) + 1), promises a ballot. What one of them has accepted, and may be
 *    decided, is finished first (`decision.ts`); what only so few have accepted that a whole quorum has not is given up: nobody can
 *    ever decide it.
 * 2. contribute: holders with shares deal; t contributions make the transcript and with it the manifest. Contributions are for the
 *    proposal, not for a ballot, so leaving one out or trying again asks for no new ones.
 * 3. trial: the holders after check everything, sub-shares included, and write nothing. A sub-share that does not fit leaves out its
 *    dealer (`blame.ts`) here: once it is accepted, what some cannot accept might have to be finished all the same, for ever.
 * 4. propose: the holders after write their share down and accept, those that come first; those that leave accept after them, having no
 *    share to check. So those that decide about the seq have accepted only what can be finished.
 *    Decided with a quorum of the holders after, each with its share, and one of those before, which is what rules out that
 *    another change of the same seq is decided by others.
 * 5. commit: the certificate, to all, until a quorum of the holders after has it; those that were away are told again, and also ask when
 *    they are back.
 *
 * Ballots are (second, peer id), the owner's a minute ahead of those of holders: a proposer that restarts and remembers nothing is above what it used before, and within one second
 * holders refuse the ballot that they promised already. Nothing of a proposer has to be on a disk. Proposers that outbid each other
 * wait with full jitter, so that in the end one is alone for long enough; a change that did not get through within 7 ballots rejects, and may still be finished by
 * somebody else.
 * Crashing at any step is safe: before a decision the old shares are all there, after it any quorum tells the next proposer.
 *
 * What it cannot do: what a quorum may have accepted and too few can accept now, as others of its holders are gone for good, is in the way of
 * every other change until enough of them are back. The trial makes that a matter of crashes in the second between it and the decision.
 */
export class VaultChanges implements Changes {
  readonly #init: Required<VaultChangesInit>
  readonly #turns = new Turns()
  readonly #rounds = new BoundedMap<string, number>(MAX_ROUNDS)
  readonly #telling = new Set<Promise<void>>()
  #stopping = new AbortController()

  constructor (init: VaultChangesInit) {
    this.#init = { scoring: () => neutralScoring, ...init }
  }

  /** Those that are still to be told of what is decided. */
  get background (): number {
    return this.#telling.size
  }

  start (): void {
    this.#stopping = new AbortController()
  }

  async stop (): Promise<void> {
    this.#stopping.abort(new ShardsError('SHARDS_STOPPED', 'this node is not running: start it first'))
    await Promise.all(this.#telling)
  }

  /** `details.newer` of SHARDS_CONFLICT is a `Vouched`. */
  async change (init: ChangeInit): Promise<Changed> {
    const signal = AbortSignal.any([init.signal, this.#stopping.signal])
    const id = peerKey(init.next.vault)
    // two of one node at a time would only outbid each other
    return await this.#turns.take(id, signal, async () => this.#change(id, { ...init, signal }))
  }

  async #change (id: string, init: ChangeInit): Promise<Changed> {
    const { clock, rng, log, self } = this.#init
    const { signal } = init
    const attempt = new Attempt(this.#contextOf(init))
    const lead = init.owner == null ? 0 : OWNER_ROUND_LEAD
    for (let tried = 1; ; tried++) {
      try {
        const { context, vouched, missing, ours } = await attempt.run({ round: this.#nextRound(id, lead), proposer: peerBytes(self) })
        await this.#tell(context, vouched)
        init.onProgress?.({ step: 'committed', seq: vouched.manifest.seq })
        if (!ours) throw new ShardsError('SHARDS_CONFLICT', `another change of the vault was under way and has been finished first: it is at seq ${vouched.manifest.seq} now`, { details: { newer: vouched } })
        return { vouched, missing }
      } catch (err) {
        const again = err instanceof TryAgain && tried < (err.contended ? CONTENDED_ATTEMPTS : ATTEMPTS) && !signal.aborted
        if (!again) {
          if (init.previous == null) await this.#forget(attempt)
          throw err instanceof TryAgain ? err.reason : err
        }
        this.#rounds.set(id, roundAbove(clock.now(), { lastRound: this.#rounds.get(id), rounds: err.rounds, lead }))
        log('change of vault %s, attempt %d: %s', id, tried, describeError(err.reason))
        await sleep(clock, backoffMs(tried, BACKOFF, rng), signal)
      }
    }
  }

  /**
   * Resolves when a quorum of the holders after has the certificate; goes on behind the back of the caller with the others. Of a genesis that
   * is what makes it a vault: rejects when it does not come to that. Another change stands all the same, and any holder can finish it.
   */
  async #tell (context: ChangeContext, { signed: manifest, manifest: { seq } }: Vouched): Promise<void> {
    const { clock, rng } = this.#init
    const { electorate: { after }, previous, signal } = context
    const told = new Set<Member>()
    let left = [...context.members.values()]
    for (let tried = 1; ; tried++) {
      const committed = await commit(context, manifest, left)
      for (const member of committed.told) told.add(member)
      left = committed.left
      if (left.length === 0 || tried === TELL_ATTEMPTS || missingAcknowledgements(context, told) === 0) break
      await sleep(clock, backoffMs(tried, BACKOFF, rng), signal)
    }
    const missing = missingAcknowledgements(context, told)
    if (missing > 0 && previous == null) {
      throw new ShardsError('SHARDS_NOT_STORED', `a quorum of the holders took the vault, but only ${after.quorum - missing} of the ${after.quorum} that are needed answered that they know so: try again when more are there`, {
        details: { seq, acknowledged: after.quorum - missing, needed: after.quorum, ...describeMissing(left, new Map()) }
      })
    }
    if (left.length === 0) return
    const later = { ...context, signal: this.#stopping.signal }
    const telling: Promise<void> = commitLater(later, manifest, left)
      .catch((err: unknown) => { if (!later.signal.aborted) this.#init.log.error('telling of a change: %s', describeError(err)) })
      .finally(() => { this.#telling.delete(telling) })
    this.#telling.add(telling)
  }

  /** What too few have taken of a vault that is to begin is of no use to anybody. */
  async #forget (attempt: Attempt): Promise<void> {
    const { signal, clear } = timeoutSignal(this.#init.clock, FORGET_MS, this.#stopping.signal)
    try {
      await attempt.forget(signal)
    } finally {
      clear()
    }
  }

  #contextOf ({ previous, next, owner, dealing, signal, onProgress = () => {} }: ChangeInit): ChangeContext {
    const named = { ...next, holders: next.holders.map(({ index, peer }) => ({ index, peer: peerBytes(peer) })) }
    const members = membersOf(previous?.manifest, named.holders)
    return { ...this.#init, vault: next.vault, previous, next: named, owner, dealing, members, electorate: electorateOf(members, previous?.manifest, next, owner == null ? 'holders' : 'owner'), signal, onProgress }
  }

  #nextRound (id: string, lead: number): number {
    const round = nextRound(this.#init.clock.now(), this.#rounds.get(id), lead)
    this.#rounds.set(id, round)
    return round
  }
}
