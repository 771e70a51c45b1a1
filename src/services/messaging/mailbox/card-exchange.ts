import { describeError } from '../../../errors.ts'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { reachOfPeer } from '../../../util/reach.ts'
import { readCard } from './card.ts'
import { ASK_CARD_MS, CARD_VALID_MS, MAX_ASKED_MAILBOXES, MAX_KNOWN_PEERS } from './constants.ts'
import { cardProtocol, cardPushProtocol } from './mailbox-protocols.ts'
import { CardTeller } from './card-teller.ts'
import { peerBytes, peerFromBytes } from '../../../util/peer-bytes.ts'
import { FlawedError } from './signed.ts'
import type { Connection, Logger, PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Protocols } from '../../protocols/index.ts'
import type { BookCard, CardBook } from './card-book.ts'
import type { Card } from './card.ts'

export interface CardExchangeInit {
  self: PeerId
  book: CardBook
  protocols: Protocols
  connectionManager: ConnectionManager
  clock: Clock
  log: Logger
  scoring: () => Scoring
  /** This node's own; undefined while it has none to give. */
  own: () => Card | undefined
  /** At a mailbox, the card of an owner. */
  kept: (owner: string) => Uint8Array | undefined
  /** Peers that serve mailboxes, as far as is known: this node's own, and others that are connected, in a random order. */
  mailboxes: () => Promise<{ used: PeerId[], others: PeerId[] }>
}

const NO_CARD = new Uint8Array(0)

/** Cards are asked for, answered, and pushed when they change. */
export class CardExchange {
  readonly #init: CardExchangeInit
  /** Peers that this node writes to. */
  readonly #correspondents = new BoundedMap<string, true>(MAX_KNOWN_PEERS)
  /** Peers that have this node's card. */
  readonly #askers = new BoundedMap<string, PeerId>(MAX_KNOWN_PEERS)
  /** When a peer, or the mailboxes about it, were asked last. */
  readonly #asked = new BoundedMap<string, number>(2 * MAX_KNOWN_PEERS)
  readonly #teller: CardTeller
  #stopping = new AbortController()

  constructor (init: CardExchangeInit) {
    this.#init = init
    this.#teller = new CardTeller(init)
  }

  get gauges (): Record<string, number> {
    return { cards: this.#init.book.size, correspondents: this.#correspondents.size, cardHolders: this.#askers.size, cardsAsked: this.#asked.size, cardsOwed: this.#teller.waiting }
  }

  async start (): Promise<void> {
    const { protocols } = this.#init
    this.#stopping = new AbortController()
    this.#teller.start()
    await protocols.handle(cardProtocol, ({ peer }, { peerId }) => ({ card: this.#answer(peer, peerId) }))
    await protocols.handle(cardPushProtocol, async ({ card }, { peerId, connection }) => {
      // whoever this node never writes to need not be remembered
      if (this.#correspondents.get(peerId.toString()) != null || this.#init.book.get(peerId) != null) await this.#takeOwn(card, peerId, connection)
    })
  }

  async stop (): Promise<void> {
    const { protocols } = this.#init
    this.#stopping.abort()
    this.#teller.stop()
    await protocols.unhandle(cardPushProtocol)
    await protocols.unhandle(cardProtocol)
    this.#askers.clear()
    this.#asked.clear()
  }

  /** This node writes to that peer: its card may be needed once it is away. */
  wroteTo (peerId: PeerId): void {
    const id = peerId.toString()
    // most are known: writing must cost next to nothing
    if (this.#correspondents.get(id) != null) return
    this.#correspondents.set(id, true)
    for (const connection of this.#init.connectionManager.getConnections(peerId).slice(0, 1)) this.connected(connection)
  }

  connected (connection: Connection): void {
    const peerId = connection.remotePeer
    const known = this.#init.book.get(peerId)
    if (known == null && this.#correspondents.get(peerId.toString()) == null) return
    if (known != null && known.card.expiresMs - this.#init.clock.now() > CARD_VALID_MS / 2) return
    if (this.#mayAsk(peerId.toString())) this.#background(this.#askFor(peerId, connection), `asking ${peerId.toString()} for its card`)
  }

  /** The best card at hand for a peer that is away; asks connected mailboxes when there is none, or it has expired. */
  async find (peerId: PeerId, signal: AbortSignal): Promise<BookCard | undefined> {
    const { book, clock, connectionManager, mailboxes } = this.#init
    const known = book.get(peerId)
    if (known != null && known.card.expiresMs > clock.now()) return known
    const local = this.#init.kept(peerId.toString())
    // where that owner was when it told it is not known any more
    if (local != null) book.put(await readCard(local), 2)
    else {
      const named = known?.card.mailboxes.map(({ peerId }) => peerId) ?? []
      const { used, others } = await mailboxes()
      const candidates = new Map([...named, ...used, ...others].map(mailbox => [mailbox.toString(), mailbox]))
      const near = new Set([...named, ...used].map(String))
      const connections = [...candidates.values()].flatMap(mailbox => connectionManager.getConnections(mailbox).slice(0, 1)).slice(0, MAX_ASKED_MAILBOXES)
      if (connections.length > 0 && this.#mayAsk(`mailboxes/${peerId.toString()}`)) {
        // whoever is asked learns whom this node writes to: those that know anyway first, and others only when these have nothing
        for (const isNear of [true, false]) {
          const asked = connections.filter(({ remotePeer }) => near.has(remotePeer.toString()) === isNear)
          await Promise.all(asked.map(async connection => await this.#askAbout(peerId, connection, signal)))
          if ((book.get(peerId)?.card.expiresMs ?? 0) > clock.now()) break
        }
      }
    }
    return book.get(peerId)
  }

  /** Tells those that have the old one. */
  push (): void {
    this.#teller.tell(new Set([...this.#askers].map(([id]) => id).concat([...this.#correspondents].map(([id]) => id))))
  }

  #answer (peer: Uint8Array, asker: PeerId): Uint8Array {
    const { self, own, kept } = this.#init
    const about = peer.byteLength === 0 ? self : readPeer(peer)
    if (about == null) return NO_CARD
    if (!about.equals(self)) return kept(about.toString()) ?? NO_CARD
    this.#askers.set(asker.toString(), asker)
    return own()?.bytes ?? NO_CARD
  }

  async #askFor (peerId: PeerId, connection: Connection): Promise<void> {
    try {
      const { card } = await this.#init.protocols.request(connection, cardProtocol, { peer: NO_CARD }, { signal: this.#stopping.signal })
      if (card.byteLength > 0) await this.#takeOwn(card, peerId, connection)
    } catch (err) {
      // it may answer on its next connection
      this.#asked.delete(peerId.toString())
      throw err
    }
  }

  /** What a mailbox says of others costs it nothing, and is believed only under their own signature. */
  async #askAbout (peerId: PeerId, connection: Connection, signal: AbortSignal): Promise<void> {
    try {
      const { card: bytes } = await this.#init.protocols.request(connection, cardProtocol, { peer: peerBytes(peerId) }, { signal })
      if (bytes.byteLength === 0) return
      const card = await readCard(bytes)
      if (card.peerId.equals(peerId)) this.#init.book.put(card, reachOfPeer(connection.remoteAddr))
    } catch (err) {
      this.#init.log('%p had no card of %p: %s', connection.remotePeer, peerId, describeError(err))
    }
  }

  /** A card that a peer has told as its own. */
  async #takeOwn (bytes: Uint8Array, peerId: PeerId, connection: Connection): Promise<void> {
    const { book, scoring, log } = this.#init
    try {
      const card = await readCard(bytes)
      if (card.peerId.equals(peerId)) book.put(card, reachOfPeer(connection.remoteAddr))
      else scoring().report(peerId, 'fatal', 'messaging:forged-card', bytes)
    } catch (err) {
      if (!(err instanceof FlawedError)) throw err
      if (err.flaw === 'malformed') scoring().report(peerId, 'severe', 'messaging:bad-card', bytes)
      // its own signature: also one that others might take is no accident
      else if (err.flaw !== 'unsupported') scoring().report(peerId, 'fatal', 'messaging:forged-card', bytes)
      log('the card of %p: %s', peerId, describeError(err))
    }
  }

  #mayAsk (key: string): boolean {
    const nowMs = this.#init.clock.monotonic()
    const lastMs = this.#asked.get(key)
    if (lastMs != null && nowMs - lastMs < ASK_CARD_MS) return false
    this.#asked.set(key, nowMs)
    return true
  }

  /** Work that nobody waits for: peers vanish in the middle of it, and that is all there is to say. */
  #background (work: Promise<unknown>, what: string): void {
    work.catch((err: unknown) => { this.#init.log('%s: %s', what, describeError(err)) })
  }
}

function readPeer (bytes: Uint8Array): PeerId | undefined {
  try {
    return peerFromBytes(bytes)
  } catch {
    // of a kind that is not known here: there is no card of it either
    return undefined
  }
}
