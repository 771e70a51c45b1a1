import { neutralScoring, openBans, optionalComponent } from '../../../components.ts'
import { describeError } from '../../../errors.ts'
import { shuffled } from '../../../util/rng.ts'
import { MessagingError } from '../messaging-error.ts'
import { assemble } from './assembly.ts'
import { MAX_MAILBOXES, ROTATION_RETRY_MS } from './constants.ts'
import { depositProtocol } from './mailbox-protocols.ts'
import { boxLimits, rotationMs } from './options.ts'
import { readPlace } from './place.ts'
import type { Connection, PeerId, PeerStore } from '@libp2p/interface'
import type { Bans, Scoring } from '../../../components.ts'
import type { Timer } from '../../../util/clock.ts'
import type { MessagingSnapshot } from '../index.ts'
import type { Courier, Parcel } from '../parts.ts'
import type { Assembly, MailboxesComponents, MailboxesInit } from './assembly.ts'

export type { MailboxesComponents, MailboxesInit } from './assembly.ts'

/** Without the name of the network, and whichever way it is carried. */
const DEPOSIT = depositProtocol.ids[0].slice('/peerkeep'.length)

/**
 * Messages for peers that are away: left with their mailboxes, fetched from this node's own, and kept for others. Uses the
 * optional components `scoring`, `bans` and `peerStore`.
 */
export class Mailboxes implements Courier {
  readonly #components: MailboxesComponents
  readonly #init: MailboxesInit
  /** Made once all components are there. */
  #assembly: Assembly | undefined
  #scoring: Scoring = neutralScoring
  #bans: Bans = openBans
  #peerStore: PeerStore | undefined
  #rotation: Timer | undefined
  #running = false

  /** Throws `MESSAGING_OPTION_INVALID`. */
  constructor (components: MailboxesComponents, init: MailboxesInit) {
    boxLimits(init.mailbox)
    rotationMs(init.prekeyRotationMs)
    this.#components = components
    this.#init = init
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async beforeStart (): Promise<void> {
    this.#scoring = optionalComponent<Scoring>(this.#components, 'scoring') ?? neutralScoring
    this.#bans = optionalComponent<Bans>(this.#components, 'bans') ?? openBans
    this.#peerStore = optionalComponent<PeerStore>(this.#components, 'peerStore')
    if (this.#assembly != null) return
    const assembly = assemble(this.#components, this.#init, {
      scoring: () => this.#scoring,
      bans: () => this.#bans,
      peerStore: () => this.#peerStore,
      servingMailboxes: async () => await this.#servingMailboxes(),
      onChange: async () => { await this.#renew() }
    })
    await assembly.prekeys.load()
    await assembly.used.load()
    await assembly.book.load()
    await assembly.server?.load()
    this.#assembly = assembly
  }

  async start (): Promise<void> {
    const { book, exchange, server, tending } = this.#parts
    book.start()
    await exchange.start()
    await server?.start()
    await tending.start()
    this.#running = true
    await this.#renew(false)
    this.#components.events.addEventListener('connection:open', this.#onOpen)
  }

  /** Dials the mailboxes. */
  afterStart (): void {
    this.#parts.tending.tendAll()
  }

  async stop (): Promise<void> {
    this.#running = false
    this.#components.events.removeEventListener('connection:open', this.#onOpen)
    const { book, exchange, server, tending } = this.#parts
    await tending.stop()
    await server?.stop()
    await exchange.stop()
    this.#rotation?.cancel()
    await book.stop()
  }

  /** This node writes to that peer, whose card it may need later. Cheap: call it for every message. */
  wroteTo (peerId: PeerId): void {
    this.#assembly?.exchange.wroteTo(peerId)
  }

  async deposit (peer: PeerId, parcels: Parcel[], signal: AbortSignal): Promise<Map<string, string[]>> {
    if (parcels.length === 0) return new Map()
    const { exchange, depositor } = this.#parts
    const found = await exchange.find(peer, signal)
    return found == null ? new Map() : await depositor.deposit(peer, found, parcels, signal)
  }

  mailboxesOf (peer: PeerId): string[] {
    return this.#assembly?.book.get(peer)?.card.mailboxes.map(({ peerId }) => peerId.toString()).filter(id => id !== peer.toString()) ?? []
  }

  async useMailboxes (peers: Array<PeerId | string>, { signal }: { signal?: AbortSignal } = {}): Promise<PeerId[]> {
    this.#assertRunning()
    const places = peers.map(readPlace).filter(({ peerId }, i, all) => all.findIndex(other => other.peerId.equals(peerId)) === i)
    if (places.length > MAX_MAILBOXES) throw new MessagingError('MESSAGING_OPTION_INVALID', `${places.length} mailboxes are more than the ${MAX_MAILBOXES} that a card has room for: choose the best`)
    if (places.some(({ peerId }) => peerId.equals(this.#components.peerId))) throw new MessagingError('MESSAGING_PEER_INVALID', 'this node cannot be its own mailbox: it is away when it is needed')
    const { used, tending } = this.#parts
    await used.want(places, this.#init.clock.now())
    await this.#renew()
    await tending.tend(places.map(({ peerId }) => peerId), signal)
    signal?.throwIfAborted()
    tending.tendAll()
    return used.agreed.map(({ peerId }) => peerId)
  }

  async fetchMailboxes ({ signal }: { signal?: AbortSignal } = {}): Promise<number> {
    this.#assertRunning()
    return await this.#parts.tending.collectAll(signal)
  }

  snapshot (): MessagingSnapshot['mailbox'] {
    const box = this.#assembly?.server?.box
    const using = this.#assembly?.used.agreed.map(({ peerId }) => peerId.toString()) ?? []
    return { serving: box != null, owners: box?.owners ?? 0, messages: box?.messages ?? 0, bytes: box?.bytes ?? 0, using, lost: { ...this.#assembly?.incoming.lost } }
  }

  gauges (): Record<string, number> {
    if (this.#assembly == null) return {}
    const { exchange, server, prekeys, used, incoming, collector, depositor } = this.#assembly
    return {
      ...exchange.gauges,
      ...server?.gauges,
      prekeys: prekeys.size,
      mailboxes: used.all.length,
      mailboxMessagesTaken: incoming.taken,
      mailboxMessagesDeleted: collector.remembered,
      depositRates: depositor.rated
    }
  }

  get #parts (): Assembly {
    if (this.#assembly == null) throw notRunning()
    return this.#assembly
  }

  /** A new card if there has to be one, told to those that have the old one; and again when it gets old. */
  async #renew (tell = true): Promise<void> {
    let retry = false
    try {
      const card = await this.#parts.own.renew()
      if (card != null && tell && this.#running) {
        this.#parts.exchange.push()
        this.#parts.tending.tendAll()
      }
    } catch (err) {
      retry = true
      this.#init.log.error('%s', describeError(err))
    }
    this.#rotation?.cancel()
    if (!this.#running) return
    const dueMs = retry ? ROTATION_RETRY_MS : Math.max(ROTATION_RETRY_MS, this.#parts.prekeys.dueInMs)
    this.#rotation = this.#init.clock.after(dueMs, () => { this.#background(this.#renew(), 'renewing the card') })
  }

  async #servingMailboxes (): Promise<{ used: PeerId[], others: PeerId[] }> {
    const used = this.#parts.used.all.map(({ peerId }) => peerId)
    const connected = this.#components.connectionManager.getConnections().map(({ remotePeer }) => remotePeer)
    const serving = await Promise.all(connected.map(async peerId => await this.#serves(peerId) ? [peerId] : []))
    return { used, others: shuffled(serving.flat(), this.#init.rng) }
  }

  async #serves (peerId: PeerId): Promise<boolean> {
    try {
      const peer = await this.#peerStore?.get(peerId)
      return peer?.protocols.some(id => id.endsWith(DEPOSIT)) ?? false
    } catch {
      // a connected peer that has not said what it speaks
      return false
    }
  }

  #assertRunning (): void {
    if (!this.#running) throw notRunning()
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    this.#parts.exchange.connected(connection)
    this.#parts.tending.connected(connection.remotePeer)
  }

  /** Work that nobody waits for. */
  #background (work: Promise<unknown>, what: string): void {
    work.catch((err: unknown) => { this.#init.log.error('%s: %s', what, describeError(err)) })
  }
}

function notRunning (): MessagingError {
  return new MessagingError('MESSAGING_STOPPED', 'this node is not running: start it first')
}
