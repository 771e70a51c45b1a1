import { describeError } from '../../../errors.ts'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { messagingStore } from '../messaging-store.ts'
import { StoredCard } from '../pb/mailbox-store.ts'
import { CARD_FLUSH_MS, MAX_CARDS } from './constants.ts'
import { isAhead, readCard, supersedes } from './card.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../util/clock.ts'
import type { Reach } from '../../../util/reach.ts'
import type { WriteBehind } from '../../../util/write-behind.ts'
import type { Card } from './card.ts'

export interface BookCard {
  card: Card
  /** How far the addresses in it count, by who told it. */
  reach: Reach
}

const PREFIX = '/peerkeep/messaging/cards/'

/** The cards of others: the newest of each, of those used last, also after a restart. */
export class CardBook {
  readonly #log: Logger
  readonly #clock: Clock
  readonly #store: WriteBehind
  readonly #cards = new BoundedMap<string, BookCard>(MAX_CARDS)

  constructor (parts: { datastore: Datastore, clock: Clock, log: Logger }) {
    this.#log = parts.log
    this.#clock = parts.clock
    this.#store = messagingStore(parts, {
      flushIntervalMs: CARD_FLUSH_MS,
      prefix: PREFIX,
      what: 'cards of other peers',
      encode: name => this.#encode(name)
    })
  }

  get size (): number {
    return this.#cards.size
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<void> {
    for await (const { name, value } of this.#store.load()) {
      try {
        const { card: bytes, reach } = StoredCard.decode(value)
        const card = await readCard(bytes)
        if (card.peerId.toString() !== name) throw new Error(`it is of ${card.peerId.toString()}`)
        this.#set(name, { card, reach: Math.min(reach, 2) as Reach })
      } catch (err) {
        this.#log.error('dropped the damaged card of %s: %s', name, describeError(err))
        this.#store.mark(name)
      }
    }
  }

  start (): void {
    this.#store.start()
  }

  async stop (): Promise<void> {
    await this.#store.stop()
  }

  /** Looks it up, and keeps it longer than those that nobody asks for. */
  get (peerId: PeerId): BookCard | undefined {
    const name = peerId.toString()
    const found = this.#cards.get(name)
    if (found != null) this.#cards.set(name, found)
    return found
  }

  /** Takes it if it `supersedes` the one at hand, or is told by somebody nearer. */
  put (card: Card, reach: Reach): void {
    const name = card.peerId.toString()
    const known = this.#cards.get(name)
    const nowMs = this.#clock.now()
    if (isAhead(card.seq, nowMs)) return
    if (known != null && !supersedes(card, known.card, nowMs) && (known.card.seq !== card.seq || known.reach <= reach)) return
    this.#set(name, { card, reach })
    this.#store.mark(name)
  }

  #set (name: string, value: BookCard): void {
    if (this.#cards.size >= MAX_CARDS && this.#cards.get(name) == null) {
      const [oldest] = this.#cards
      if (oldest != null) this.#store.mark(oldest[0])
    }
    this.#cards.set(name, value)
  }

  #encode (name: string): Uint8Array | undefined {
    const found = this.#cards.get(name)
    return found == null ? undefined : StoredCard.encode({ card: found.card.bytes, reach: found.reach })
  }
}
