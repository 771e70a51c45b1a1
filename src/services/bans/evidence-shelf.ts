import type { Evidence } from './index.ts'

/** Evidence by peer, in the order in which it was put there. */
export class EvidenceShelf {
  readonly #peers = new Map<string, Evidence[]>()
  // one iterator for good: a fresh one would walk over all the holes that deletions leave at the front
  #hand = this.#peers.entries()
  #entries = 0

  /** Of all peers. */
  get entries (): number {
    return this.#entries
  }

  get (peer: string): Evidence[] | undefined {
    return this.#peers.get(peer)
  }

  /** Puts it last. The peer has none here. */
  put (peer: string, charges: Evidence[]): void {
    this.#peers.set(peer, charges)
    this.#entries += charges.length
  }

  take (peer: string): Evidence[] | undefined {
    const charges = this.#peers.get(peer)
    if (charges == null) return undefined
    this.#peers.delete(peer)
    this.#entries -= charges.length
    return charges
  }

  takeOldest (): [peer: string, charges: Evidence[]] | undefined {
    let { done, value } = this.#hand.next()
    // whatever it has passed is gone, so what is left came after its end
    if (done === true) {
      this.#hand = this.#peers.entries()
      value = this.#hand.next().value
    }
    if (value == null) return undefined
    const [peer, charges] = value
    this.#peers.delete(peer)
    this.#entries -= charges.length
    return value
  }
}
