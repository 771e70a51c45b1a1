import type { Offence } from '../components.ts'

/** Bytes to value and back. `decode` throws on anything that is not one whole, valid message. */
export interface Codec<T> {
  encode (value: T): Uint8Array
  decode (bytes: Uint8Array): T
}

/** What can go wrong with a message, in the words of the offence map of a protocol. */
export type WireFault = 'undecodable' | 'oversize' | 'timeout' | 'rate-limited' | 'reset'

/**
 * A protocol as a value: one length-prefixed request on a stream, the sender half-closes, one length-prefixed response
 * (or none), both close. Framing: unsigned varint length, then the codec's bytes (as in libp2p's own protocols).
 */
export interface MessageProtocol<Request, Response = void> {
  /** `/peerkeep/<service>/<message>/<semver>` */
  readonly id: string
  readonly request: Codec<Request>
  /** Absent for one-way messages. */
  readonly response?: Codec<Response>
  readonly maxRequestBytes: number
  /** Ignored for one-way messages. */
  readonly maxResponseBytes: number
  /** For the whole exchange. */
  readonly timeoutMs: number
  readonly maxInboundStreams: number
  readonly maxOutboundStreams: number
  /** Requests accepted from one peer. */
  readonly rate: { perSecond: number, burst: number }
  /** Whether a relayed connection will do. @default false */
  readonly runOnLimitedConnection?: boolean
  /** What each fault costs the peer; absent is nothing. */
  readonly offences: Partial<Record<WireFault, Offence>>
}
