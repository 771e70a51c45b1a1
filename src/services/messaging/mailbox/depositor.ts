import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { describeError } from '../../../errors.ts'
import { RateLimiter } from '../../../wire/rate-limiter.ts'
import { MAX_DEPOSIT_BYTES, MAX_MAILBOXES, MESSAGE_ID_BYTES, SEND_DEPOSIT_RATE, SEND_MESSAGES } from './constants.ts'
import { depositProtocol } from './mailbox-protocols.ts'
import { dialable, targetsOf } from './reaching.ts'
import { ownSealingKey, sealMessage } from './sealed-message.ts'
import type { Logger, PeerId, PrivateKey } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { CallTarget, Protocols } from '../../protocols/index.ts'
import type { Parcel } from '../parts.ts'
import type { BookCard } from './card-book.ts'
import type { MailboxPlace } from './card.ts'
import type { MailboxStatus } from './mailbox-protocols.ts'
import type { SealingKey } from './sealed-message.ts'

export interface DepositorInit {
  self: PeerId
  privateKey: PrivateKey
  protocols: Protocols
  connectionManager: ConnectionManager
  clock: Clock
  rng: Rng
  log: Logger
  /** What this node keeps itself, if it serves mailboxes. */
  local?: (sealed: Uint8Array[]) => Promise<MailboxStatus[]>
}

type Taken = Map<string, string[]>

interface SealedParcel {
  id: string
  skip: readonly string[]
  bytes: Uint8Array
}

/** Of a request beside the messages. */
const OVERHEAD_BYTES = 16

/** Leaves messages for an absent peer with its mailboxes, sealed. */
export class Depositor {
  readonly #init: DepositorInit
  readonly #rates: RateLimiter

  constructor (init: DepositorInit) {
    this.#init = init
    this.#rates = new RateLimiter({ ...SEND_DEPOSIT_RATE, clock: init.clock })
  }

  get rated (): number {
    return this.#rates.size
  }

  /** The ids of what was taken now, each with the mailboxes that did. */
  async deposit (peer: PeerId, { card, reach }: BookCard, parcels: readonly Parcel[], signal: AbortSignal): Promise<Map<string, string[]>> {
    const taken: Taken = new Map()
    const key = this.#keyFor(peer, card.prekeys)
    if (key == null) return taken
    let places = card.mailboxes
      .filter(({ peerId }) => !peerId.equals(peer))
      .map(({ peerId, multiaddrs }) => ({ peerId, multiaddrs: dialable(multiaddrs, reach) }))
      .slice(0, MAX_MAILBOXES)
    for (let next = 0; next < parcels.length && places.length > 0 && !signal.aborted;) {
      const { sealed, count } = await this.#seal(peer, key, parcels.slice(next, next + SEND_MESSAGES))
      next += count
      if (sealed.length === 0) continue
      const willing = await Promise.all(places.map(async place => await this.#leave(place, sealed, taken, signal)))
      places = places.filter((_, i) => willing[i])
    }
    return taken
  }

  #keyFor (peer: PeerId, prekeys: ReadonlyArray<SealingKey & { notAfterMs: number }>): SealingKey | undefined {
    const prekey = prekeys.find(({ notAfterMs }) => notAfterMs > this.#init.clock.now())
    if (prekey != null) return prekey
    try {
      return ownSealingKey(peer)
    } catch (err) {
      this.#init.log('%s', describeError(err))
      return undefined
    }
  }

  /** As many as fit into one request. */
  async #seal (recipient: PeerId, key: SealingKey, parcels: readonly Parcel[]): Promise<{ sealed: SealedParcel[], count: number }> {
    const { privateKey, clock, rng, log } = this.#init
    const sealed: SealedParcel[] = []
    let room = MAX_DEPOSIT_BYTES
    for (const [i, { id, encoded, expiresMs, skip = [] }] of parcels.entries()) {
      if (expiresMs <= clock.now()) continue
      try {
        const bytes = await sealMessage({ privateKey, recipient, key, encoded, expiresMs, rng, id: sealIdOf(id) })
        room -= bytes.byteLength + OVERHEAD_BYTES
        if (room < 0) return { sealed, count: i }
        sealed.push({ id, skip, bytes })
      } catch (err) {
        log.error('message %s to %p cannot be sealed: %s', id, recipient, describeError(err))
      }
    }
    return { sealed, count: parcels.length }
  }

  /** Notes what one mailbox has taken; whether it would take more. */
  async #leave ({ peerId, multiaddrs }: MailboxPlace, all: readonly SealedParcel[], taken: Taken, signal: AbortSignal): Promise<boolean> {
    const { self, connectionManager, local, log } = this.#init
    const id = peerId.toString()
    const sealed = all.filter(({ skip }) => !skip.includes(id))
    if (sealed.length === 0) return true
    const messages = sealed.map(({ bytes }) => bytes)
    try {
      if (peerId.equals(self)) return local != null && note(id, await local(messages), sealed, taken)
      // it takes no more
      if (!this.#rates.take(id)) return false
      const targets = targetsOf(connectionManager, peerId, multiaddrs)
      return note(id, await this.#ask(targets, messages, signal), sealed, taken)
    } catch (err) {
      log('mailbox %p took nothing: %s', peerId, describeError(err))
      return false
    }
  }

  async #ask (targets: readonly CallTarget[], sealed: Uint8Array[], signal: AbortSignal): Promise<MailboxStatus[]> {
    let failure: unknown
    for (const target of targets) {
      try {
        return (await this.#init.protocols.request(target, depositProtocol, { sealed }, { signal })).statuses
      } catch (err) {
        if (signal.aborted) throw err
        failure = err
      }
    }
    throw failure
  }
}

/** The same whenever a message is sealed again, so that no mailbox keeps it twice; the message's own id cannot be told from it. */
function sealIdOf (id: string): Uint8Array {
  return sha256(utf8ToBytes(`peerkeep-messaging-sealed-id/${id}`)).subarray(0, MESSAGE_ID_BYTES)
}

/** Whether another message has a chance. */
function note (mailbox: string, statuses: readonly MailboxStatus[], sealed: readonly SealedParcel[], taken: Taken): boolean {
  for (const [i, { id }] of sealed.entries()) if (statuses[i] === 'ok') taken.set(id, [...taken.get(id) ?? [], mailbox])
  return statuses.includes('ok')
}
