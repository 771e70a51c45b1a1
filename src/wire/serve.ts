import { describeError } from '../errors.ts'
import { timeoutSignal } from '../util/clock.ts'
import { addressFacts } from '../util/netgroup.ts'
import { CrowdLimiter } from './crowd-limiter.ts'
import { toWireError, WireAbortedError, WireOversizeError, WireRateLimitedError } from './errors.ts'
import { boundStream, readOne } from './one-message.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { WireError } from './errors.ts'
import type { PlainStream } from './plain/plain-stream.ts'
import type { MessageProtocol, WireFault } from './protocol.ts'
import type { Offence } from '../components.ts'
import type { Clock } from '../util/clock.ts'
import type { AddressFacts, NetgroupOptions } from '../util/netgroup.ts'
import type { ComponentLogger, Connection, Logger, PeerId, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

export interface ServeContext {
  peerId: PeerId
  connection: Connection
  /** Aborts at the protocol's deadline and when the server stops. A handler that waits must heed it. */
  signal: AbortSignal
}

/** Turns a request into a response. What it throws is logged and resets the stream; it costs the remote nothing. */
export type Handler<Request, Response> = (request: Request, context: ServeContext) => Promise<Response> | Response

export interface ServeOptions {
  clock: Clock
  /** What counts as a public address: the peers of one host share a rate, four times that of a peer. */
  netgroups?: NetgroupOptions
  /** A remote broke the protocol. `evidence` is the start of what it sent. */
  onFault?: (peerId: PeerId, fault: WireFault, offence: Offence | undefined, evidence?: Uint8Array) => void
}

export interface ServeSnapshot {
  id: string
  /** Requests answered, or taken when there is no answer. */
  served: number
  /** Handlers that threw. */
  failed: number
  /** Exchanges going on. */
  active: number
  faults: Record<WireFault, number>
  /** Requests turned away because all peers of a host, or a subnet, together sent too many: nobody's fault in particular. */
  crowded: number
  /** Peers whose rate is remembered; at most 1,024, like the hosts and the subnets. */
  ratedPeers: number
  ratedHosts: number
  ratedSubnets: number
}

export interface Server {
  start (): Promise<void>
  /** Takes the protocol back and aborts what is going on. */
  stop (): Promise<void>
  snapshot (): ServeSnapshot
}

/**
 * Serves a protocol. Every stream ends within the protocol's `timeoutMs`, whatever the remote does: closed when the
 * exchange went well, aborted when it did not. A peer over its rate, or of a host or subnet over its own, is turned away
 * before a byte of its message is read.
 */
export function serve<Request, Response = void> (
  components: { registrar: Registrar, logger: ComponentLogger },
  protocol: MessageProtocol<Request, Response>,
  handler: Handler<Request, Response>,
  options: ServeOptions
): Server {
  return new ProtocolServer(components, protocol, handler, options)
}

/** A host may have several honest peers. */
const PEERS_PER_HOST = 4

class ProtocolServer<Request, Response> implements Server {
  readonly #registrar: Registrar
  readonly #log: Logger
  readonly #protocol: MessageProtocol<Request, Response>
  readonly #handler: Handler<Request, Response>
  readonly #options: ServeOptions
  readonly #rates: RateLimiter
  readonly #crowds: CrowdLimiter
  /** Read once a connection. */
  readonly #facts = new WeakMap<Connection, AddressFacts>()
  readonly #active = new Set<AbortController>()
  readonly #faults: Record<WireFault, number> = { undecodable: 0, oversize: 0, timeout: 0, 'rate-limited': 0, reset: 0 }
  #served = 0
  #failed = 0
  #crowded = 0

  constructor (components: { registrar: Registrar, logger: ComponentLogger }, protocol: MessageProtocol<Request, Response>, handler: Handler<Request, Response>, options: ServeOptions) {
    this.#registrar = components.registrar
    this.#log = components.logger.forComponent('peerkeep:wire')
    this.#protocol = protocol
    this.#handler = handler
    this.#options = options
    const { perSecond, burst } = protocol.rate
    this.#rates = new RateLimiter({ perSecond, burst, clock: options.clock })
    this.#crowds = new CrowdLimiter({ perSecond: perSecond * PEERS_PER_HOST, burst: burst * PEERS_PER_HOST, clock: options.clock })
  }

  async start (): Promise<void> {
    const { id, maxInboundStreams, maxOutboundStreams, runOnLimitedConnection = false } = this.#protocol
    await this.#registrar.handle(id, this.#onStream, { maxInboundStreams, maxOutboundStreams, runOnLimitedConnection })
  }

  async stop (): Promise<void> {
    await this.#registrar.unhandle(this.#protocol.id)
    for (const controller of this.#active) controller.abort(new WireAbortedError(`${this.#protocol.id} is no longer served`))
  }

  snapshot (): ServeSnapshot {
    return {
      id: this.#protocol.id,
      served: this.#served,
      failed: this.#failed,
      active: this.#active.size,
      faults: { ...this.#faults },
      crowded: this.#crowded,
      ratedPeers: this.#rates.size,
      ratedHosts: this.#crowds.hosts,
      ratedSubnets: this.#crowds.subnets
    }
  }

  readonly #onStream = async (stream: Stream, connection: Connection): Promise<void> => {
    const { id, timeoutMs } = this.#protocol
    const peer = connection.remotePeer.toString()
    if (!this.#rates.take(peer)) {
      const error = new WireRateLimitedError(`${peer} uses ${id} more often than allowed`, { fault: 'rate-limited' })
      stream.abort(error)
      this.#onFault(connection.remotePeer, error)
      return
    }
    if (!this.#crowds.take(this.#factsOf(connection))) {
      this.#crowded++
      stream.abort(new WireRateLimitedError(`the peers of ${connection.remoteAddr.toString()} together use ${id} more often than allowed`))
      return
    }
    const controller = new AbortController()
    this.#active.add(controller)
    const deadline = timeoutSignal(this.#options.clock, timeoutMs, controller.signal)
    // also after the answer, until the remote has closed its side
    const plain = boundStream(stream, this.#protocol.maxRequestBytes, deadline.signal, () => {
      deadline.clear()
      this.#active.delete(controller)
    })
    try {
      await this.#exchange(plain, connection, deadline.signal)
    } catch (err) {
      const aborted = controller.signal.aborted
      const timedOut = !aborted && deadline.signal.aborted
      const error = err instanceof HandlerFailure ? err : toWireError(err, { protocol: id, peer, timeoutMs, aborted, timedOut })
      stream.abort(error)
      if (error instanceof HandlerFailure) {
        this.#failed++
        this.#log.error('%s from %s: %s', id, peer, describeError(error.cause))
      } else {
        this.#onFault(connection.remotePeer, error)
      }
    }
  }

  async #exchange (plain: PlainStream, connection: Connection, signal: AbortSignal): Promise<void> {
    const { id, request, response: codec, maxResponseBytes } = this.#protocol
    const message = await readOne(plain, request)
    let answer: Uint8Array | undefined
    try {
      const response = await this.#handler(message, { peerId: connection.remotePeer, connection, signal })
      answer = codec?.encode(response)
      if (answer != null && answer.byteLength > maxResponseBytes) {
        throw new WireOversizeError(`the answer is ${answer.byteLength} bytes, ${id} allows ${maxResponseBytes}`)
      }
    } catch (err) {
      // a handler that gave up because the deadline passed did well
      signal.throwIfAborted()
      throw new HandlerFailure(err)
    }
    if (answer != null) plain.send(answer)
    plain.closeWrite()
    this.#served++
  }

  #factsOf (connection: Connection): AddressFacts {
    const known = this.#facts.get(connection)
    if (known != null) return known
    const facts = addressFacts(connection.remoteAddr, this.#options.netgroups)
    this.#facts.set(connection, facts)
    return facts
  }

  #onFault (peerId: PeerId, error: WireError): void {
    const { fault, evidence } = error
    this.#log.trace('%s', describeError(error))
    if (fault == null) return
    this.#faults[fault]++
    this.#options.onFault?.(peerId, fault, this.#protocol.offences[fault], evidence)
  }
}

/** Tells what this side did wrong from what the remote did. */
class HandlerFailure extends Error {
  constructor (cause: unknown) {
    super('the handler failed', { cause })
    this.name = 'HandlerFailure'
  }
}
