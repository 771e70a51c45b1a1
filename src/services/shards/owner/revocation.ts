import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { RefusedError } from '../model/failure.ts'
import { canvass, holdersOf } from './canvass.ts'
import { ASK_TIMEOUT_MS } from './context.ts'
import { failureCode } from './errand.ts'
import { vaultIdText } from './arguments.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Timer } from '../../../util/clock.ts'
import type { Vouched } from '../parts.ts'
import type { OwnerContext } from './context.ts'
import type { Errand } from './errand.ts'
import type { VaultFinder } from './vault-finder.ts'

/** Those that are never met by themselves are called so often. */
const EVERY_MS = 30 * 60_000
const LIMIT_MS = 60_000
/** A holder at a newer change says so; then it is told of that one. */
const TRIES = 3

/** Has holders delete vaults: those that are there now, the others when they are met. */
export class Revocation {
  readonly #context: OwnerContext
  readonly #finder: VaultFinder
  /** Undefined while it is not there, or locked. */
  readonly #signer: () => Promise<PrivateKey | undefined>
  #timer: Timer | undefined
  /** By peer id: one call of each kind at a time. */
  readonly #telling = new Set<string>()

  constructor (context: OwnerContext, finder: VaultFinder, signer: () => Promise<PrivateKey | undefined>) {
    this.#context = context
    this.#finder = finder
    this.#signer = signer
  }

  start (): void {
    this.#timer = this.#context.clock.every(EVERY_MS, () => { for (const peer of this.#context.memory.owing) this.met(peer) })
  }

  stop (): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Those that signed that they have deleted it. */
  async revoke (known: Vouched, errand: Errand): Promise<PeerId[]> {
    const { memory } = this.#context
    const { newest } = await this.#finder.survey(known, errand)
    const id = vaultIdText(newest.manifest.vault)
    const holders = holdersOf(newest.manifest)
    // holders before it may have missed that they are none any more
    const former = holdersOf(known.manifest).filter(({ peer }) => !holders.some(holder => holder.peer.equals(peer)))
    await memory.revoke(newest, [...holders, ...former].map(({ peer }) => peer))
    const { answers } = await canvass(this.#context, holders, {
      signal: errand.signal,
      ask: async ({ peer, index }, signal) => {
        try {
          await this.#tell(id, peer, errand.signer, signal)
          errand.onProgress({ step: 'answered', peer, index })
        } catch (err) {
          errand.onProgress({ step: 'failed', peer, index, reason: describeError(err) })
          throw err
        }
        return peer
      }
    })
    for (const { peer } of former) this.met(peer)
    return answers.map(({ value }) => value)
  }

  /** A peer is there: it is told what it has missed. */
  met (peer: PeerId): void {
    const key = peer.toString()
    const ids = this.#context.memory.owedTo(peer)
    if (ids.length === 0 || this.#telling.has(key)) return
    this.#telling.add(key)
    const { done } = this.#context.errands.behind('telling a holder that a vault is revoked', LIMIT_MS, async signal => {
      const signer = await this.#signer()
      if (signer == null) return
      for (const id of ids) {
        await this.#tell(id, peer, signer, signal).catch((err: unknown) => { this.#context.log('%p is not told yet that vault %s is revoked: %s', peer, id, err) })
      }
    })
    const over = (): void => { this.#telling.delete(key) }
    done.then(over, over)
  }

  /** Somebody still has it, whoever gave it to it. */
  async undead (found: ReadonlyArray<{ id: string, peer: PeerId }>): Promise<void> {
    const { memory } = this.#context
    for (const { id, peer } of found) {
      const vouched = memory.revoked(id)
      if (vouched == null) continue
      await memory.revoke(vouched, [peer])
      this.met(peer)
    }
  }

  async #tell (id: string, peer: PeerId, signer: PrivateKey, signal: AbortSignal): Promise<void> {
    const { caller, memory } = this.#context
    for (let tries = 1; ; tries++) {
      const vouched = memory.revoked(id)
      if (vouched == null) return
      const { vault, seq } = vouched.manifest
      try {
        const { answer } = await caller.call(peer, vault, { revoke: { seq } }, { signal, timeoutMs: ASK_TIMEOUT_MS, signer })
        if (answer.deleted == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `${peer.toString()} was told to delete a vault and said something else than that it has`)
        break
      } catch (err) {
        // it has nothing, so there is nothing to delete
        if (failureCode(err) === 'UNKNOWN_VAULT') break
        if (!(err instanceof RefusedError) || failureCode(err) !== 'STALE' || tries === TRIES) throw err
        await this.#catchUp(vouched, peer, signer, signal)
      }
    }
    memory.deleted(id, peer)
  }

  /** Holders changed it by themselves, before they heard: all that have it now are to be told. */
  async #catchUp (vouched: Vouched, peer: PeerId, signer: PrivateKey, signal: AbortSignal): Promise<void> {
    const { newer } = await this.#finder.ask(peer, vouched.manifest.vault, vouched, { signer, signal, onProgress: () => {} }, signal)
    if (newer == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `${peer.toString()} says that the vault has changed, and does not show how`)
    const others = holdersOf(newer.manifest).map(holder => holder.peer)
    await this.#context.memory.revoke(newer, others)
    for (const other of others) if (!other.equals(peer)) this.met(other)
  }
}
