import { BoundedMap } from '../../util/bounded-map.ts'
import type { OpenGossipSub, PeerStats } from './open-gossipsub.ts'

const MAX_RETAINED = 1_024

/**
 * Gossipsub's notes on peers that have gone. It keeps them for a while if they are not good, without a bound, throws them
 * away when the peer comes back, and keeps a score of each of the others for ever. Here at most 1,024 are kept, only of
 * peers with something against them, and a peer that comes back has not got rid of them.
 */
export class RetainedScores {
  readonly #pubsub: OpenGossipSub
  // oldest first
  readonly #retained = new BoundedMap<string, true>(MAX_RETAINED + 1)

  constructor (pubsub: OpenGossipSub) {
    this.#pubsub = pubsub
  }

  get size (): number {
    return this.#retained.size
  }

  gone (peer: string): void {
    const { score } = this.#pubsub
    const stats = score.peerStats.get(peer)
    if (stats == null || isClean(stats)) {
      this.#forget(peer)
      return
    }
    this.#retained.set(peer, true)
    for (const [oldest] of this.#retained) {
      if (this.#retained.size <= MAX_RETAINED) break
      this.#forget(oldest)
    }
  }

  cameBack (peer: string, before: PeerStats): void {
    this.#retained.delete(peer)
    const { score } = this.#pubsub
    if (before.connected) return
    for (const ip of before.knownIPs) score.removeIP(peer, ip)
    score.peerStats.set(peer, { ...before, knownIPs: new Set(), connected: true, expire: 0 })
  }

  /** Those that gossipsub has dropped by itself in the meantime. */
  sweep (): void {
    for (const [peer] of this.#retained) {
      if (!this.#pubsub.score.peerStats.has(peer)) this.#forget(peer)
    }
  }

  clear (): void {
    this.#retained.clear()
  }

  #forget (peer: string): void {
    const { score } = this.#pubsub
    for (const ip of score.peerStats.get(peer)?.knownIPs ?? []) score.removeIP(peer, ip)
    score.peerStats.delete(peer)
    score.scoreCache.delete(peer)
    this.#retained.delete(peer)
  }
}

function isClean ({ behaviourPenalty, topics }: PeerStats): boolean {
  return behaviourPenalty === 0 && Object.values(topics).every(({ invalidMessageDeliveries, meshFailurePenalty }) => invalidMessageDeliveries === 0 && meshFailurePenalty === 0)
}
