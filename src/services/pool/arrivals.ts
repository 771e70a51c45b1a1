import { optionalComponent } from '../../components.ts'
import { reachOfPeer, usableAddresses } from '../../util/reach.ts'
import { ANNOUNCE_AFTER_MS, COOL_DOWN_MS, DUPLICATE_GRACE_MS, MAX_CLAIMED_ADDRESSES, REJECTIONS, STABLE_AFTER_MS } from './constants.ts'
import { isOverLimit, wantedPeers } from './demand.ts'
import { spareConnections } from './duplicates.ts'
import { isSmaller } from './gate.ts'
import { bestConnection, endOf, publicView } from './peers.ts'
import type { Identify } from '@libp2p/identify'
import type { Connection, IdentifyResult } from '@libp2p/interface'
import type { PoolContext } from './context.ts'
import type { Dialler } from './dialler.ts'
import type { Farewell } from './farewell.ts'
import type { DisconnectReason } from './index.ts'
import type { PeerState } from './peers.ts'

export interface ArrivalsInit {
  dialler: Dialler
  farewell: Farewell
  /** A peer came. */
  onOpened (): void
  /** An inbound peer came that is one too many. */
  onSurplus (newcomer: PeerState): void
  /** Somebody left: there may be room for another. */
  onLeft (): void
}

/** Follows the connections that libp2p opens and closes: who came, when they count as a peer, and how they left. */
export class Arrivals {
  readonly #context: PoolContext
  readonly #init: ArrivalsInit

  constructor (context: PoolContext, init: ArrivalsInit) {
    this.#context = context
    this.#init = init
  }

  start (): void {
    const { events } = this.#context.components
    events.addEventListener('connection:open', this.#onOpen)
    events.addEventListener('peer:identify', this.#onIdentify)
  }

  stop (): void {
    const { events } = this.#context.components
    events.removeEventListener('peer:identify', this.#onIdentify)
    events.removeEventListener('connection:open', this.#onOpen)
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    const { peers, keepers, clock, timers, components, limits } = this.#context
    const id = connection.remotePeer.toString()
    const { peer, isNew } = peers.opened(connection, {
      nowMs: clock.monotonic(),
      wallMs: clock.now(),
      explicit: keepers.isExplicit(id),
      feeler: connection.direction === 'outbound' && this.#init.dialler.isFeeler(id),
      roles: components.addressBook.get(connection.remotePeer)?.roles ?? []
    })
    connection.addEventListener('close', ({ error }) => {
      peer.ended = endOf(error)
      // here, as libp2p's own event, `connection:close`, comes before this one and does not say how
      this.#onClose(connection)
    }, { once: true })
    if (!isNew) {
      timers.after(DUPLICATE_GRACE_MS, () => this.#closeSpares(peer))
      return
    }
    timers.after(ANNOUNCE_AFTER_MS, () => {
      // libp2p asks once who a peer is: one that was too busy to say would stay of no use
      if (!peer.announced) this.#renew(peer)
      this.#announce(peer)
    })
    // it may have lost its standing since the gate looked, or been dialled when there was nobody else
    this.#init.onOpened()
    if (peer.direction === 'inbound' && !peer.explicit && isOverLimit(peers.occupancy(), limits())) this.#init.onSurplus(peer)
  }

  readonly #onIdentify = ({ detail: { peerId, connection, listenAddrs } }: CustomEvent<IdentifyResult>): void => {
    const { peers, scoring, components: { addressBook } } = this.#context
    const peer = peers.get(peerId)
    if (peer == null) return
    // only now: a dial also succeeds with a peer that throws us out at once
    if (connection.direction === 'outbound' && !peer.announced) scoring().observe(peerId, { what: 'dialled' })
    const told = usableAddresses(listenAddrs.slice(0, MAX_CLAIMED_ADDRESSES), reachOfPeer(connection.remoteAddr))
    const multiaddrs = connection.direction === 'outbound' ? [connection.remoteAddr, ...told] : told
    if (addressBook.get(peerId)?.record == null && multiaddrs.length > 0) {
      // whoever comes to us may claim any address: its netgroup limits how many such claims the book takes
      const toldBy = connection.direction === 'inbound' ? { toldBy: connection.remoteAddr } : {}
      addressBook.add({ peerId, multiaddrs, source: connection.direction, ...toldBy })
    }
    if (connection.direction === 'outbound') addressBook.succeeded(peerId, connection.remoteAddr)
    this.#announce(peer)
  }

  #onClose (connection: Connection): void {
    const { peers, solitude, clock, scoring, components: { addressBook }, emit } = this.#context
    const { dialler, onLeft } = this.#init
    const closed = peers.closed(connection)
    if (closed == null) return
    const { peer, isLast } = closed
    if (!isLast) {
      this.#renew(peer)
      return
    }
    const { reason, by } = peer.goodbye ?? peer.ended ?? { reason: 'closed' as const, by: 'remote' as const }
    const nowMs = clock.monotonic()
    if (peers.size === 0) solitude.emptied(nowMs)
    // with nobody else to compare with, it may be this node that was not heard
    else if (reason === 'unresponsive' && !scoring().isOutage()) scoring().observe(peer.peerId, { what: 'ping-timeout' })
    const stable = nowMs - peer.openedMs >= STABLE_AFTER_MS
    if (peer.announced || peer.goodbye?.by === 'remote') dialler.disconnected(peer.peerId, stable, coolDownOf(peer, reason), peer.goodbye?.by === 'remote' && REJECTIONS.has(peer.goodbye.reason))
    // let in and thrown out before a word was exchanged: that is a refusal
    else if (peer.direction === 'outbound' && peer.goodbye == null) dialler.failed(peer.peerId)
    if (peer.announced) {
      addressBook.seen(peer.peerId)
      emit('peer:disconnected', { peerId: peer.peerId, reason, by })
    }
    onLeft()
  }

  /** The first exchange with a peer has succeeded: now it counts as connected. */
  #announce (peer: PeerState): void {
    const { peers, limits, solitude, emit } = this.#context
    if (peer.announced || peers.get(peer.id) !== peer) return
    if (peer.feeler && wantedPeers(peers.occupancy(), limits()) === 0) {
      // the address is good, that is all that was asked
      this.#init.farewell.partSoon(peer, 'feeler')
      return
    }
    peer.feeler = false
    peer.announced = true
    if (solitude.joined()) {
      // the others failed for want of a link, too
      this.#init.dialler.reset()
      emit('pool:recovered', undefined)
    }
    emit('peer:connected', publicView(peer))
  }

  #closeSpares (peer: PeerState): void {
    const facts = peer.connections.map(({ id, direction, limits, timeline }) => ({ id, direction, limited: limits != null, openedMs: timeline.open }))
    const spare = new Set(spareConnections(facts, isSmaller(this.#context.components.peerId, peer.peerId)))
    for (const connection of peer.connections.filter(({ id }) => spare.has(id))) {
      connection.close().catch((err: unknown) => { connection.abort(err as Error) })
    }
  }

  /** Identify makes libp2p tell its modules of a connection: of one they have missed, or of the one left when theirs has closed. */
  #renew (peer: PeerState): void {
    const { peers, components, log } = this.#context
    const connection = peers.get(peer.id) === peer ? bestConnection(peer) : undefined
    if (connection?.status !== 'open') return
    optionalComponent<Identify>(components, 'identify')?.identify(connection).catch((err: unknown) => { log('could not identify %p again - %e', peer.peerId, err) })
  }
}

/** How long to leave it alone. Whom this node has banned it knows from the bans: a ban may be lifted. */
function coolDownOf ({ goodbye }: PeerState, reason: DisconnectReason): number {
  if (goodbye?.by === 'local' && reason === 'banned') return 0
  return goodbye?.retryAfterMs ?? COOL_DOWN_MS[reason] ?? 0
}
