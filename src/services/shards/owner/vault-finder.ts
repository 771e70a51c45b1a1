import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { ShardsError } from '../errors.ts'
import { verifyCertificate, verifyChain } from '../model/certificate.ts'
import { manifestHash, readManifest } from '../model/manifest.ts'
import { quorum } from '../model/quorum.ts'
import { ownerPlace, vaultPlace } from '../place-key.ts'
import { readVaultId, vaultIdText } from './arguments.ts'
import { canvass, holdersOf } from './canvass.ts'
import { ASK_TIMEOUT_MS } from './context.ts'
import { described, listed } from './errand.ts'
import { search } from './search.ts'
import type { PeerId } from '@libp2p/interface'
import type { Vouched } from '../parts.ts'
import type { SignedManifest, VaultState } from '../pb/shards.ts'
import type { Canvass } from './canvass.ts'
import type { OwnerContext } from './context.ts'
import type { Errand } from './errand.ts'

/** Of a chain that one peer shows; 256 KiB each. */
const MAX_PAGES = 64
/** Of the list of one peer. */
const MAX_VAULTS_PER_PEER = 256
/** From one manifest to newer holders, and so on. */
const MAX_HOPS = 16
/** The others have so long when enough have answered. */
const GRACE_MS = 300
/** Vaults that are asked after at once. */
const CONCURRENT = 8
const EMPTY_VAULT = new Uint8Array(0)

/** What one holder has of a vault. */
export interface Shown {
  state: VaultState
  /** The newest that its chain proves; undefined when it is not newer. */
  newer?: Vouched
  /** Where that was asked for: what it has at the seq that was known. */
  same?: SignedManifest
  tookMs: number
}

export interface Survey {
  /** As new as anybody showed. */
  newest: Vouched
  shown: Pick<Canvass<Shown>, 'answers' | 'misses'>
}

/** Finds the newest manifest of a vault. Nothing that a peer says counts but what its chain of certificates proves. */
export class VaultFinder {
  readonly #context: OwnerContext

  constructor (context: OwnerContext) {
    this.#context = context
  }

  /** From memory when it is there: whoever has something newer says so when asked. Rejects with `SHARDS_UNKNOWN_VAULT`. */
  async find (id: string, errand: Errand): Promise<Vouched> {
    const { memory } = this.#context
    const known = memory.get(id)
    if (known != null) return known
    if (memory.isRevoked(id)) throw new ShardsError('SHARDS_UNKNOWN_VAULT', `vault ${id} was revoked from here`)
    return await this.seek(id, errand)
  }

  /** From whoever may hold it, newer than `after`. Rejects with `SHARDS_UNKNOWN_VAULT` when nobody has such. */
  async seek (id: string, errand: Errand, after?: Vouched): Promise<Vouched> {
    const { errands } = this.#context
    const vault = readVaultId(id)
    let best: Vouched | undefined
    const [surveyed, confirmed] = [new Set<string>(), new Set<string>()]
    const asked = await search(this.#context, {
      place: vaultPlace(vault),
      signal: errand.signal,
      runningMs: errands.runningMs,
      ask: async (peer, signal) => {
        const { newer } = await this.ask(peer, vault, after, errand, signal)
        if (newer == null || newer.manifest.seq < (best?.manifest.seq ?? 0) || surveyed.has(hashText(newer))) return false
        surveyed.add(hashText(newer))
        const { newest, shown } = await this.survey(newer, errand, signal, 'same')
        // an old chain looks as good as any, and so may one beside it: it is the newest when so many of its holders show the very same that there is no quorum beside them
        const isConfirmed = shown.answers.filter(({ value }) => shows(value, newest)).length >= confirming(newest)
        if (isConfirmed) confirmed.add(hashText(newest))
        if (best == null || newest.manifest.seq > best.manifest.seq) best = newest
        else if (newest.manifest.seq === best.manifest.seq && !equals(newest.hash, best.hash)) {
          const before = best
          const chosen = await this.#ofTwo(best, newest, [peer, ...holdersOf(best.manifest).map(holder => holder.peer)], confirmed, errand, signal)
          if (best === before) best = chosen
        }
        return isConfirmed && best === newest
      }
    })
    if (best == null) throw new ShardsError('SHARDS_UNKNOWN_VAULT', `none of ${asked} peers that were asked holds ${after == null ? '' : 'anything newer of '}vault ${id}: check the id, and that this node is connected to the network where it was stored`, { details: { asked } })
    return best
  }

  /**
   * Asks all holders, and theirs when there are newer ones; answers are those of the newest. True: waits for the slow, too; `same`: has
   * them show that what they have is the very same, and waits for as many as do.
   */
  async survey (vouched: Vouched, errand: Errand, signal = errand.signal, how: boolean | 'same' = false): Promise<Survey> {
    let newest = vouched
    for (let hop = 0; ; hop++) {
      const { manifest } = newest
      const needed = confirming(newest)
      const shown = await canvass<Shown>(this.#context, holdersOf(manifest), {
        signal,
        graceMs: GRACE_MS,
        enough: ({ answers }) => {
          if (how === true) return false
          const counted = how === false ? answers : answers.filter(({ value }) => shows(value, newest))
          return answers.some(({ value }) => value.newer != null) || counted.length >= needed ? 'soon' : false
        },
        ask: async ({ peer }, signal) => await this.ask(peer, manifest.vault, newest, errand, signal, how === 'same')
      })
      for (const { holder, value } of shown.answers) if (value.state.seq >= manifest.seq) this.#context.memory.told(vaultIdText(manifest.vault), manifest.seq, holder.peer)
      const next = newestOf(shown.answers.map(({ value }) => value.newer))
      if (next == null || hop >= MAX_HOPS) return { newest, shown }
      newest = next
    }
  }

  /** What one peer shows; with `same`, also what it has at the seq of `after`. Rejects when its chain is not one. */
  async ask (peer: PeerId, vault: Uint8Array, after: Vouched | undefined, { signer, delegation }: Errand, signal: AbortSignal, same = false): Promise<Shown> {
    const get = async (from: number): Promise<{ state: VaultState, tookMs: number }> => {
      const { answer, tookMs } = await this.#context.caller.call(peer, vault, { getState: { from } }, { signal, timeoutMs: ASK_TIMEOUT_MS, signer, delegation })
      if (answer.state == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `${peer.toString()} was asked for the state of a vault and told something else`)
      return { state: answer.state, tookMs }
    }
    const { state, tookMs } = await get(after == null ? 0 : after.manifest.seq + (same ? 0 : 1))
    if (after != null && state.seq <= after.manifest.seq) return { state, tookMs, ...same && state.seq === after.manifest.seq ? { same: state.manifests[0] } : {} }
    if (same) return await this.ask(peer, vault, after, { signer, delegation, signal, onProgress: () => {} }, signal)
    const newer = await this.#follow(state, vault, after, get)
    return newer == null || newer.manifest.seq <= (after?.manifest.seq ?? 0) ? { state, tookMs } : { state, newer, tookMs }
  }

  async #follow (first: VaultState, vault: Uint8Array, after: Vouched | undefined, get: (from: number) => Promise<{ state: VaultState }>): Promise<Vouched | undefined> {
    let state = first
    let last = after
    let anchored = after == null
    for (let page = 0; page < MAX_PAGES && (last?.manifest.seq ?? 0) < state.seq; page++) {
      const [oldest] = state.manifests
      if (oldest == null) break
      try {
        last = (await verifyChain(state.manifests, { vault, ...last == null ? {} : { owner: last.manifest.owner, after: last } })).at(-1) ?? last
      } catch (err) {
        // it may have forgotten what came in between: what the owner signed since then stands for itself
        if (anchored) throw err
        anchored = true
        state = (await get(0)).state
        const anew = (await verifyChain(state.manifests, { vault, owner: last?.manifest.owner })).at(-1)
        if (anew == null || anew.manifest.seq <= (last?.manifest.seq ?? 0)) break
        last = anew
      }
      if ((last?.manifest.seq ?? 0) < state.seq) state = (await get((last?.manifest.seq ?? 0) + 1)).state
    }
    return last
  }

  /**
   * Of two of one seq, that others decided beside each other: the one that a quorum of the holders before has accepted, too, as can be told
   * by the manifest that both name as the one before. Where nobody has that, the one that its own holders confirm.
   */
  async #ofTwo (one: Vouched, other: Vouched, peers: readonly PeerId[], confirmed: ReadonlySet<string>, { signer, delegation }: Errand, signal: AbortSignal): Promise<Vouched> {
    const { vault, seq, prev } = one.manifest
    for (const peer of equals(prev, other.manifest.prev) ? peers : []) {
      try {
        const { answer } = await this.#context.caller.call(peer, vault, { getState: { from: seq - 1 } }, { signal, timeoutMs: ASK_TIMEOUT_MS, signer, delegation })
        const signed = answer.state?.manifests[0]
        if (signed == null || !equals(manifestHash(signed.manifest), prev)) continue
        const previous = { manifest: readManifest(signed.manifest), hash: prev, signed }
        const [oneHolds, otherHolds] = await Promise.all([one, other].map(async each => await verifyCertificate(each.signed, previous).then(() => true, () => false)))
        if (oneHolds !== otherHolds) return oneHolds === true ? one : other
      } catch (err) {
        signal.throwIfAborted()
        this.#context.log('%p does not show what was before change %d: %s', peer, seq, err)
      }
    }
    return confirmed.has(hashText(other)) && !confirmed.has(hashText(one)) ? other : one
  }

  /** The owner's vaults: those that are known, and those that anybody who can be found has; revoked ones that somebody still has apart. */
  async list (owner: Uint8Array, errand: Errand): Promise<{ vaults: Vouched[], undead: Array<{ id: string, peer: PeerId }> }> {
    const { memory, caller, errands } = this.#context
    const found = new Map(memory.own().filter(({ manifest }) => equals(manifest.owner, owner)).map(vouched => [vaultIdText(vouched.manifest.vault), { vouched, shown: 0 }]))
    const undead: Array<{ id: string, peer: PeerId }> = []
    await search(this.#context, {
      place: ownerPlace(owner),
      signal: errand.signal,
      runningMs: errands.runningMs,
      ask: async (peer, signal) => {
        const { answer } = await caller.call(peer, EMPTY_VAULT, { list: {} }, { signal, timeoutMs: ASK_TIMEOUT_MS, signer: errand.signer })
        await inParallel((answer.vaults?.vaults ?? []).slice(0, MAX_VAULTS_PER_PEER), async vault => {
          const id = vaultIdText(vault)
          if (memory.isRevoked(id)) {
            undead.push({ id, peer })
            return
          }
          // each of those that have it: the first may have an old one
          const { newer, state } = await this.ask(peer, vault, found.get(id)?.vouched, errand, signal)
          const best = found.get(id)
          if (newer != null && equals(newer.manifest.owner, owner) && newer.manifest.seq > (best?.vouched.manifest.seq ?? 0)) found.set(id, { vouched: newer, shown: 1 })
          else if (best != null && state.seq === best.vouched.manifest.seq) best.shown++
        })
        return false
      }
    })
    const vaults = await inParallel([...found.values()], async ({ vouched, shown }) => shown >= confirming(vouched) ? vouched : (await this.survey(vouched, errand)).newest)
    return { vaults, undead }
  }

  /**
   * When a vault that is known does not do what it should: holders that accepted and did not hear that it was decided are told. Gives
   * what is newest, and whether somebody who was behind is not any more. Rejects with `SHARDS_ROLLED_BACK` when so many have nothing
   * of what is known that some of those that had signed for it must have lost it.
   */
  async heal (known: Vouched, errand: Errand): Promise<{ newest: Vouched, shown: Survey['shown'], healed: boolean }> {
    const first = await this.survey(known, errand, errand.signal, true)
    const behind = first.shown.answers.filter(({ value }) => value.state.seq < first.newest.manifest.seq)
    // only the owner may tell
    if (first.newest !== known || behind.length === 0 || errand.delegation != null) return { ...first, healed: false }
    await this.bringUp(known, first.shown, errand)
    const second = await this.survey(known, errand, errand.signal, true)
    const lost = second.shown.answers.filter(({ holder, value }) => behind.some(each => each.holder.index === holder.index) && (value.state.seq < known.manifest.seq || !value.state.hasShare))
    if (second.newest === known && lost.length >= confirming(known)) throw rolledBack(known, behind.filter(({ holder }) => lost.some(each => each.holder.index === holder.index)))
    return { ...second, healed: lost.length < behind.length }
  }

  /** Tells those that show less what they have missed. Whoever cannot be told stays behind. */
  async bringUp (known: Vouched, { answers }: Survey['shown'], errand: Errand): Promise<void> {
    const { caller, log } = this.#context
    const { vault, seq } = known.manifest
    const source = answers.find(({ value }) => value.state.seq === seq)?.holder.peer
    await Promise.all(answers.filter(({ value }) => value.state.seq < seq).map(async ({ holder: { peer }, value }) => {
      try {
        for (const manifest of await this.#since(value.state.seq + 1, known, source, errand)) {
          await caller.call(peer, vault, { commit: { manifest } }, { signal: errand.signal, timeoutMs: ASK_TIMEOUT_MS, signer: errand.signer })
        }
      } catch (err) {
        errand.signal.throwIfAborted()
        log('%p stays at change %d of %d: %s', peer, value.state.seq, seq, err)
      }
    }))
  }

  async #since (from: number, { manifest: { vault, seq }, signed }: Vouched, source: PeerId | undefined, { signal, signer }: Errand): Promise<SignedManifest[]> {
    if (from === seq || source == null) return [signed]
    const { answer } = await this.#context.caller.call(source, vault, { getState: { from } }, { signal, timeoutMs: ASK_TIMEOUT_MS, signer })
    return answer.state?.manifests ?? [signed]
  }
}

function rolledBack ({ manifest: { vault, seq } }: Vouched, behind: Canvass<Shown>['answers']): ShardsError {
  const misses = behind.map(({ holder, value }) => ({ peer: holder.peer, index: holder.index, code: 'SHARDS_ROLLED_BACK', reason: `showed change ${value.state.seq}` }))
  return new ShardsError('SHARDS_ROLLED_BACK', `this node has seen change ${seq} of vault ${vaultIdText(vault)}, signed by its holders, and they showed older ones: ${described(misses)}. They have lost what they stored, or lie`, { details: listed(misses) })
}

/** So many holders of a manifest that the others are no quorum. */
export function confirming ({ manifest: { threshold, holders } }: Vouched): number {
  return holders.length - quorum(threshold, holders.length) + 1
}

function shows ({ same }: Shown, { signed }: Vouched): boolean {
  return same != null && equals(same.manifest, signed.manifest)
}

function hashText ({ hash }: Vouched): string {
  return toString(hash, 'base64')
}

function newestOf (all: ReadonlyArray<Vouched | undefined>): Vouched | undefined {
  return all.reduce((best, vouched) => vouched != null && vouched.manifest.seq > (best?.manifest.seq ?? 0) ? vouched : best, undefined)
}

async function inParallel<T, R> (items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const waiting = [...items]
  const done: R[] = []
  await Promise.all(Array.from({ length: CONCURRENT }, async () => {
    for (let item = waiting.shift(); item != null; item = waiting.shift()) done.push(await work(item))
  }))
  return done
}
