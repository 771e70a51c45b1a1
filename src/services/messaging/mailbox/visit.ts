import { describeError } from '../../../errors.ts'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { RateLimiter } from '../../../wire/rate-limiter.ts'
import { reachOfLink, usableAddresses } from '../../../util/reach.ts'
import { MessagingError } from '../messaging-error.ts'
import { BROKEN_WORD_MS, LEAVE_WITHIN_MS, MAX_FORMER_MAILBOXES, MAX_MAILBOX_ADDRESSES, MAX_MAILBOXES, TELL_CARD_RATE } from './constants.ts'
import { registerProtocol } from './mailbox-protocols.ts'
import { isRelayed, targetsOf, withoutPeer } from './reaching.ts'
import type { Logger, PeerId, PeerStore } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../../../util/clock.ts'
import type { CallTarget, Protocols } from '../../protocols/index.ts'
import type { Card } from './card.ts'
import type { Collected, Collector } from './collector.ts'
import type { MailboxStatus } from './mailbox-protocols.ts'
import type { UsedMailbox, UsedMailboxes } from './used-mailboxes.ts'

export interface VisitInit {
  protocols: Protocols
  connectionManager: ConnectionManager
  clock: Clock
  log: Logger
  used: UsedMailboxes
  collector: Collector
  /** This node's, to be told to its mailboxes. */
  card: () => Card | undefined
  /** A mailbox has agreed, or no longer does, or is found elsewhere: others must learn of it. */
  onChange: () => Promise<void>
  peerStore: () => PeerStore | undefined
}

const NO_CARD = new Uint8Array(0)

/** What this node does with a mailbox whenever it reaches it: registers where that is due, and gets what is there. */
export class Visit {
  readonly #init: VisitInit
  readonly #rates: RateLimiter
  /** When mailboxes that had agreed refused. */
  readonly #broken = new BoundedMap<string, number>(MAX_MAILBOXES + MAX_FORMER_MAILBOXES)

  constructor (init: VisitInit) {
    this.#init = init
    this.#rates = new RateLimiter({ ...TELL_CARD_RATE, clock: init.clock })
  }

  /** Rejects when the mailbox cannot be reached, refuses, or breaks the contract. */
  async visit (mailbox: UsedMailbox, signal: AbortSignal): Promise<Collected> {
    const { clock, card } = this.#init
    if (mailbox.untilMs != null && mailbox.untilMs <= clock.now()) return await this.#leave(mailbox, signal)
    const isWanted = mailbox.untilMs == null
    // not merely an older one: after the clock was ahead the new one has a lower number
    const isDue = isWanted && mailbox.cardSeq !== card()?.seq
    const told = isDue && this.#mayTell(mailbox.peerId)
    if (told) await this.#register(mailbox, signal)
    let collected = await this.#collect(mailbox, signal)
    // it has lost this node
    if (collected.status === 'not-owner' && isWanted && this.#mayTell(mailbox.peerId)) {
      await this.#register(mailbox, signal)
      collected = await this.#collect(mailbox, signal)
    }
    if (collected.status !== 'ok' && isWanted) throw refused(mailbox.peerId, collected.status)
    // one that broke its word is told with the next round after its time
    return { ...collected, later: collected.later || (isDue && !told && !this.#hasBrokenWord(mailbox.peerId)) }
  }

  /** Whether it may be told the card now: below the rate that it takes, and not soon after it went back on its word. */
  #mayTell (peerId: PeerId): boolean {
    return !this.#hasBrokenWord(peerId) && this.#rates.take(peerId.toString())
  }

  #hasBrokenWord (peerId: PeerId): boolean {
    const brokenMs = this.#broken.get(peerId.toString())
    return brokenMs != null && this.#init.clock.monotonic() - brokenMs < BROKEN_WORD_MS
  }

  async #collect ({ peerId, multiaddrs }: UsedMailbox, signal: AbortSignal): Promise<Collected> {
    return await this.#call(peerId, multiaddrs, signal, async target => await this.#init.collector.collect(peerId, target, signal))
  }

  async #register ({ peerId, multiaddrs }: UsedMailbox, signal: AbortSignal): Promise<void> {
    const { card, used, onChange, clock } = this.#init
    const own = card()
    if (own == null) throw new MessagingError('MESSAGING_CARD_INVALID', 'this node has no card to register with, as none could be made: see the log')
    const { status } = await this.#send(peerId, multiaddrs, own.bytes, signal)
    // it may have been given up meanwhile
    if (used.get(peerId)?.untilMs != null) return
    const hadAgreed = (used.get(peerId)?.cardSeq ?? 0) > 0
    if (status === 'ok') {
      const found = await this.#addresses(peerId, multiaddrs)
      await used.setAgreed(peerId, own.seq, found)
      if (!hadAgreed || !sameSet(found, multiaddrs)) await onChange()
      return
    }
    if (status !== 'unavailable' && hadAgreed) {
      // its yes and no go to everybody who has this node's card
      this.#broken.set(peerId.toString(), clock.monotonic())
      await used.setAgreed(peerId, 0, multiaddrs)
      await onChange()
    }
    throw refused(peerId, status)
  }

  /** Gets what is still there first: to leave deletes it. */
  async #leave (mailbox: UsedMailbox, signal: AbortSignal): Promise<Collected> {
    const { peerId, multiaddrs } = mailbox
    let collected: Collected = { received: 0, later: false, status: 'ok' }
    try {
      collected = await this.#collect(mailbox, signal)
      // what cannot be taken yet keeps it a little longer
      if (collected.later && this.#init.clock.now() < (mailbox.untilMs ?? 0) + LEAVE_WITHIN_MS) return collected
      await this.#send(peerId, multiaddrs, NO_CARD, signal)
    } catch (err) {
      this.#init.log('mailbox %p was not told that it is no longer used, and will notice by itself: %s', peerId, describeError(err))
    }
    await this.#init.used.forget(peerId)
    return { ...collected, later: false }
  }

  async #send (peerId: PeerId, multiaddrs: readonly Multiaddr[], card: Uint8Array, signal: AbortSignal): Promise<{ status: MailboxStatus }> {
    return await this.#call(peerId, multiaddrs, signal, async target => await this.#init.protocols.request(target, registerProtocol, { card }, { signal }))
  }

  async #call<T> (peerId: PeerId, multiaddrs: readonly Multiaddr[], signal: AbortSignal, call: (target: CallTarget) => Promise<T>): Promise<T> {
    const [first, second] = targetsOf(this.#init.connectionManager, peerId, multiaddrs)
    try {
      return await call(first as CallTarget)
    } catch (err) {
      if (second == null || signal.aborted || (err as { code?: unknown }).code !== 'PROTOCOL_UNREACHABLE') throw err
      return await call(second)
    }
  }

  /** Where others find it: where this node has, and what the mailbox says of itself, as far as it reaches. */
  async #addresses (peerId: PeerId, known: readonly Multiaddr[]): Promise<Multiaddr[]> {
    const [connection] = this.#init.connectionManager.getConnections(peerId)
    if (connection == null) return [...known]
    const isAmong = (address: Multiaddr, addresses: readonly Multiaddr[]): boolean => addresses.some(other => other.equals(address))
    const dialled = connection.direction === 'outbound' && !isRelayed(connection.remoteAddr) ? [withoutPeer(connection.remoteAddr)] : []
    const told = (await this.#told(peerId)).map(withoutPeer).filter(address => !isRelayed(address))
    // what others were told is changed when it has become wrong, not whenever the mailbox tells its addresses in another order
    const signs = dialled.length > 0 ? dialled : told
    if (signs.length === 0 || signs.some(address => isAmong(address, known))) return [...known]
    const unique = [...dialled, ...told, ...known].filter((address, i, all) => !isAmong(address, all.slice(0, i)))
    return usableAddresses(unique, reachOfLink(connection.remoteAddr)).slice(0, MAX_MAILBOX_ADDRESSES)
  }

  async #told (peerId: PeerId): Promise<Multiaddr[]> {
    try {
      const peer = await this.#init.peerStore()?.get(peerId)
      return peer?.addresses.map(({ multiaddr }) => multiaddr) ?? []
    } catch (err) {
      // identify may still be under way
      this.#init.log('no addresses of mailbox %p: %s', peerId, describeError(err))
      return []
    }
  }
}

function refused (peerId: PeerId, status: MailboxStatus): MessagingError {
  return new MessagingError('MESSAGING_MAILBOX_REFUSED', `mailbox ${peerId.toString()} keeps nothing for this node (${status}): choose another if it stays so`, { details: { status } })
}

function sameSet (a: readonly Multiaddr[], b: readonly Multiaddr[]): boolean {
  return a.length === b.length && a.every(address => b.some(other => other.equals(address)))
}
