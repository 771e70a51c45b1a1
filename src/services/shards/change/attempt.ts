import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { changedBy, verifyCertificate } from '../model/certificate.ts'
import { RefusedError } from '../model/failure.ts'
import { chainOf, introduce, whatCameAfter } from './chain.ts'
import { ask, inPeerOrder, refusalCode } from './context.ts'
import { decide } from './decision.ts'
import { Drafting } from './drafting.ts'
import { acceptedValue } from './finishing.ts'
import { electorateOf, membersOf } from './members.ts'
import { prepare } from './preparing.ts'
import { tryOut, vote } from './voting.ts'
import type { Changed, Vouched } from '../parts.ts'
import type { Ballot, Signed } from '../pb/shards.ts'
import type { ChangeContext, Round } from './context.ts'
import type { Member } from './members.ts'
import type { PromiseOf } from './preparing.ts'
import type { Ballots, Value } from './voting.ts'

/** Refusals that will be the same in the next ballot. */
const FINAL = new Set(['FORBIDDEN', 'UNKNOWN_VAULT', 'NOT_HOLDER', 'EXPIRED', 'INVALID', 'QUOTA', 'NO_SPACE'])

/** This ballot came to nothing: the next may. */
export class TryAgain extends Error {
  readonly reason: ShardsError
  /** Whether somebody else's ballot was in the way. */
  readonly contended: boolean
  /** Rounds of ballots that holders say were. */
  readonly rounds: readonly number[]

  constructor (reason: ShardsError, contended: boolean, rounds: readonly number[]) {
    super(reason.message)
    this.reason = reason
    this.contended = contended
    this.rounds = rounds
  }
}

export interface Decided extends Changed {
  /** With the holders of what was decided. */
  context: ChangeContext
  /** Whether it is this change, and not one of somebody else that had to be finished. */
  ours: boolean
}

interface Tested {
  value: Value
  /** Those that could accept it, by the trial; absent where there was none. */
  able?: ReadonlySet<string>
}

/** One change over its ballots: what is drafted and learnt in one is used in the next. */
export class Attempt {
  readonly #context: ChangeContext
  readonly #drafting: Drafting
  #accepted = new Set<Member>()

  constructor (context: ChangeContext) {
    this.#context = context
    this.#drafting = new Drafting(context)
  }

  /** Rejects with `TryAgain`, or what `change` rejects with. */
  async run (ballot: Ballot): Promise<Decided> {
    const { previous } = this.#context
    const round = { context: this.#context, ballot }
    if (previous == null) return await this.#settle(round, { value: await this.#drafting.value(new Map()) }, { justification: [], chain: [] })
    const { promises, refusals } = await prepare(round)
    const after = await whatCameAfter(this.#context, refusals)
    if (after.length > 0) return this.#overtaken(after)
    return await this.#propose(round, promises, refusals)
  }

  /** Whoever has accepted a first manifest that came to nothing is told to forget it. */
  async forget (signal: AbortSignal): Promise<void> {
    const { log } = this.#context
    await Promise.all([...this.#accepted].map(async ({ peerId }) => {
      await ask({ ...this.#context, signal }, peerId, { revoke: { seq: 1 } }, signal).catch((err: unknown) => { log('%p was not told to forget what was not stored: %s', peerId, err) })
    }))
  }

  async #propose (round: Round, promises: Map<string, PromiseOf>, refusals: ReadonlyMap<Member, unknown>): Promise<Decided> {
    const { electorate: { before } } = this.#context
    const decision = decide([...promises.values()], before.quorum)
    if (decision.kind === 'too-few') throw this.#tooFew(`${decision.have} of the ${before.quorum} holders that are needed agreed to a change`, refusals, before)
    const justification = justify(promises, decision.justification)
    if (decision.kind === 'finish') {
      const value = await acceptedValue(this.#context, decision.hash, promises.values())
      if (value != null) return await this.#finish(round, value, justification)
      // who says to have accepted what it does not show, or what nobody may propose, is not heard
      const heard = new Map([...promises].filter(([, { accepted }]) => accepted?.hash !== decision.hash))
      return await this.#propose(round, heard, refusals)
    }
    const ballots = { justification, chain: await introduce(this.#context, await chainOf(this.#context)) }
    return await this.#settle(round, await this.#tested(round, promises, ballots), ballots)
  }

  async #finish ({ ballot }: Round, value: Value, justification: Signed[]): Promise<Decided> {
    const { previous } = this.#context
    const members = membersOf(previous?.manifest, value.manifest.holders)
    const context = { ...this.#context, members, electorate: electorateOf(members, previous?.manifest, value.manifest, changedBy(value.signed)) }
    return await this.#settle({ context, ballot }, { value }, { justification, chain: await introduce(context, await chainOf(context)) })
  }

  /** A draft that enough can accept, sub-shares included. */
  async #tested (round: Round, promises: Map<string, PromiseOf>, ballots: Ballots): Promise<Tested> {
    const { electorate: { after } } = this.#context
    for (;;) {
      const value = await this.#drafting.value(promises)
      const { able, blames, failures } = await tryOut(round, value, ballots)
      if (this.#drafting.blame(blames)) continue
      this.#checkNewcomers(able, failures)
      if (able.size >= after.quorum) return { value, able }
      throw this.#tooFew(`${able.size} of the ${after.quorum} holders that are needed can take the change`, failures, after)
    }
  }

  /** Somebody who cannot take its place yet is no holder: others can be chosen, as long as nobody has accepted anything. */
  #checkNewcomers (able: ReadonlySet<string>, failures: ReadonlyMap<Member, unknown>): void {
    const unable = [...this.#context.members.values()].filter(({ key, before, after }) => before == null && after != null && !able.has(key))
    if (unable.length === 0) return
    throw new ShardsError('SHARDS_NOT_STORED', `${unable.length} of the peers that were chosen do not take a share: choose others`, { details: describeMissing(unable, failures) })
  }

  async #settle (round: Round, { value, able }: Tested, ballots: Ballots): Promise<Decided> {
    const { context } = round
    const ours = this.#drafting.made(value.hash)
    const { accepts, decided, failures } = await vote(round, value, ballots, { able, except: ours ? this.#drafting.without : new Set() })
    for (const member of accepts.keys()) this.#accepted.add(member)
    if (!decided) throw this.#tooFew(`${accepts.size} holders took the change: too few`, failures, context.electorate.after)
    const signed = { ...value.signed, accepts: inPeerOrder(accepts) }
    const vouched = await verifyCertificate(signed, context.previous)
    const missing = [...context.members.values()].flatMap(member => member.after == null || accepts.has(member) ? [] : [member.after])
    return { context, vouched, missing, ours }
  }

  /** Somebody else was first; unless it was our own change that somebody finished. */
  #overtaken (after: readonly Vouched[]): Decided {
    const ours = after.find(({ hash }) => this.#drafting.made(hash))
    const newest = after.at(-1) as Vouched
    if (ours == null) throw new ShardsError('SHARDS_CONFLICT', `the vault has been changed meanwhile: it is at seq ${newest.manifest.seq} now`, { details: { newer: newest } })
    return { context: this.#context, vouched: ours, missing: [], ours: true }
  }

  #tooFew (what: string, failures: ReadonlyMap<Member, unknown>, { members, quorum }: { members: ReadonlySet<string>, quorum: number }): Error {
    const codes = [...failures.values()].map(refusalCode)
    const details = { failures: [...failures].map(([member, err]) => describeMiss(member, err)) }
    const reason = new ShardsError('SHARDS_NOT_STORED', `${what}: the vault is as it was; try again when more are there`, { details })
    if (codes.filter(code => code != null && FINAL.has(code)).length > members.size - quorum) return reason
    const rounds = [...failures.values()].flatMap(err => err instanceof RefusedError && err.failure.ballot != null ? [err.failure.ballot.round] : [])
    return new TryAgain(reason, codes.includes('CONFLICT'), rounds)
  }
}

function justify (promises: ReadonlyMap<string, PromiseOf>, keys: readonly string[]): Signed[] {
  return inPeerOrder(keys.flatMap(key => {
    const promise = promises.get(key)
    return promise == null ? [] : [[promise.member, promise.signed] as const]
  }))
}

/** For `details` of an error: plain JSON. */
export function describeMissing (missing: readonly Member[], failures: ReadonlyMap<Member, unknown>): Record<string, unknown> {
  return {
    peers: missing.map(({ peerId }) => peerId.toString()),
    indices: missing.map(({ after }) => after),
    failures: missing.map(member => describeMiss(member, failures.get(member)))
  }
}

function describeMiss (member: Member, err: unknown): Record<string, unknown> {
  const { peerId, after, before } = member
  return { peer: peerId.toString(), index: after ?? before, code: refusalCode(err), reason: err == null ? 'did not answer in time' : describeError(err) }
}
