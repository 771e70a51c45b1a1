import { BansError } from './bans-error.ts'
import { GOODBYE_MS } from './constants.ts'
import type { Connection, Logger, PeerId } from '@libp2p/interface'
import type { Clock, Timer } from '../../util/clock.ts'
import type { BansComponents } from './index.ts'

export interface CutOffInit {
  clock: Clock
  log: Logger
  isDenied (connection: Connection): boolean
}

/** Closes the connections of those who are banned, when the pool has had time to say goodbye. */
export class CutOff {
  readonly #components: BansComponents
  readonly #init: CutOffInit
  readonly #timers = new Set<Timer>()

  constructor (components: BansComponents, init: CutOffInit) {
    this.#components = components
    this.#init = init
  }

  start (): void {
    this.#components.events.addEventListener('connection:open', this.#onOpen)
  }

  stop (): void {
    this.#components.events.removeEventListener('connection:open', this.#onOpen)
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  /** A ban has begun: of this peer, or of an address. */
  later (peerId: PeerId | undefined): void {
    const denied = (): Connection[] => this.#components.connectionManager.getConnections(peerId).filter(connection => this.#init.isDenied(connection))
    if (denied().length === 0) return
    const timer = this.#init.clock.after(GOODBYE_MS, () => {
      this.#timers.delete(timer)
      for (const connection of denied()) this.#abort(connection)
    })
    this.#timers.add(timer)
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    // it was past the gater when the ban began; libp2p is still telling everybody of the connection
    if (this.#init.isDenied(connection)) queueMicrotask(() => this.#abort(connection))
  }

  #abort (connection: Connection): void {
    this.#init.log('cut off %p at %a', connection.remotePeer, connection.remoteAddr)
    connection.abort(new BansError('BANS_DENIED', `${connection.remotePeer.toString()}, or its address, is banned`))
  }
}
