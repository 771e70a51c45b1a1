import { vaultIdText } from './arguments.ts'
import { ASK_TIMEOUT_MS } from './context.ts'
import { failureCode } from './errand.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Timer } from '../../../util/clock.ts'
import type { Vouched } from '../parts.ts'
import type { OwnerContext } from './context.ts'

/** A node that has just started meets others first. */
const FIRST_MS = 10_000
const EVERY_MS = 30 * 60_000
const LIMIT_MS = 60_000
/** Refusals that stay: it has a newer one, or nothing that this one could follow. */
const FINAL = new Set(['STALE', 'CONFLICT', 'EXPIRED', 'INVALID', 'NOT_HOLDER', 'FORBIDDEN'])

/**
 * Tells holders again what was decided from here, until each has said that it has the certificate or there is a newer one: what they have
 * only accepted they could give up one day.
 */
export class Certificates {
  readonly #context: OwnerContext
  /** Undefined while it is not there, or locked. */
  readonly #signer: () => Promise<PrivateKey | undefined>
  #timers: Timer[] = []
  /** By peer id: one call of each kind at a time. */
  readonly #telling = new Set<string>()

  constructor (context: OwnerContext, signer: () => Promise<PrivateKey | undefined>) {
    this.#context = context
    this.#signer = signer
  }

  start (): void {
    const { clock, memory } = this.#context
    const tellAll = (): void => { for (const peer of memory.owing) this.met(peer) }
    this.#timers = [clock.after(FIRST_MS, tellAll), clock.every(EVERY_MS, tellAll)]
  }

  stop (): void {
    for (const timer of this.#timers.splice(0)) timer.cancel()
  }

  /** A peer is there: it is told what it may have missed. */
  met (peer: PeerId): void {
    const key = peer.toString()
    const { memory, errands, log } = this.#context
    const decided = memory.untoldTo(peer)
    if (decided.length === 0 || this.#telling.has(key)) return
    this.#telling.add(key)
    const { done } = errands.behind('telling a holder what was decided', LIMIT_MS, async signal => {
      const signer = await this.#signer()
      if (signer == null) return
      for (const vouched of decided) {
        await this.#tell(vouched, peer, signer, signal).catch((err: unknown) => { log('%p is not told yet of change %d of vault %s: %s', peer, vouched.manifest.seq, vaultIdText(vouched.manifest.vault), err) })
      }
    })
    const over = (): void => { this.#telling.delete(key) }
    done.then(over, over)
  }

  async #tell (vouched: Vouched, peer: PeerId, signer: PrivateKey, signal: AbortSignal): Promise<void> {
    const { caller, memory } = this.#context
    const { vault, seq } = vouched.manifest
    try {
      await caller.call(peer, vault, { commit: { manifest: vouched.signed } }, { signal, timeoutMs: ASK_TIMEOUT_MS, signer })
    } catch (err) {
      if (!FINAL.has(failureCode(err) ?? '')) throw err
    }
    memory.told(vaultIdText(vault), seq, peer)
  }
}
