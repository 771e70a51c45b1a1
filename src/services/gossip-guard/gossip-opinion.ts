import { replace } from './tap.ts'
import type { OpenGossipSub } from './open-gossipsub.ts'

/** What gossipsub itself has against peers, without what it was told by scoring: or each would count the other's opinion again. */
export class GossipOpinion {
  readonly #pubsub: OpenGossipSub
  /** The peer's own score when gossipsub made its own last, by peer. */
  readonly #told = new Map<string, number>()

  constructor (pubsub: OpenGossipSub) {
    this.#pubsub = pubsub
  }

  get size (): number {
    return this.#told.size
  }

  /** Returns how to undo it. */
  start (): () => void {
    const leave = [
      replace(this.#pubsub.score.params, 'appSpecificScore', original => peer => {
        const score = original(peer)
        this.#told.set(peer, score)
        return score
      }),
      replace(this.#pubsub.score, 'removePeer', original => peer => {
        original(peer)
        this.#told.delete(peer)
      })
    ]
    return () => {
      for (const undo of leave) undo()
      this.#told.clear()
    }
  }

  /** -1 to 0, as a share of what graylists. */
  readonly of = (peer: string): number => {
    const { score: { params }, opts: { scoreThresholds: { graylistThreshold } } } = this.#pubsub
    const own = this.#pubsub.getScore(peer) - (this.#told.get(peer) ?? 0) * params.appSpecificWeight
    return own < 0 && graylistThreshold < 0 ? -Math.min(1, own / graylistThreshold) : 0
  }
}
