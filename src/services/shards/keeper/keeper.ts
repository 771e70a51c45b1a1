import { VaultWatch } from './vault-watch.ts'
import type { PeerId } from '@libp2p/interface'
import type { HolderStatus } from '../index.ts'
import type { KeeperContext } from './context.ts'

/**
 * Looks after every vault that is held here, without its owner: asks the other holders whether they still have their shares, catches up
 * with them after an absence, gets a payload that is missing, gives the vault new shares on schedule or when somebody lied, and finds others
 * for those that are lost. The holders' policy of the vault says how often, and whether they may.
 */
export class Keeper {
  readonly #context: KeeperContext
  readonly #watches = new Map<string, VaultWatch>()
  readonly #stopping = new Set<Promise<void>>()
  #leave: (() => void) | undefined

  constructor (context: KeeperContext) {
    this.#context = context
  }

  get gauges (): Record<string, number> {
    return { watched: this.#watches.size }
  }

  start (): void {
    const { holdings } = this.#context
    this.#leave = holdings.onChanged(id => { this.#follow(id) })
    for (const id of holdings.held.keys()) this.#follow(id)
  }

  async stop (): Promise<void> {
    this.#leave?.()
    this.#leave = undefined
    for (const id of this.#watches.keys()) this.#drop(id)
    await Promise.all(this.#stopping)
  }

  /** Holders of a vault, by hexadecimal id, that answered their last audits; this node included. */
  healthy (id: string): number {
    return this.#watches.get(id)?.healthy ?? 0
  }

  /** The other holders, as this node sees them. */
  statuses (id: string): HolderStatus[] {
    return this.#watches.get(id)?.statuses() ?? []
  }

  /** It is proven, here or by evidence that was told, that a holder of that vault lied. */
  convict (id: string, peerId: PeerId, reason: string): void {
    this.#watches.get(id)?.convict(peerId, reason)
  }

  /** Whether that holder has been silent for long enough, or lied, that another one may take its place. Where that is not known it is asked, and known the next time. */
  isSilent (id: string, peerId: PeerId): boolean {
    return this.#watches.get(id)?.isSilent(peerId) ?? false
  }

  #follow (id: string): void {
    const held = this.#context.holdings.held.get(id)
    const watch = this.#watches.get(id)
    if (held == null) this.#drop(id)
    else if (watch != null) watch.update(held)
    else {
      const made = new VaultWatch(this.#context, id, held)
      this.#watches.set(id, made)
      made.start()
    }
  }

  #drop (id: string): void {
    const watch = this.#watches.get(id)
    if (watch == null) return
    this.#watches.delete(id)
    const stopped: Promise<void> = watch.stop().finally(() => { this.#stopping.delete(stopped) })
    this.#stopping.add(stopped)
  }
}
