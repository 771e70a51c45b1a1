import { optionalComponent } from '../../components.ts'
import { timeoutSignal } from '../../util/clock.ts'
import { whereabouts } from '../../util/whereabouts.ts'
import { ProtocolError } from './errors.ts'
import { connectionsTo, pickConnection, readTarget } from './target.ts'
import type { Connection, PeerId, PeerRouting, PeerStore } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Guides } from '../../util/whereabouts.ts'
import type { ProtocolsContext } from './context.ts'
import type { CallTarget } from './index.ts'
import type { Callee } from './target.ts'

export interface ConnectOptions {
  timeoutMs: number
  signal?: AbortSignal
  runOnLimitedConnection: boolean
}

/** Finds the connection to call over, or opens one. */
export class Connector {
  readonly #components: { peerId: PeerId, connectionManager: ConnectionManager }
  readonly #context: ProtocolsContext
  #stopping = new AbortController()

  constructor (components: { peerId: PeerId, connectionManager: ConnectionManager }, context: ProtocolsContext) {
    this.#components = components
    this.#context = context
  }

  start (): void {
    this.#stopping = new AbortController()
  }

  stop (reason: ProtocolError): void {
    this.#stopping.abort(reason)
  }

  /** Throws `PROTOCOL_PEER_INVALID`. */
  read (target: CallTarget): Callee {
    const callee = readTarget(target)
    if (callee.peerId != null && this.#components.peerId.equals(callee.peerId)) throw new ProtocolError('PROTOCOL_PEER_INVALID', `${callee.text} is this node itself: call the handler instead`)
    return callee
  }

  /** The open connection, if there is one that will do. Throws `PROTOCOL_RELAYED`, `PROTOCOL_UNREACHABLE`. */
  existing ({ connection, peerId, multiaddrs, text }: Callee, runOnLimited: boolean): Connection | undefined {
    const { connectionManager } = this.#components
    if (connection == null) {
      const connections = peerId == null ? connectionsTo(multiaddrs, connectionManager.getConnections()) : connectionManager.getConnections(peerId)
      return pickConnection(connections, runOnLimited)
    }
    if (connection.status !== 'open') throw new ProtocolError('PROTOCOL_UNREACHABLE', `the connection to ${text} is ${connection.status}: call the peer instead, and it is dialled`)
    if (connection.limits != null && !runOnLimited) throw relayed(text)
    return connection
  }

  /** Components that this service on its own may not have. */
  get #guides (): Guides {
    return { peerStore: optionalComponent<PeerStore>(this.#components, 'peerStore'), peerRouting: optionalComponent<PeerRouting>(this.#components, 'peerRouting') }
  }

  /** Rejects with `PROTOCOL_DENIED`, `PROTOCOL_UNREACHABLE`, `PROTOCOL_RELAYED`, `PROTOCOL_ABORTED`, `PROTOCOL_STOPPED`. */
  async dial (callee: Callee, { timeoutMs, signal, runOnLimitedConnection }: ConnectOptions): Promise<Connection> {
    const { connectionManager } = this.#components
    const { peerId, multiaddrs, text } = callee
    if (peerId != null && this.#context.bans.isDenied({ peerId }, 'dial')) throw new ProtocolError('PROTOCOL_DENIED', `${text} is banned by this node`)
    const stopping = this.#stopping.signal
    const deadline = timeoutSignal(this.#context.clock, timeoutMs, signal == null ? stopping : AbortSignal.any([signal, stopping]))
    let connection: Connection
    try {
      const addresses = multiaddrs.length > 0 || peerId == null ? multiaddrs : await whereabouts(peerId, this.#guides, deadline.signal)
      deadline.signal.throwIfAborted()
      if (addresses.length === 0) throw new Error('no address of it is known')
      connection = await connectionManager.openConnection(addresses, { signal: deadline.signal })
    } catch (err) {
      if (stopping.aborted) throw stopping.reason
      if (signal?.aborted === true) throw new ProtocolError('PROTOCOL_ABORTED', `calling ${text} was aborted by this side while it was dialled`, { cause: signal.reason })
      if (peerId != null && connectionManager.getConnections(peerId).some(({ status, limits }) => status === 'open' && limits != null)) throw relayed(text, err)
      if (isDenied(err)) throw new ProtocolError('PROTOCOL_DENIED', `this node refuses to dial ${text}`, { cause: err })
      const why = deadline.signal.aborted ? `not within ${timeoutMs} ms` : err instanceof Error ? err.message : String(err)
      throw new ProtocolError('PROTOCOL_UNREACHABLE', `${text} cannot be reached: ${why}`, { cause: err })
    } finally {
      deadline.clear()
    }
    // not every transport checks it
    if (peerId != null && !peerId.equals(connection.remotePeer)) throw new ProtocolError('PROTOCOL_UNREACHABLE', `${connection.remotePeer.toString()} is at the address of ${text}`)
    if (connection.limits != null && !runOnLimitedConnection) throw relayed(text)
    return connection
  }
}

function relayed (text: string, cause?: unknown): ProtocolError {
  return new ProtocolError('PROTOCOL_RELAYED', `there is only a relayed connection to ${text}, and the protocol does not run on those: set runOnLimitedConnection if it may`, { cause })
}

function isDenied (err: unknown): boolean {
  if (err instanceof AggregateError) return err.errors.length > 0 && err.errors.every(isDenied)
  return err instanceof Error && err.name === 'DialDeniedError'
}
