import { StreamCloseEvent } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import type { Connection, Libp2pEvents, MessageStreamEvents, PeerId, TypedEventTarget } from '@libp2p/interface'

export interface StubConnectionInit {
  /** @default '/ip4/93.184.216.34/tcp/4001' */
  from?: string
  /** @default 'inbound' */
  direction?: 'inbound' | 'outbound'
}

let connections = 0

/** A connection without a wire: what services hear of one, ended by hand. */
export class StubConnection extends TypedEventEmitter<MessageStreamEvents> {
  readonly id = `stub-${connections++}`
  readonly remotePeer: PeerId
  readonly remoteAddr
  readonly direction: 'inbound' | 'outbound'
  readonly streams: never[] = []
  readonly timeline = { open: 0 }
  status: 'open' | 'closed' = 'open'
  rtt?: number
  limits?: undefined

  constructor (remotePeer: PeerId, { from = '/ip4/93.184.216.34/tcp/4001', direction = 'inbound' }: StubConnectionInit = {}) {
    super()
    this.remotePeer = remotePeer
    this.remoteAddr = multiaddr(from)
    this.direction = direction
  }

  /** Opened, as libp2p would say. */
  static open (events: TypedEventTarget<Libp2pEvents>, remotePeer: PeerId, init?: StubConnectionInit): StubConnection {
    const connection = new StubConnection(remotePeer, init)
    events.safeDispatchEvent('connection:open', { detail: connection as unknown as Connection })
    return connection
  }

  /** By this node. */
  async close (): Promise<void> {
    this.#end()
  }

  /** By this node, in haste. */
  abort (err: Error): void {
    this.#end(err)
  }

  /** By the other one. */
  closeThere (): void {
    this.#end()
  }

  /** By nobody: the link broke. */
  fail (err = new Error('ECONNRESET')): void {
    this.#end(err)
  }

  #end (err?: Error): void {
    if (this.status === 'closed') return
    this.status = 'closed'
    this.dispatchEvent(new StreamCloseEvent(undefined, err))
  }
}
