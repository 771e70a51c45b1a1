import { RPC } from '@libp2p/gossipsub/message'
import { concat } from 'uint8arrays/concat'
import { describeError } from '../../errors.ts'
import { replace } from './tap.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { Logger } from '@libp2p/interface'
import type { OpenGossipSub } from './open-gossipsub.ts'

/** So many microtasks in a row must pass without another message: what came in one piece is passed on in one. */
const QUIET_MICROTASKS = 12
/**
 * In one transmission, and then there is a rest: go-libp2p drops what comes while 32 messages wait to be verified. These are
 * 2,000 a second, five times as many as guards let a neighbour send.
 */
const MAX_MESSAGES = 8
const REST_MS = 4
/** In one transmission: what fits into one encrypted message. */
const MAX_BYTES = 60 * 1024
/** When more waits for one neighbour, it does not rest. */
const MAX_WAITING_BYTES = 1024 * 1024

/** For one neighbour, oldest first. */
interface Waiting {
  messages: Array<{ message: RPC.Message, encoded: Uint8Array }>
  bytes: number
  rest?: Timer
}

/**
 * Makes gossipsub send a neighbour the messages of one moment together: each transmission costs several times what a message
 * of a kilobyte does, here and there. Control messages are sent at once, after the messages before them.
 */
export class Gathering {
  readonly #pubsub: OpenGossipSub
  readonly #clock: Clock
  readonly #log: Logger
  readonly #neighbours = new Map<string, Waiting>()
  #last?: { message: RPC.Message, encoded: Uint8Array }
  #scheduled = false
  #quiet = 0

  constructor (pubsub: OpenGossipSub, clock: Clock, log: Logger) {
    this.#pubsub = pubsub
    this.#clock = clock
    this.#log = log
  }

  /** Neighbours for whom something waits, or who rest. */
  get size (): number {
    return this.#neighbours.size
  }

  /** Returns how to stop, with nothing left unsent. */
  start (): () => void {
    const undo = [
      replace(this.#pubsub, 'sendRpc', original => (peer, rpc) => {
        if (isOnlyMessages(rpc)) return this.#add(peer, rpc)
        this.#empty(peer)
        return original(peer, rpc)
      }),
      replace(this.#pubsub, 'sendRpcInBatch', original => (peers, rpc) => {
        if (!isOnlyMessages(rpc)) {
          original(peers, rpc)
          return
        }
        for (const peer of peers) {
          if (!this.#add(peer, rpc)) peers.delete(peer)
        }
      })
    ]
    return () => {
      for (const restore of undo) restore()
      for (const peer of this.#neighbours.keys()) {
        this.#empty(peer)
        this.#forget(peer)
      }
    }
  }

  /** False when there is no way to send it. */
  #add (peer: string, { messages }: RPC): boolean {
    if (!this.#pubsub.streamsOutbound.has(peer)) return false
    const waiting = this.#neighbours.get(peer) ?? { messages: [], bytes: 0 }
    this.#neighbours.set(peer, waiting)
    for (const message of messages) {
      const encoded = this.#encode(message)
      waiting.messages.push({ message, encoded })
      waiting.bytes += encoded.byteLength
    }
    if (waiting.bytes > MAX_WAITING_BYTES) this.#empty(peer)
    this.#quiet = 0
    if (!this.#scheduled) queueMicrotask(this.#onMicrotask)
    this.#scheduled = true
    return true
  }

  /** As it is now: whoever has its bytes may use them for something else. It goes to one neighbour after the other. */
  #encode (message: RPC.Message): Uint8Array {
    if (this.#last?.message !== message) this.#last = { message, encoded: RPC.encode({ subscriptions: [], messages: [message] }) }
    return this.#last.encoded
  }

  readonly #onMicrotask = (): void => {
    this.#scheduled = this.#quiet++ < QUIET_MICROTASKS
    if (this.#scheduled) {
      queueMicrotask(this.#onMicrotask)
      return
    }
    this.#last = undefined
    for (const [peer, { rest }] of this.#neighbours) {
      if (rest == null) this.#sendNext(peer)
    }
  }

  #sendNext (peer: string): void {
    const waiting = this.#neighbours.get(peer)
    if (waiting == null) return
    const sent = this.#send(peer, waiting)
    if (waiting.messages.length === 0 && sent < MAX_MESSAGES) this.#forget(peer)
    else waiting.rest = this.#clock.after(REST_MS, () => { this.#sendNext(peer) })
  }

  #empty (peer: string): void {
    const waiting = this.#neighbours.get(peer)
    if (waiting == null) return
    while (this.#send(peer, waiting) > 0);
  }

  /** Returns how many messages were in the transmission. */
  #send (peer: string, waiting: Waiting): number {
    let [count, bytes] = [0, 0]
    for (const { encoded } of waiting.messages) {
      if (count === MAX_MESSAGES || (count > 0 && bytes + encoded.byteLength > MAX_BYTES)) break
      count++
      bytes += encoded.byteLength
    }
    const batch = waiting.messages.splice(0, count)
    waiting.bytes -= bytes
    if (count === 0) return 0
    try {
      const stream = this.#pubsub.streamsOutbound.get(peer)
      if (stream == null) throw new Error('it is no longer connected')
      // transmissions one after the other are, read as one, all their messages
      stream.push(concat(batch.map(({ encoded }) => encoded), bytes))
      this.#pubsub.metrics?.onRpcSent({ subscriptions: [], messages: batch.map(({ message }) => message) }, bytes)
    } catch (err) {
      this.#log('%d messages for %s are lost: %s', count, peer, describeError(err))
    }
    return count
  }

  #forget (peer: string): void {
    this.#neighbours.get(peer)?.rest?.cancel()
    this.#neighbours.delete(peer)
  }
}

function isOnlyMessages ({ messages, subscriptions, control }: RPC): boolean {
  return messages.length > 0 && subscriptions.length === 0 && control == null
}
