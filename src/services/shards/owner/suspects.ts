import { BoundedMap } from '../../../util/bounded-map.ts'
import type { PeerId } from '@libp2p/interface'

const MAX_SUSPECTS = 4_096

/** Holders that have lied to this node, each about one vault: not to be kept as its holders, whatever they say later. Until the node stops. */
export class Suspects {
  readonly #reasons = new BoundedMap<string, string>(MAX_SUSPECTS)

  get size (): number {
    return this.#reasons.size
  }

  add (vault: string, peer: PeerId, reason: string): void {
    this.#reasons.set(keyOf(vault, peer), reason)
  }

  /** Why, or undefined. */
  reason (vault: string, peer: PeerId): string | undefined {
    return this.#reasons.get(keyOf(vault, peer))
  }
}

function keyOf (vault: string, peer: PeerId): string {
  return `${vault} ${peer.toString()}`
}
