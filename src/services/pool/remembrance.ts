import { ANCHOR_INTERVAL_MS, MAX_ANCHORS } from './constants.ts'
import type { PoolContext } from './context.ts'

/** Notes in the address book who is here, and whom to dial first after a restart. */
export class Remembrance {
  readonly #context: PoolContext

  constructor (context: PoolContext) {
    this.#context = context
  }

  start (): void {
    this.#context.timers.every(ANCHOR_INTERVAL_MS, () => this.note())
  }

  /** The anchors are the outbound peers in good standing that have been here longest. */
  note (): void {
    const { peers, scoring, components: { addressBook } } = this.#context
    const announced = peers.announced()
    for (const { peerId } of announced) addressBook.seen(peerId)
    const oldest = announced
      .filter(({ direction, peerId }) => direction === 'outbound' && !scoring().isDiscouraged(peerId))
      .sort((a, b) => a.openedMs - b.openedMs)
    if (oldest.length > 0) addressBook.setAnchors(oldest.slice(0, MAX_ANCHORS).map(({ peerId }) => peerId))
  }
}
