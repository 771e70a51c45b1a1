import { describeError } from '../../../errors.ts'
import { isAhead, signCard } from './card.ts'
import { CARD_VALID_MS } from './constants.ts'
import type { Logger, PrivateKey } from '@libp2p/interface'
import type { Clock } from '../../../util/clock.ts'
import type { Card, CardPrekey, MailboxPlace } from './card.ts'
import type { Prekeys } from './prekeys.ts'
import type { UsedMailboxes } from './used-mailboxes.ts'

export interface OwnCardInit {
  privateKey: PrivateKey
  clock: Clock
  log: Logger
  prekeys: Prekeys
  mailboxes: UsedMailboxes
}

/** This node's card: signed anew when a prekey or a mailbox comes or goes, and when it gets old. */
export class OwnCard {
  readonly #init: OwnCardInit
  #card: Card | undefined
  /** What it was made of. */
  #made = ''
  #renewing: Promise<Card | undefined> = Promise.resolve(undefined)

  constructor (init: OwnCardInit) {
    this.#init = init
  }

  /** Undefined before the first `renew`, and at a node that never had a mailbox. */
  get current (): Card | undefined {
    return this.#card
  }

  /** Resolves to a new card if there has to be one. Rejects with `MESSAGING_WRITE_FAILED`. */
  async renew (): Promise<Card | undefined> {
    this.#renewing = this.#renewing.catch(() => {}).then(async () => await this.#renew())
    return await this.#renewing
  }

  async #renew (): Promise<Card | undefined> {
    const { privateKey, clock, mailboxes } = this.#init
    // who never had a mailbox needs no prekeys, nor does anybody need its card
    if (mailboxes.all.length === 0 && mailboxes.cardSeq === 0) return undefined
    const prekey = await this.#prekey()
    const nowMs = clock.now()
    const places: MailboxPlace[] = mailboxes.agreed
    const made = [prekey.notAfterMs, ...prekey.id, ...places.flatMap(({ peerId, multiaddrs }) => [peerId, ...multiaddrs])].join(' ')
    const isOld = this.#card == null || isAhead(this.#card.seq, nowMs) || this.#card.expiresMs - nowMs < CARD_VALID_MS / 2 || this.#card.expiresMs > nowMs + 2 * CARD_VALID_MS
    if (made === this.#made && !isOld) return undefined
    const seq = await mailboxes.nextSeq(nowMs)
    this.#card = await signCard(privateKey, { seq, expiresMs: Math.min(nowMs + CARD_VALID_MS, prekey.notAfterMs), prekeys: [prekey], mailboxes: places })
    this.#made = made
    return this.#card
  }

  async #prekey (): Promise<CardPrekey> {
    const { prekeys, log } = this.#init
    try {
      await prekeys.rotate()
    } catch (err) {
      // an old one that still is good will do until a new one can be written
      const newest = prekeys.newest
      if (newest == null) throw err
      log.error('%s', describeError(err))
      return newest
    }
    return prekeys.newest as CardPrekey
  }
}
