import { multiaddr } from '@multiformats/multiaddr'
import { peerIdFromString } from '@libp2p/peer-id'
import { Key } from 'interface-datastore'
import { MessagingError } from '../messaging-error.ts'
import { isAhead } from './card.ts'
import { StoredMailboxes } from '../pb/mailbox-store.ts'
import { CARD_VALID_MS, MAX_FORMER_MAILBOXES, MAX_MAILBOX_ADDRESSES } from './constants.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Datastore } from 'interface-datastore'
import type { MailboxPlace } from './card.ts'

/** A mailbox that this node uses, or used. */
export interface UsedMailbox extends MailboxPlace {
  /** Of the card that it has; 0 when it has not agreed. */
  cardSeq: number
  /** Set when it is no longer wanted: until then there are cards that name it, and it is asked for what it has. */
  untilMs?: number
}

const KEY = new Key('/peerkeep/messaging/mailboxes', false)

/** The mailboxes of this node, also after a restart. What changes is in the datastore before it counts. */
export class UsedMailboxes {
  readonly #datastore: Datastore
  #entries: UsedMailbox[] = []
  #cardSeq = 0
  #writing: Promise<void> = Promise.resolve()

  constructor (datastore: Datastore) {
    this.#datastore = datastore
  }

  get all (): readonly UsedMailbox[] {
    return this.#entries
  }

  /** Those to be told to others. */
  get agreed (): UsedMailbox[] {
    return this.#entries.filter(({ untilMs, cardSeq }) => untilMs == null && cardSeq > 0)
  }

  /** Of this node's last card; 0 when it never had one. */
  get cardSeq (): number {
    return this.#cardSeq
  }

  get (peerId: PeerId): UsedMailbox | undefined {
    return this.#entries.find(entry => entry.peerId.equals(peerId))
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<void> {
    try {
      if (!await this.#datastore.has(KEY)) return
      const { mailboxes, cardSeq } = StoredMailboxes.decode(await this.#datastore.get(KEY))
      this.#cardSeq = cardSeq
      this.#entries = mailboxes.map(({ peer, addresses, ...entry }) => ({ ...entry, peerId: peerIdFromString(peer), multiaddrs: addresses.map(address => multiaddr(address)) }))
    } catch (err) {
      throw new MessagingError('MESSAGING_LOAD_FAILED', 'the list of this node\'s mailboxes could not be read from the datastore: check its disk, or move the datastore away to start anew', { cause: err })
    }
  }

  /** Rejects with `MESSAGING_WRITE_FAILED`; then nothing has changed. */
  async want (places: readonly MailboxPlace[], nowMs: number): Promise<void> {
    const wanted = places.map(({ peerId, multiaddrs }): UsedMailbox => {
      const known = this.get(peerId)
      return { peerId, multiaddrs: multiaddrs.length > 0 ? multiaddrs.slice(0, MAX_MAILBOX_ADDRESSES) : known?.multiaddrs ?? [], cardSeq: known?.cardSeq ?? 0 }
    })
    const former = this.#entries
      .filter(({ peerId, cardSeq }) => cardSeq > 0 && !places.some(place => place.peerId.equals(peerId)))
      .map(entry => ({ ...entry, untilMs: entry.untilMs ?? nowMs + CARD_VALID_MS }))
      .sort((a, b) => b.untilMs - a.untilMs)
      .slice(0, MAX_FORMER_MAILBOXES)
    await this.#change([...wanted, ...former], this.#cardSeq)
  }

  /** A mailbox has this card now, and was found at these addresses. Rejects with `MESSAGING_WRITE_FAILED`. */
  async setAgreed (peerId: PeerId, cardSeq: number, multiaddrs: Multiaddr[]): Promise<void> {
    await this.#change(this.#entries.map(entry => entry.peerId.equals(peerId) ? { ...entry, cardSeq, multiaddrs } : entry), this.#cardSeq)
  }

  /** Rejects with `MESSAGING_WRITE_FAILED`. */
  async forget (peerId: PeerId): Promise<void> {
    await this.#change(this.#entries.filter(entry => !entry.peerId.equals(peerId)), this.#cardSeq)
  }

  /** The number of a card that is about to be signed. Rejects with `MESSAGING_WRITE_FAILED`. */
  async nextSeq (nowMs: number): Promise<number> {
    // after the clock was ahead: nobody takes a number from the future
    const seq = isAhead(this.#cardSeq, nowMs) ? nowMs : Math.max(nowMs, this.#cardSeq + 1)
    await this.#change(this.#entries, seq)
    return seq
  }

  async #change (entries: UsedMailbox[], cardSeq: number): Promise<void> {
    const before = [this.#entries, this.#cardSeq] as const
    // at once, so that two changes do not undo each other
    this.#entries = entries
    this.#cardSeq = cardSeq
    const value = StoredMailboxes.encode({
      mailboxes: entries.map(({ peerId, multiaddrs, ...entry }) => ({ ...entry, peer: peerId.toString(), addresses: multiaddrs.map(String) })),
      cardSeq
    })
    this.#writing = this.#writing.catch(() => {}).then(async () => { await this.#datastore.put(KEY, value) })
    try {
      await this.#writing
    } catch (err) {
      if (this.#entries === entries) [this.#entries, this.#cardSeq] = before
      throw new MessagingError('MESSAGING_WRITE_FAILED', 'the list of this node\'s mailboxes could not be written: check the disk of the datastore', { cause: err })
    }
  }
}
