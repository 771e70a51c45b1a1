import type { PeerId } from '@libp2p/interface'
import type { EventSchema, MessageContext, OnOptions } from './index.ts'

/** What the parts of messaging ask of each other. */

export type Encoding = 'json' | 'bytes'

export interface Payload {
  encoding: Encoding
  bytes: Uint8Array
}

/** `unknown`: nobody registered it. `invalid`: it does not fit the schema. `failed`: the handler threw. */
export type Dispatched = 'handled' | 'unknown' | 'invalid' | 'failed'

/** Which events this node takes, and what becomes of them. */
export interface Registry {
  on<T> (event: string, schema: EventSchema<T>, handler: (data: T, context: MessageContext) => void | Promise<void>, options?: OnOptions<T>): () => void
  /** Checked against the schema registered here, if any. Throws `MESSAGING_INVALID`. */
  encode (event: string, data: unknown): Payload
  dispatch (event: string, payload: Payload, context: MessageContext): Promise<Dispatched>
}

/** `done`: delivered, known or refused for good, a mailbox may forget it. `later`: keep it. `invalid`: no honest sender makes it. */
export type Taken = 'done' | 'later' | 'invalid'

/** Where direct messages arrive, whichever way they came. */
export interface Intake {
  /**
   * `encoded` is the protobuf `Message` of `protocols/messaging`. Resolves within about half a second. What is `done` is on the disk, and so is that
   * its sender has to be told: a mailbox may delete it.
   */
  take (encoded: Uint8Array, from: { sender: PeerId, via: PeerId, how: 'direct' | 'mailbox' }): Promise<Taken>
}

export interface Parcel {
  /** Hexadecimal. */
  id: string
  encoded: Uint8Array
  expiresMs: number
  /** Mailboxes that have it already and need not be asked. */
  skip?: readonly string[]
}

/** Carries messages to peers that are away. */
export interface Courier {
  /** Seals them to the peer and leaves them with its mailboxes; resolves to the ids that at least one took, each with those that did. Empty when nothing is known of the peer. */
  deposit (peer: PeerId, parcels: Parcel[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>>
  /** The mailboxes on the card at hand, if any. */
  mailboxesOf (peer: PeerId): readonly string[]
}
