import { RateLimiter } from '../../../wire/rate-limiter.ts'
import { describeError } from '../../../errors.ts'
import { TELL_CARD_RATE, TELL_CARD_RETRY_MS } from './constants.ts'
import { cardPushProtocol } from './mailbox-protocols.ts'
import type { Connection, Logger } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { Protocols } from '../../protocols/index.ts'
import type { Card } from './card.ts'

export interface CardTellerInit {
  protocols: Protocols
  connectionManager: Pick<ConnectionManager, 'getConnections'>
  clock: Clock
  log: Logger
  /** This node's own, as it is when it is told. */
  own: () => Card | undefined
}

/** Pushes this node's card to connected peers, below the rate that they take: who cannot be told now is told later, only the newest. */
export class CardTeller {
  readonly #init: CardTellerInit
  readonly #rates: RateLimiter
  /** Connected peers that are owed the newest. */
  #late = new Set<string>()
  #timer: Timer | undefined
  #stopping = new AbortController()

  constructor (init: CardTellerInit) {
    this.#init = init
    this.#rates = new RateLimiter({ ...TELL_CARD_RATE, clock: init.clock })
  }

  get waiting (): number {
    return this.#late.size
  }

  start (): void {
    this.#stopping = new AbortController()
  }

  stop (): void {
    this.#stopping.abort()
    this.#timer?.cancel()
    this.#timer = undefined
    this.#late.clear()
  }

  /** Those of these peers that are connected. */
  tell (peers: Set<string>): void {
    const card = this.#init.own()
    if (card == null) return
    const told = new Set<string>()
    for (const connection of this.#init.connectionManager.getConnections()) {
      const id = connection.remotePeer.toString()
      if (!peers.has(id) || told.has(id)) continue
      told.add(id)
      if (this.#rates.take(id)) this.#push(connection, card.bytes)
      else this.#late.add(id)
    }
    if (this.#late.size > 0) this.#timer ??= this.#init.clock.after(TELL_CARD_RETRY_MS, () => { this.#tellLate() })
  }

  #tellLate (): void {
    this.#timer = undefined
    const late = this.#late
    this.#late = new Set()
    // whoever has gone meanwhile asks when its card gets old
    this.tell(late)
  }

  #push (connection: Connection, card: Uint8Array): void {
    const { protocols, log } = this.#init
    protocols.notify(connection, cardPushProtocol, { card }, { signal: this.#stopping.signal })
      .catch((err: unknown) => { log('telling %p the new card: %s', connection.remotePeer, describeError(err)) })
  }
}
