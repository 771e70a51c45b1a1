import type { Offence } from '../../components.ts'
import type { Codec } from '../../wire/protocol.ts'

/**
 * `request`: one request, one answer. `notify`: one message, no answer. `stream`: one request, any number of items.
 * `duplex`: any number of messages both ways.
 */
export type Shape = 'request' | 'notify' | 'stream' | 'duplex'

/** What a caller can do wrong, in the words of a protocol's map of offences. */
export type ProtocolFault = 'undecodable' | 'invalid' | 'oversize' | 'timeout' | 'rate-limited'

interface Common<Request> {
  /** What the side that calls says: one message, or for `duplex` any number. */
  request: Codec<Request>
  /** Bytes of one message, either way. @default 65_536 */
  maxMessageBytes?: number
  /** Bytes of one answer or item, where they may be of another size. @default maxMessageBytes */
  maxResponseBytes?: number
  /**
   * For `request` and `notify`: until the answer is here. For `stream` and `duplex`: the longest silence, of the side whose
   * turn it is. @default 10_000
   */
  timeoutMs?: number
  /** Calls taken from one peer; a quarter of it from one that is discouraged. All peers of a public host share four times as much, of a subnet sixteen times. @default { perSecond: 100, burst: 200 } */
  rate?: { perSecond: number, burst: number }
  /** What each fault costs the caller. @default undecodable and oversize: severe; invalid: moderate; timeout and rate-limited: minor */
  offences?: Partial<Record<ProtocolFault, Offence | undefined>>
  /** Calls of one connection that are answered at a time; more are told `busy`. @default 256; 32 for stream and duplex */
  maxConcurrent?: number
  /** Whether a relayed connection will do. @default false */
  runOnLimitedConnection?: boolean
}

interface Named {
  /** `/shop/quote/1.0.0`; several versions of the same messages newest first: the newest that the other side knows is used. */
  id: string | readonly string[]
}

export interface RequestInit<Request, Response> extends Common<Request>, Named { shape?: 'request', response: Codec<Response> }
export interface NotifyInit<Request> extends Common<Request>, Named { shape: 'notify', response?: undefined }
export interface StreamInit<Request, Item> extends Common<Request>, Named { shape: 'stream', response: Codec<Item> }
export interface DuplexInit<Request, Response> extends Common<Request>, Named { shape: 'duplex', response: Codec<Response> }

/** A protocol as a value, made by `defineProtocol`; every default filled in. */
export interface Protocol<S extends Shape = Shape, Request = unknown, Response = unknown> {
  readonly shape: S
  /** Newest first; at least one. */
  readonly ids: readonly [string, ...string[]]
  readonly request: Codec<Request>
  /** Of `notify`: one for nothing. */
  readonly response: Codec<Response>
  readonly maxRequestBytes: number
  readonly maxResponseBytes: number
  readonly timeoutMs: number
  readonly rate: Readonly<{ perSecond: number, burst: number }>
  readonly offences: Readonly<Partial<Record<ProtocolFault, Offence>>>
  readonly maxConcurrent: number
  readonly runOnLimitedConnection: boolean
  /**
   * Memory for a message of the caller's, of at least this length, when one as long has come before: for a protocol that knows
   * when it can be used again. @default each message has its own
   */
  readonly room?: (length: number) => Uint8Array | undefined
}
