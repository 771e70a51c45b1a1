import { BAN_GRACE_MS, COOL_DOWN_MS } from './constants.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Standing } from '../../components.ts'
import type { PeerBans, BansEvents } from '../bans/index.ts'
import type { PeerScoring, ScoringEvents } from '../scoring/index.ts'
import type { PoolContext } from './context.ts'
import type { Farewell } from './farewell.ts'
import type { PeerState } from './peers.ts'

/**
 * Parts with peers that scoring or bans turn against while they are connected. Explicit peers are no exception: a peer
 * that misbehaves does so whoever configured it. It is dialled again when its standing allows, or when this node has
 * nobody else, and then kept until somebody better has come; whoever wants it back at once puts it on the allow list of bans.
 */
export class Expulsion {
  readonly #context: PoolContext
  readonly #farewell: Farewell
  /** Absent when the component has no events: then it has to do with what is asked at the gate. */
  #scoring: PeerScoring | undefined
  #bans: PeerBans | undefined

  constructor (context: PoolContext, farewell: Farewell) {
    this.#context = context
    this.#farewell = farewell
  }

  start (): void {
    this.#scoring = withEvents<PeerScoring>(this.#context.scoring())
    this.#bans = withEvents<PeerBans>(this.#context.bans())
    this.#scoring?.addEventListener('standing:change', this.#onStanding)
    this.#bans?.addEventListener('ban:added', this.#onBan)
  }

  stop (): void {
    this.#bans?.removeEventListener('ban:added', this.#onBan)
    this.#scoring?.removeEventListener('standing:change', this.#onStanding)
  }

  /** Neither let in nor kept: it has misbehaved, and nobody has put it, or where it is, on the allow list. */
  isTurnedAway (peerId: PeerId | string, multiaddr?: Multiaddr): boolean {
    const { scoring, bans } = this.#context
    const standing = scoring().standing(peerId)
    return (standing === 'refused' || standing === 'banned') && bans().isAllowed?.(peerId, multiaddr) !== true
  }

  /** Nobody is connected but such: better them than nobody. */
  isIsolated (): boolean {
    return this.#context.peers.all().every(peer => peer.goodbye != null || this.#isUnwanted(peer))
  }

  /** Somebody has come: parts with whom this node does not want, or no longer has to put up with. */
  review (): void {
    if (this.isIsolated()) return
    for (const peer of this.#context.peers.all()) this.#consider(peer, this.#context.scoring().standing(peer.peerId))
  }

  readonly #onStanding = ({ detail: { peerId, standing } }: ScoringEvents['standing:change']): void => {
    const peer = this.#context.peers.get(peerId)
    if (peer != null) this.#consider(peer, standing)
  }

  #consider (peer: PeerState, standing: Standing): void {
    const { peers, timers } = this.#context
    if (standing === 'refused') this.#refuse(peer)
    // a ban comes with a reason of its own; it may also not come: there is no such service, or it has banned enough for now
    else if (standing === 'banned') timers.after(BAN_GRACE_MS, () => { if (peers.get(peer.id) === peer) this.#refuse(peer) })
  }

  #refuse (peer: PeerState): void {
    if (peer.goodbye == null && this.#isUnwanted(peer)) this.#farewell.partSoon(peer, 'misbehaviour', COOL_DOWN_MS.misbehaviour)
  }

  #isUnwanted ({ peerId, connections }: PeerState): boolean {
    return this.isTurnedAway(peerId, connections[0]?.remoteAddr)
  }

  readonly #onBan = ({ detail: { untilMs = Infinity } }: BansEvents['ban:added']): void => {
    const { peers, bans, clock } = this.#context
    for (const peer of peers.all()) {
      const where = peer.direction === 'inbound' ? 'inbound' : 'dial'
      const denied = peer.connections.some(({ remoteAddr }) => bans().isDenied({ peerId: peer.peerId, multiaddr: remoteAddr }, where))
      if (denied && peer.goodbye == null) this.#farewell.partSoon(peer, 'banned', untilMs - clock.now())
    }
  }
}

function withEvents<T extends EventTarget> (component: object): T | undefined {
  return 'addEventListener' in component ? component as T : undefined
}
