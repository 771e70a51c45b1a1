import { describeError } from '../../../errors.ts'
import { addressFacts } from '../../../util/netgroup.ts'
import { RateLimiter } from '../../../wire/rate-limiter.ts'
import { Box } from './box.ts'
import { isAhead, readCard } from './card.ts'
import { ARRIVED_RATE, SWEEP_MS } from './constants.ts'
import { arrivedProtocol, deleteProtocol, depositProtocol, fetchProtocol, registerProtocol } from './mailbox-protocols.ts'
import { readSealed } from './sealed-message.ts'
import { FlawedError } from './signed.ts'
import type { Connection, Logger, PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Scoring } from '../../../components.ts'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { CallContext, Protocols } from '../../protocols/index.ts'
import type { BoxInit } from './box.ts'
import type { MailboxStatus } from './mailbox-protocols.ts'
import type { SealedMessage } from './sealed-message.ts'

export interface MailboxServerInit extends BoxInit {
  self: PeerId
  protocols: Protocols
  connectionManager: ConnectionManager
  scoring: () => Scoring
}

/** Serves mailboxes: keeps sealed messages for its owners, which only they can read. */
export class MailboxServer {
  readonly box: Box
  readonly #init: MailboxServerInit
  readonly #clock: Clock
  readonly #log: Logger
  readonly #arrivals: RateLimiter
  #sweeps: Timer | undefined
  #stopping = new AbortController()

  constructor (init: MailboxServerInit) {
    this.#init = init
    this.#clock = init.clock
    this.#log = init.log
    this.box = new Box(init)
    this.#arrivals = new RateLimiter({ ...ARRIVED_RATE, clock: init.clock })
  }

  get gauges (): Record<string, number> {
    return { owners: this.box.owners, kept: this.box.messages, told: this.#arrivals.size }
  }

  async load (): Promise<void> {
    await this.box.load()
  }

  async start (): Promise<void> {
    const { protocols } = this.#init
    this.#stopping = new AbortController()
    // none at the start: the clock may not be right yet
    this.#sweeps = this.#clock.every(SWEEP_MS, () => { this.#background(this.box.sweep(), 'deleting what has expired') })
    await protocols.handle(registerProtocol, async ({ card }, context) => await this.#register(card, context))
    await protocols.handle(depositProtocol, async ({ sealed }, { peerId, connection }) => ({ statuses: await this.deposit(sealed, peerId, hostOf(connection)) }))
    await protocols.handle(fetchProtocol, async ({ after, maxBytes }, { peerId }) => await this.box.page(peerId.toString(), after, maxBytes))
    await protocols.handle(deleteProtocol, async ({ tokens }, { peerId }) => ({ status: await this.box.delete(peerId.toString(), tokens) }))
  }

  async stop (): Promise<void> {
    const { protocols } = this.#init
    this.#stopping.abort()
    for (const protocol of [deleteProtocol, fetchProtocol, depositProtocol, registerProtocol]) await protocols.unhandle(protocol)
    this.#sweeps?.cancel()
  }

  /** Takes messages that `sender` has brought; also from this node itself. One status for each. */
  async deposit (encoded: readonly Uint8Array[], sender: PeerId, host: string): Promise<MailboxStatus[]> {
    const read: Array<SealedMessage | undefined> = []
    for (const bytes of encoded) {
      const message = await this.#read(bytes, sender)
      // whoever brings what nobody should is not worth looking at the rest
      if (message === 'charged') break
      read.push(message)
    }
    const messages = read.filter(message => message != null)
    const statuses = await this.box.deposit(messages, sender.toString(), host)
    const arrived = new Map(messages.filter((_, i) => statuses[i] === 'ok').map(({ recipient }) => [recipient.toString(), recipient]))
    for (const owner of arrived.values()) this.#tell(owner)
    let next = 0
    return encoded.map((_, i) => read[i] == null ? 'refused' : statuses[next++] ?? 'refused')
  }

  /** Undefined when it cannot be used, and that is nobody's fault. */
  async #read (bytes: Uint8Array, sender: PeerId): Promise<SealedMessage | 'charged' | undefined> {
    let cause: string
    try {
      const message = await readSealed(bytes)
      if (message.sender.equals(sender)) return message
      // whoever brings it must have signed it, or anybody could fill the boxes in anybody's name
      cause = 'messaging:deposit-of-another'
    } catch (err) {
      if (!(err instanceof FlawedError)) throw err
      this.#log('refused a deposit of %p: %s', sender, describeError(err))
      if (err.flaw === 'unsupported') return undefined
      // it is its own signature: also one that others might take is no accident
      cause = 'messaging:bad-deposit'
    }
    this.#init.scoring().report(sender, 'severe', cause, bytes)
    return 'charged'
  }

  async #register (bytes: Uint8Array, { peerId, connection }: CallContext): Promise<{ status: MailboxStatus, maxAgeMs: number, maxBytes: number }> {
    const { maxAgeMs, bytesPerOwner } = this.#init.limits
    return { status: await this.#registered(bytes, peerId, hostOf(connection)), maxAgeMs, maxBytes: bytesPerOwner }
  }

  async #registered (bytes: Uint8Array, peerId: PeerId, host: string): Promise<MailboxStatus> {
    if (bytes.byteLength === 0) return await this.box.leave(peerId.toString())
    if (this.#init.scoring().isDiscouraged(peerId)) return 'refused'
    try {
      const card = await readCard(bytes)
      if (card.peerId.equals(peerId)) return isAhead(card.seq, this.#clock.now()) ? 'refused' : await this.box.register(peerId.toString(), card, host)
      this.#init.scoring().report(peerId, 'fatal', 'messaging:forged-card', bytes)
    } catch (err) {
      if (!(err instanceof FlawedError)) throw err
      if (err.flaw !== 'unsupported') this.#init.scoring().report(peerId, err.flaw === 'malformed' ? 'severe' : 'fatal', err.flaw === 'malformed' ? 'messaging:bad-card' : 'messaging:forged-card', bytes)
      this.#log('refused the card of %p: %s', peerId, describeError(err))
    }
    return 'refused'
  }

  /** An owner that is here need not wait until it asks. */
  #tell (owner: PeerId): void {
    const { protocols, connectionManager } = this.#init
    const [connection] = connectionManager.getConnections(owner)
    if (connection == null || !this.#arrivals.take(owner.toString())) return
    this.#background(protocols.notify(connection, arrivedProtocol, {}, { signal: this.#stopping.signal }), `telling ${owner.toString()} of arrivals`)
  }

  /** Work that nobody waits for: peers vanish in the middle of it, and that is all there is to say. */
  #background (work: Promise<unknown>, what: string): void {
    work.catch((err: unknown) => { this.#log('%s: %s', what, describeError(err)) })
  }
}

/** The public host that a peer connects from; '' for a local network, a relay, or none. */
function hostOf ({ remoteAddr }: Connection): string {
  const { scope, relayed, host } = addressFacts(remoteAddr)
  return scope === 'public' && !relayed ? host ?? '' : ''
}
