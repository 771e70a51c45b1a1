/**
 * @packageDocumentation
 *
 * Typed custom protocols that look after themselves: framing, validation, limits, rates, timeouts, errors with a code, and
 * penalties for whoever breaks the rules. A protocol is a value; any number of requests share one stream, and a node in any
 * other language calls the same id with a plain stream and twenty lines.
 *
 * It knows nothing of what is said: messages that wait for absent peers are messaging's.
 *
 * @example
 *
 * ```ts
 * import { createAppNode, defineProtocol, json } from 'peerkeep'
 * import * as z from 'zod'
 *
 * const quote = defineProtocol({
 *   id: '/shop/quote/1.0.0',
 *   request: json(z.object({ item: z.string() })),
 *   response: json(z.object({ price: z.number() })),
 *   rate: { perSecond: 10, burst: 20 }
 * })
 * const shop = await createAppNode({ listen: ['/ip4/127.0.0.1/tcp/0'] })
 * await shop.services.protocols.handle(quote, ({ item }) => ({ price: item.length }))
 *
 * const customer = await createAppNode()
 * const { price } = await customer.services.protocols.request(shop.getMultiaddrs(), quote, { item: 'tea' })
 * ```
 */
import { ProtocolsService } from './service.ts'
import type { ComponentLogger, Connection, Metrics, PeerId, StreamHandler } from '@libp2p/interface'
import type { ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Offence, ServiceInit } from '../../components.ts'
import type { Priority } from '../../wire/mux/priority.ts'
import type { Protocol, ProtocolFault, Shape } from './definition.ts'

export { bytes, codec, json } from './codecs.ts'
export { defineProtocol } from './define.ts'
export { ProtocolError, ProtocolFailure } from './errors.ts'
export type { DuplexInit, NotifyInit, Protocol, ProtocolFault, RequestInit, Shape, StreamInit } from './definition.ts'
export type { ProtocolErrorCode } from './errors.ts'
export type { Priority } from '../../wire/mux/priority.ts'
export type { Codec } from '../../wire/protocol.ts'

/** Whom to call: over the open connection to that peer, else it is dialled. A connection is used as it is. */
export type CallTarget = PeerId | string | Multiaddr | Multiaddr[] | Connection

export interface CallOptions {
  /** Leaves the call; the handler's signal aborts too. */
  signal?: AbortSignal
  /** Instead of the protocol's. */
  timeoutMs?: number
  /** Who overtakes whom on the way out, among the calls of one protocol to one peer. @default 'normal' */
  priority?: Priority
}

export interface CallContext {
  peerId: PeerId
  connection: Connection
  /** The id that the caller used. */
  protocol: string
  /** Aborts when the caller leaves, at the deadline, and when the protocol is no longer served. */
  readonly signal: AbortSignal
}

/** Both ways at once. Ends when both sides have closed; breaking out of the loop aborts. */
export interface Duplex<Sent, Received> extends AsyncIterable<Received> {
  /** Resolves when there is room for more; bytes must not change for as long as the call lives. In order, also of several at once. */
  send (message: Sent): Promise<void>
  /** Says that nothing more comes from this side. */
  closeWrite (): Promise<void>
  /** Ends both ways. The other side is told `cancelled`. */
  abort (reason?: Error): void
}

export interface Handlers<Request, Response> {
  request: (request: Request, context: CallContext) => Response | Promise<Response>
  notify: (message: Request, context: CallContext) => void | Promise<void>
  stream: (request: Request, context: CallContext) => AsyncIterable<Response>
  duplex: (messages: AsyncIterable<Request>, context: CallContext) => AsyncIterable<Response>
}

export interface GuardOptions {
  /** Streams taken from one peer. @default { perSecond: 10, burst: 20 } */
  rate?: { perSecond: number, burst: number }
  /** Open at a time on one connection. @default 32 */
  maxInboundStreams?: number
  /** A stream on which nothing arrives for so long is aborted. @default 60_000 */
  idleMs?: number
  /** Bytes taken from one stream. @default no limit */
  maxBytes?: number
  /** What a stream over the rate, or over `maxBytes`, costs. @default minor, severe */
  offences?: { 'rate-limited'?: Offence, oversize?: Offence }
  runOnLimitedConnection?: boolean
}

/** How a protocol has done so far. Times in milliseconds, of the last 512 calls. */
export interface ProtocolSnapshot {
  ids: readonly string[]
  shape: Shape | 'raw'
  /** Null when it is only called, not served. */
  served: null | { calls: number, failed: number, active: number, streams: number, faults: Record<ProtocolFault, number>, crowded: number, p50Ms: number, p95Ms: number }
  called: { calls: number, failed: number, active: number, streams: number, p50Ms: number, p95Ms: number }
  limits: { maxRequestBytes: number, maxResponseBytes: number, timeoutMs: number, rate: { perSecond: number, burst: number }, maxConcurrent: number }
}

export interface ProtocolsSnapshot {
  protocols: ProtocolSnapshot[]
  gauges: Record<string, number>
}

/** Every call rejects with a `ProtocolError` within its time: see `ProtocolErrorCode`. */
export interface Protocols {
  /** Serves a protocol until `unhandle`. Rejects with `PROTOCOL_ALREADY_HANDLED`. */
  handle<S extends Shape, Request, Response> (protocol: Protocol<S, Request, Response>, handler: Handlers<Request, Response>[S]): Promise<void>
  /** Takes back a protocol, or the id of a guarded handler; what is going on is aborted. */
  unhandle (protocol: Protocol<Shape, never, never> | Protocol | string): Promise<void>
  request<Request, Response> (target: CallTarget, protocol: Protocol<'request', Request, Response>, message: Request, options?: CallOptions): Promise<Response>
  /** Resolves when the other side's handler has taken it. */
  notify<Request> (target: CallTarget, protocol: Protocol<'notify', Request, void>, message: Request, options?: CallOptions): Promise<void>
  /**
   * Items as they come; the call begins with the loop. The other side waits when nobody takes them, for 5 minutes at a stretch;
   * leaving the loop ends the call.
   */
  stream<Request, Item> (target: CallTarget, protocol: Protocol<'stream', Request, Item>, message: Request, options?: CallOptions): AsyncIterable<Item>
  duplex<Request, Response> (target: CallTarget, protocol: Protocol<'duplex', Request, Response>, options?: CallOptions): Promise<Duplex<Request, Response>>
  /** Gives a raw libp2p handler rates, limits and penalties. */
  guard (id: string, handler: StreamHandler, options?: GuardOptions): Promise<void>
  snapshot (): ProtocolsSnapshot
}

/** A rate in calls a second and the host rules as for scoring. */
export interface ProtocolsInit extends ServiceInit {
  /** Count loopback and private addresses like public ones. @default false */
  localAsPublic?: boolean
}

export interface ProtocolsComponents {
  peerId: PeerId
  connectionManager: ConnectionManager
  registrar: Registrar
  logger: ComponentLogger
  metrics?: Metrics
}

/** Uses the optional components `scoring`, `bans` and `pool`. */
export function protocols (init: ProtocolsInit = {}): (components: ProtocolsComponents) => Protocols {
  return (components) => new ProtocolsService(components, init)
}
