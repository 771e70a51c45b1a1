import { ClockWatch } from './clock-watch.ts'
import { SURPLUS_LINGER_MS, TICK_MS } from './constants.ts'
import { dialPace, excessPeers, wantedPeers } from './demand.ts'
import type { PoolContext } from './context.ts'
import type { Dialler } from './dialler.ts'
import type { Farewell } from './farewell.ts'
import type { PeerState } from './peers.ts'
import type { Selection } from './selection.ts'

export interface BalanceInit {
  dialler: Dialler
  farewell: Farewell
  selection: Selection
}

/** Keeps the number of peers between the limits: dials when there are too few, lets go of some when there are too many. */
export class Balance {
  readonly #context: PoolContext
  readonly #init: BalanceInit
  readonly #watch: ClockWatch
  #running = false
  #filling = false

  constructor (context: PoolContext, init: BalanceInit) {
    this.#context = context
    this.#init = init
    this.#watch = new ClockWatch(context.clock, TICK_MS)
  }

  start (): void {
    this.#running = true
    this.#watch.start()
    this.#context.timers.every(TICK_MS, () => this.#tick())
    this.fillSoon()
  }

  /** The beat ends with the timers. */
  stop (): void {
    this.#running = false
  }

  /** Once for all that happens in this turn of the event loop. */
  fillSoon (): void {
    if (this.#filling || !this.#running) return
    this.#filling = true
    queueMicrotask(() => {
      this.#filling = false
      this.#fill(false)
    })
  }

  /** More peers than the limits allow, because they were lowered or because other modules dialled. */
  trim (): void {
    const { peers, limits, clock } = this.#context
    const excess = excessPeers(peers.occupancy(), limits())
    for (const direction of ['outbound', 'inbound'] as const) {
      for (const { peer, why } of this.#init.selection.worst(this.#evictable(direction), excess[direction], clock.monotonic())) this.#evict(peer, why)
    }
  }

  makeRoomFor (newcomer: PeerState): void {
    const { peers, scoring, timers } = this.#context
    const victim = scoring().isDiscouraged(newcomer.peerId) ? undefined : this.#init.selection.plan(this.#evictable('inbound').filter(peer => peer !== newcomer))
    if (victim != null) {
      this.#evict(victim.peer, victim.why)
      return
    }
    newcomer.surplus = true
    timers.after(SURPLUS_LINGER_MS, () => {
      if (peers.get(newcomer.id) === newcomer) this.#init.farewell.partSoon(newcomer, 'too-many-peers')
    })
  }

  #evictable (direction: 'inbound' | 'outbound'): PeerState[] {
    return this.#context.peers.holding().filter(peer => peer.direction === direction && !peer.explicit)
  }

  #evict (peer: PeerState, why: string): void {
    this.#context.emit('peer:evicted', { peerId: peer.peerId, why })
    this.#init.farewell.partSoon(peer, 'evicted')
  }

  #tick (): void {
    const { solitude, clock, peers, emit } = this.#context
    const gapMs = this.#watch.beat()
    if (gapMs != null) {
      this.#init.dialler.reset()
      emit('pool:woke', { gapMs })
    }
    const wasConnected = solitude.state === 'connected'
    if (solitude.beat(clock.monotonic(), peers.size === 0)) {
      if (wasConnected) this.#init.dialler.reset()
      emit('pool:isolated', undefined)
    }
    this.trim()
    this.#fill(true)
  }

  #fill (isBeat: boolean): void {
    if (!this.#running) return
    const { peers, limits, emit } = this.#context
    const { dialler } = this.#init
    const occupancy = peers.occupancy()
    const missing = dialler.fill(wantedPeers(occupancy, limits()), dialPace(occupancy, dialler.dialing, isBeat), peers.outboundGroups())
    if (missing > 0) emit('pool:demand', { wanted: missing })
  }
}
