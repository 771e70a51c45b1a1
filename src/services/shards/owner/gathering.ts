import { describeError } from '../../../errors.ts'
import { sleep } from '../../../util/clock.ts'
import { ShardsError } from '../errors.ts'
import { verifyChain } from '../model/certificate.ts'
import { RefusedError } from '../model/failure.ts'
import { vaultIdText } from './arguments.ts'
import { canvass, holdersOf } from './canvass.ts'
import { ASK_TIMEOUT_MS } from './context.ts'
import { missOf } from './errand.ts'
import { tooFew } from './refusal.ts'
import { combinations } from './combinations.ts'
import { confirming } from './vault-finder.ts'
import type { Answered, RequestBody, Vouched } from '../parts.ts'
import type { Canvass, HolderRef } from './canvass.ts'
import type { OwnerContext } from './context.ts'
import type { Errand, Miss } from './errand.ts'
import type { VaultFinder } from './vault-finder.ts'

/** What is asked of holders, and what becomes of a threshold of answers. */
export interface Question<T, R> {
  body: (vouched: Vouched) => RequestBody
  /** Throws for what is no such answer. */
  read: (vouched: Vouched, holder: HolderRef, answered: Answered) => T
  /** Throws for a false one, and says whose it is. Takes milliseconds. */
  verify: (vouched: Vouched, given: Given<T>) => void
  /** Of exactly a threshold; undefined when what comes out is not right. */
  combine: (vouched: Vouched, values: ReadonlyArray<{ index: number, value: T }>) => R | undefined
}

export interface Given<T> {
  holder: HolderRef
  answered: Answered
  value: T
}

/** Or there is something newer. */
type Said<T> = Given<T> | { newer: Vouched }

/** Manifests that are followed in one call: somebody changes the vault all the time. */
const MAX_HOPS = 8
/** When enough have answered well, but so few that something newer could be beside them. */
const GRACE_MS = 1_000
/** Those that were not needed are checked, too, so that liars are found; what was waited for goes first. */
const BEHIND_MS = 5_000
const DEFER_MS = 50
/** Of what is proven with what is not, when too little is proven. */
const MAX_COMBINATIONS = 200
const COMBINE_MS = 1
/** Between two: others have their turn. */
const PAUSE_MS = 10

/**
 * Gets something from a threshold of holders. The first answers are combined at once, as what comes out shows whether they are right, and
 * checked one by one afterwards; when it is not right they are checked before, and the others are waited for. All that lie are found so,
 * and none is believed.
 */
export class Gathering {
  readonly #context: OwnerContext
  readonly #finder: VaultFinder

  constructor (context: OwnerContext, finder: VaultFinder) {
    this.#context = context
    this.#finder = finder
  }

  /** From holders of one manifest, the newest that any of them shows. `onTry` is told which is tried. */
  async gather<T, R> (known: Vouched, errand: Errand, question: Question<T, R>, onTry: (vouched: Vouched) => void = () => {}): Promise<{ vouched: Vouched, result: R }> {
    let vouched = known
    const tried = new Set<string>()
    for (let hop = 0; hop < MAX_HOPS; hop++) {
      onTry(vouched)
      const tries = await this.#try(vouched, errand, question)
      if ('result' in tries) return { vouched, result: tries.result }
      const next = tries.newer ?? await this.#other(vouched, errand, tried, tries.misses)
      if (next == null) throw tooFew(vouched, tries.had, tries.misses, this.#context.clock.now())
      vouched = next
    }
    throw new ShardsError('SHARDS_CONFLICT', `vault ${vaultIdText(known.manifest.vault)} changed ${MAX_HOPS} times while it was asked for: try again`)
  }

  async #try<T, R> (vouched: Vouched, errand: Errand, question: Question<T, R>): Promise<{ result: R } | { newer?: Vouched, had: number, misses: Miss[] }> {
    const { threshold, vault } = vouched.manifest
    const latecomers = new Latecomers<T>()
    const first = await this.#ask(vouched, errand, question, latecomers)
    const given = givenIn(first.answers.map(({ value }) => value))
    const trusted = given.filter(({ holder }) => this.#isTrusted(vouched, holder))
    const newer = newestOf(first.answers.map(({ value }) => value))
    if (newer == null && trusted.length >= threshold) {
      const result = question.combine(vouched, valuesOf(trusted, threshold))
      if (result !== undefined) {
        this.#verifyBehind(vouched, given, question)
        return { result }
      }
    }
    const { good, bad, misses } = this.#verified(vouched, given, question)
    if (newer == null && good.length < threshold) await latecomers.enough(threshold - good.length, first.rest, errand.signal)
    const all = [...good, ...latecomers.good]
    const newest = newer ?? newestOf(latecomers.said)
    if (newest == null && all.length < threshold) {
      const result = await this.#despiteProofs(vouched, all, [...bad, ...latecomers.bad], errand, question)
      if (result !== undefined) return { result }
    }
    if (newest != null || all.length < threshold) return { newer: newest, had: all.length, misses: [...misses, ...first.misses, ...latecomers.misses] }
    const result = question.combine(vouched, valuesOf(all, threshold))
    if (result !== undefined) return { result }
    const indices = all.map(({ holder }) => holder.index)
    throw new ShardsError('SHARDS_CORRUPT', `${indices.length} holders of vault ${vaultIdText(vault)} proved that what they gave is right, and it does not open what the owner stored: a mistake was made when that was done`, { details: { indices } })
  }

  async #ask<T, R> (vouched: Vouched, errand: Errand, question: Question<T, R>, latecomers: Latecomers<T>): Promise<Canvass<Said<T>>> {
    const { caller, clock } = this.#context
    const { manifest } = vouched
    const needed = { threshold: manifest.threshold, heard: confirming(vouched), holders: manifest.holders.length }
    return await canvass<Said<T>>(this.#context, holdersOf(manifest), {
      signal: errand.signal,
      graceMs: GRACE_MS,
      behindMs: BEHIND_MS,
      enough: so => this.#verdict(vouched, so, needed),
      late: async (said, signal) => {
        if ('miss' in said) return latecomers.add(said)
        if ('newer' in said.value) return latecomers.add({ said: said.value })
        const given = said.value
        if (!latecomers.awaited) await sleep(clock, DEFER_MS, signal)
        const { misses: [miss] } = this.#verified(vouched, [given], question)
        latecomers.add(miss == null ? { said: given } : { miss, bad: given })
      },
      ask: async (holder, signal) => {
        const { peer, index } = holder
        try {
          const answered = await caller.call(peer, manifest.vault, question.body(vouched), { signal, timeoutMs: ASK_TIMEOUT_MS, signer: errand.signer, delegation: errand.delegation })
          const value = question.read(vouched, holder, answered)
          errand.onProgress({ step: 'answered', peer, index })
          return { holder, answered, value }
        } catch (err) {
          const newer = await this.#newer(vouched, holder, err, errand, signal)
          if (newer != null) return { newer }
          errand.onProgress({ step: 'failed', peer, index, reason: describeError(err) })
          throw err
        }
      }
    })
  }

  #verdict<T> (vouched: Vouched, { answers, misses }: Omit<Canvass<Said<T>>, 'rest'>, needed: { threshold: number, heard: number, holders: number }): 'now' | 'soon' | false {
    if (answers.some(({ value }) => 'newer' in value)) return 'now'
    // who was not reached may know of something newer
    const heard = answers.length + misses.filter(({ code }) => code !== 'SHARDS_UNREACHABLE').length
    const trusted = answers.filter(({ holder }) => this.#isTrusted(vouched, holder))
    if (trusted.length >= needed.threshold) return heard >= needed.heard ? 'now' : 'soon'
    return needed.holders - misses.length < needed.threshold ? 'soon' : false
  }

  #verified<T, R> (vouched: Vouched, given: ReadonlyArray<Given<T>>, question: Question<T, R>): { good: Array<Given<T>>, bad: Array<Given<T>>, misses: Miss[] } {
    const good: Array<Given<T>> = []
    const bad: Array<Given<T>> = []
    const misses: Miss[] = []
    for (const each of given) {
      try {
        question.verify(vouched, each)
        good.push(each)
      } catch (err) {
        bad.push(each)
        misses.push(missOf(each.holder.peer, each.holder.index, err))
      }
    }
    return { good, bad, misses }
  }

  /** Who gives what is right with a false proof is found out, and what it gave is of use all the same: what comes out decides. */
  async #despiteProofs<T, R> (vouched: Vouched, good: ReadonlyArray<Given<T>>, bad: ReadonlyArray<Given<T>>, { signal }: Errand, question: Question<T, R>): Promise<R | undefined> {
    const { threshold } = vouched.manifest
    let tries = 0
    for (const some of combinations(bad, threshold - good.length)) {
      if (++tries > MAX_COMBINATIONS) return undefined
      // each takes a while: others have their turn between
      await sleep(this.#context.clock, COMBINE_MS, signal)
      const result = question.combine(vouched, valuesOf([...good, ...some], threshold))
      if (result !== undefined) return result
    }
    return undefined
  }

  #verifyBehind<T, R> (vouched: Vouched, given: ReadonlyArray<Given<T>>, question: Question<T, R>): void {
    const { errands, clock } = this.#context
    errands.behind('checking what was combined', BEHIND_MS, async signal => {
      await sleep(clock, DEFER_MS, signal)
      for (const each of given) {
        this.#verified(vouched, [each], question)
        await sleep(clock, PAUSE_MS, signal)
      }
    })
  }

  #isTrusted ({ manifest }: Vouched, { peer }: HolderRef): boolean {
    return this.#context.suspects.reason(vaultIdText(manifest.vault), peer) == null
  }

  /** What a holder that refuses shows to be newer. */
  async #newer (vouched: Vouched, { peer }: HolderRef, err: unknown, errand: Errand, signal: AbortSignal): Promise<Vouched | undefined> {
    if (!(err instanceof RefusedError) || (err.failure.code !== 'STALE' && err.failure.newer == null)) return undefined
    const { vault, seq } = vouched.manifest
    try {
      const { newer } = err.failure
      const next = newer == null ? undefined : (await verifyChain([newer], { vault, after: vouched })).at(-1)
      if (next != null) return next
    } catch (failure) {
      this.#context.log('%p shows a manifest that does not follow change %d at once: %s', peer, seq, failure)
    }
    try {
      return (await this.#finder.ask(peer, vault, vouched, errand, signal)).newer
    } catch (failure) {
      this.#context.log('%p says that there is something newer than change %d, and does not show it: %s', peer, seq, failure)
      return undefined
    }
  }

  /** Another manifest to try when too few holders of this one do, or the same when they were behind: theirs, or of whoever has it now. */
  async #other (vouched: Vouched, errand: Errand, tried: Set<string>, misses: readonly Miss[]): Promise<Vouched | undefined> {
    if (tried.has('seek')) return undefined
    if (!tried.has('heal')) {
      tried.add('heal')
      const { newest, shown, healed } = await this.#finder.heal(vouched, errand)
      if (healed || newest !== vouched) return newest
      // who was behind when it was asked may have heard from others meanwhile
      const nobodyIsBehind = shown.answers.every(({ value }) => value.state.seq >= vouched.manifest.seq)
      if (nobodyIsBehind && misses.some(({ code }) => code === 'UNAVAILABLE')) return vouched
      if (shown.answers.length >= confirming(vouched)) return undefined
    }
    tried.add('seek')
    try {
      return await this.#finder.seek(vaultIdText(vouched.manifest.vault), errand, vouched)
    } catch (err) {
      if (!(err instanceof ShardsError) || err.code !== 'SHARDS_UNKNOWN_VAULT') throw err
      return undefined
    }
  }
}

/** What comes when the first answers have been looked at: checked, in case that they were not enough. */
class Latecomers<T> {
  readonly said: Array<Said<T>> = []
  readonly misses: Miss[] = []
  /** What came with a false proof. */
  readonly bad: Array<Given<T>> = []
  awaited = false
  #onAdded: () => void = () => {}

  get good (): Array<Given<T>> {
    return givenIn(this.said)
  }

  add (late: { said: Said<T> } | { miss: Miss, bad?: Given<T> }): void {
    if ('said' in late) {
      this.said.push(late.said)
    } else {
      this.misses.push(late.miss)
      if (late.bad != null) this.bad.push(late.bad)
    }
    this.#onAdded()
  }

  /** Resolves when so many are good, one shows something newer, or nobody is left. Rejects when the signal aborts. */
  async enough (count: number, rest: Promise<unknown>, signal: AbortSignal): Promise<void> {
    this.awaited = true
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = (): void => { reject(signal.reason as Error) }
    this.#onAdded = () => { if (this.good.length >= count || this.good.length < this.said.length) resolve() }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#onAdded()
    try {
      await Promise.race([promise, rest])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}

function givenIn<T> (said: ReadonlyArray<Said<T>>): Array<Given<T>> {
  return said.flatMap(each => 'newer' in each ? [] : [each])
}

function newestOf<T> (said: ReadonlyArray<Said<T>>): Vouched | undefined {
  return said.reduce<Vouched | undefined>((best, each) => 'newer' in each && each.newer.manifest.seq > (best?.manifest.seq ?? 0) ? each.newer : best, undefined)
}

function valuesOf<T> (given: ReadonlyArray<Given<T>>, threshold: number): Array<{ index: number, value: T }> {
  return given.slice(0, threshold).map(({ holder: { index }, value }) => ({ index, value }))
}
