import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { describeError } from '../../../errors.ts'
import { TokenMaker } from './box-contents.ts'
import { BoxStore } from './box-store.ts'
import { supersedes } from './card.ts'
import { CONTACT_WRITE_MS, HOST_PARTS, MAX_PAGE_BYTES, MAX_PAGE_MESSAGES, MIN_OWNERS_PER_HOST } from './constants.ts'
import { hasRoom } from './quota.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Deposit, Owner } from './box-contents.ts'
import type { Card } from './card.ts'
import type { MailboxStatus } from './mailbox-protocols.ts'
import type { BoxLimits } from './options.ts'
import type { SealedMessage } from './sealed-message.ts'

export interface BoxInit {
  datastore: Datastore
  clock: Clock
  rng: Rng
  log: Logger
  limits: BoxLimits
}

export interface Page {
  status: MailboxStatus
  kept: Array<{ token: Uint8Array, sealed: Uint8Array }>
  more: boolean
}

/** Of a page beside the messages: tokens, lengths, the status. */
const PAGE_OVERHEAD_BYTES = 1_024
const KEPT_OVERHEAD_BYTES = 64
const MAX_KEPT_BYTES = MAX_PAGE_BYTES - PAGE_OVERHEAD_BYTES - KEPT_OVERHEAD_BYTES

/**
 * Messages kept for others. What it says `ok` to is in the datastore: it is there after the process was killed. When nothing
 * can be written it says `unavailable`, and nothing has changed.
 */
export class Box {
  readonly #init: BoxInit
  readonly #store: BoxStore
  readonly #tokens = new TokenMaker()
  readonly #owners = new Map<string, Owner>()
  #bytes = 0
  #messages = 0

  constructor (init: BoxInit) {
    this.#init = init
    this.#store = new BoxStore(init)
  }

  get owners (): number {
    return this.#owners.size
  }

  get messages (): number {
    return this.#messages
  }

  get bytes (): number {
    return this.#bytes
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<void> {
    this.#owners.clear()
    this.#bytes = 0
    this.#messages = 0
    for (const [id, owner] of await this.#store.load()) {
      this.#owners.set(id, owner)
      for (const [token, { bytes }] of owner.deposits) {
        this.#tokens.seen(token)
        this.#bytes += bytes
        this.#messages++
      }
    }
  }

  card (owner: string): Uint8Array | undefined {
    return this.#owners.get(owner)?.card
  }

  /** Somebody wants messages kept, still or from now on. */
  async register (id: string, card: Card, host: string): Promise<MailboxStatus> {
    const known = this.#owners.get(id)
    if (known == null && !this.#hasPlace(host)) return 'full'
    const nowMs = this.#init.clock.now()
    const owner: Owner = known ?? { card: card.bytes, cardSeq: card.seq, cardExpiresMs: card.expiresMs, contactMs: nowMs, storedContactMs: nowMs, host, deposits: new Map(), bytes: 0, written: false }
    const newer = known == null || supersedes(card, { seq: known.cardSeq, expiresMs: known.cardExpiresMs }, nowMs)
    // two at once must not both get the last place
    if (known == null) this.#owners.set(id, owner)
    const value = { card: newer ? card.bytes.slice() : owner.card, contactMs: nowMs, host }
    const status = await this.#written('a registration', async () => { await this.#store.putOwner(id, value) })
    if (status === 'ok') Object.assign(owner, value, { storedContactMs: nowMs, ...newer ? { cardSeq: card.seq, cardExpiresMs: card.expiresMs } : {}, written: true })
    else if (known == null) this.#owners.delete(id)
    return status
  }

  /** Forgets an owner and all that is kept for it. */
  async leave (id: string): Promise<MailboxStatus> {
    const owner = this.#owners.get(id)
    if (owner == null) return 'ok'
    const status = await this.#written('a departure', async () => { await this.#store.deleteOwner(id, [...owner.deposits.keys()]) })
    if (status !== 'ok' || this.#owners.get(id) !== owner) return status
    this.#owners.delete(id)
    this.#forget(owner, [...owner.deposits.keys()])
    return 'ok'
  }

  /** Keeps messages of one sender, all in one write. */
  async deposit (messages: readonly SealedMessage[], sender: string, host: string): Promise<MailboxStatus[]> {
    const nowMs = this.#init.clock.now()
    const added: Array<{ ownerId: string, owner: Owner, token: string, deposit: Deposit, sealed: Uint8Array }> = []
    const statuses = messages.map((message): MailboxStatus => {
      const ownerId = message.recipient.toString()
      const owner = this.#owners.get(ownerId)
      if (owner?.written !== true) return 'not-owner'
      if (message.expiresMs <= nowMs) return 'expired'
      const id = toString(message.id, 'base16')
      const again = [...owner.deposits.values()].find(deposit => deposit.id === id && deposit.sender === sender)
      if (again != null) return again.written ? 'ok' : 'unavailable'
      const deposit: Deposit = { sender, host, id, bytes: message.bytes.byteLength, untilMs: Math.min(message.expiresMs, nowMs + this.#init.limits.maxAgeMs), written: false }
      if (!hasRoom(owner, deposit, this.#init.limits, this.#bytes)) return 'full'
      const token = this.#tokens.make(nowMs, this.#init.rng)
      // its place is taken while it is written
      owner.deposits.set(token, deposit)
      owner.bytes += deposit.bytes
      this.#bytes += deposit.bytes
      this.#messages++
      added.push({ ownerId, owner, token, deposit, sealed: message.bytes })
      return 'ok'
    })
    if (added.length === 0) return statuses
    const status = await this.#written(`${added.length} messages`, async () => { await this.#store.put(added) })
    for (const { owner, token, deposit } of added) {
      if (status === 'ok') deposit.written = true
      else this.#forget(owner, [token])
    }
    return statuses.map(each => each === 'ok' ? status : each)
  }

  /** What is kept for an owner, the oldest first. */
  async page (id: string, after: Uint8Array, maxBytes: number): Promise<Page> {
    const owner = this.#owners.get(id)
    if (owner == null) return { status: 'not-owner', kept: [], more: false }
    const nowMs = this.#contact(id, owner)
    const last = toString(after, 'base16')
    const limit = Math.min(maxBytes === 0 ? Infinity : maxBytes, MAX_PAGE_BYTES - PAGE_OVERHEAD_BYTES)
    const due = [...owner.deposits].filter(([token, { written, untilMs }]) => written && untilMs > nowMs && token > last)
    const page: Page = { status: 'ok', kept: [], more: false }
    let bytes = 0
    for (const [i, [token, deposit]] of due.entries()) {
      if (deposit.bytes > MAX_KEPT_BYTES) {
        // it would be in the way of all that came later
        this.#init.log.error('deleted a message of %d bytes for %s, which fits into no page', deposit.bytes, id)
        await this.#drop(id, owner, [token], 'a deletion')
        continue
      }
      bytes += deposit.bytes + KEPT_OVERHEAD_BYTES
      if (page.kept.length === MAX_PAGE_MESSAGES || (page.kept.length > 0 && bytes > limit)) return { ...page, more: i < due.length }
      try {
        const sealed = await this.#store.get(id, token)
        // deleted meanwhile, or lost by the datastore
        if (sealed == null) this.#forget(owner, [token])
        else page.kept.push({ token: fromString(token, 'base16'), sealed })
      } catch (err) {
        this.#init.log.error('could not read what is kept for %s: %s', id, describeError(err))
        return { status: 'unavailable', kept: [], more: false }
      }
    }
    return page
  }

  async delete (id: string, tokens: readonly Uint8Array[]): Promise<MailboxStatus> {
    const owner = this.#owners.get(id)
    if (owner == null) return 'not-owner'
    this.#contact(id, owner)
    const names = tokens.map(token => toString(token, 'base16')).filter(token => owner.deposits.get(token)?.written === true)
    return await this.#drop(id, owner, names, 'a deletion')
  }

  /**
   * Deletes what has expired, and owners that have not been here for as long as anything is kept; each only if the sweep before
   * has found so, too: a clock that is ahead for a while must not delete everything.
   */
  async sweep (): Promise<void> {
    const nowMs = this.#init.clock.now()
    for (const [id, owner] of this.#owners) {
      const wasAbsent = owner.absent === true
      owner.absent = owner.contactMs + this.#init.limits.maxAgeMs <= nowMs
      if (owner.absent && wasAbsent) {
        await this.leave(id)
        continue
      }
      const expired: string[] = []
      for (const [token, deposit] of owner.deposits) {
        const wasExpired = deposit.expired === true
        deposit.expired = deposit.written && deposit.untilMs <= nowMs
        if (deposit.expired && wasExpired) expired.push(token)
      }
      await this.#drop(id, owner, expired, 'what has expired')
    }
  }

  #hasPlace (host: string): boolean {
    const { owners } = this.#init.limits
    if (this.#owners.size >= owners) return false
    if (host === '') return true
    const there = [...this.#owners.values()].filter(owner => owner.host === host).length
    return there < Math.max(MIN_OWNERS_PER_HOST, Math.floor(owners / HOST_PARTS))
  }

  #contact (id: string, owner: Owner): number {
    const nowMs = this.#init.clock.now()
    owner.contactMs = nowMs
    if (Math.abs(nowMs - owner.storedContactMs) >= CONTACT_WRITE_MS) {
      owner.storedContactMs = nowMs
      // at worst it is forgotten an hour too early
      this.#store.putOwner(id, owner).catch((err: unknown) => { this.#init.log.error('could not write that %s was here: %s', id, describeError(err)) })
    }
    return nowMs
  }

  async #drop (id: string, owner: Owner, tokens: readonly string[], what: string): Promise<MailboxStatus> {
    if (tokens.length === 0) return 'ok'
    const status = await this.#written(what, async () => { await this.#store.delete(id, tokens) })
    if (status === 'ok') this.#forget(owner, tokens)
    return status
  }

  #forget (owner: Owner, tokens: readonly string[]): void {
    for (const token of tokens) {
      const deposit = owner.deposits.get(token)
      if (deposit == null) continue
      owner.deposits.delete(token)
      owner.bytes -= deposit.bytes
      this.#bytes -= deposit.bytes
      this.#messages--
    }
  }

  async #written (what: string, write: () => Promise<void>): Promise<MailboxStatus> {
    try {
      await write()
      return 'ok'
    } catch (err) {
      this.#init.log.error('the mailbox could not write %s: %s', what, describeError(err))
      return 'unavailable'
    }
  }
}
