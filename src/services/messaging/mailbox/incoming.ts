import { describeError } from '../../../errors.ts'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { toString } from 'uint8arrays/to-string'
import { CLOCK_SKEW_MS, MAX_TAKEN, SUITE } from './constants.ts'
import { openSealed, ownOpeningKey, readSealed } from './sealed-message.ts'
import { FlawedError, isSurelyForged } from './signed.ts'
import type { Logger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Bans, Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Intake } from '../parts.ts'
import type { Prekeys } from './prekeys.ts'
import type { SealedMessage } from './sealed-message.ts'

export interface IncomingInit {
  self: PeerId
  privateKey: PrivateKey
  prekeys: Prekeys
  intake: Intake
  clock: Clock
  log: Logger
  scoring: () => Scoring
  bans: () => Bans
}

/** `new`: handed to the intake now, and settled there, be it known already or refused. `done`: there is nothing to do with it any more. `later`: the mailbox should keep it. */
export type Received = 'new' | 'done' | 'later'

/** Why messages from mailboxes came to nothing, counted. */
export type Lost = 'malformed' | 'forged' | 'doubtful' | 'unsupported' | 'misaddressed' | 'expired' | 'banned' | 'no-key' | 'rubbish' | 'refused'

/** Looks into what a mailbox has handed out: who wrote it, and who pays if it is not what it should be. */
export class Incoming {
  readonly #init: IncomingInit
  /** Taken already: another mailbox may have it as well, which is nobody's fault. */
  readonly #taken = new BoundedMap<string, true>(MAX_TAKEN)
  readonly lost: Partial<Record<Lost, number>> = {}

  constructor (init: IncomingInit) {
    this.#init = init
  }

  get taken (): number {
    return this.#taken.size
  }

  async receive (bytes: Uint8Array, mailbox: PeerId): Promise<Received> {
    let sealed: SealedMessage
    try {
      sealed = await readSealed(bytes)
    } catch (err) {
      if (!(err instanceof FlawedError)) throw err
      const why = err.flaw === 'forged' && !isSurelyForged(bytes) ? 'doubtful' : err.flaw
      // it has checked the signature when the sender brought it: only it can have changed it since
      if (why === 'malformed' || why === 'forged') this.#init.scoring().report(mailbox, 'severe', 'messaging:mailbox-tampered', bytes)
      return this.#lose(why, describeError(err))
    }
    const { sender, recipient, expiresMs, suite, id } = sealed
    if (!recipient.equals(this.#init.self)) {
      this.#init.scoring().report(mailbox, 'severe', 'messaging:misaddressed', bytes)
      return this.#lose('misaddressed', `it is for ${recipient.toString()}`)
    }
    const name = `${sender.toString()}/${toString(id, 'base16')}`
    if (this.#taken.get(name) != null) return 'done'
    if (expiresMs + CLOCK_SKEW_MS < this.#init.clock.now()) return this.#lose('expired', `it was good until ${expiresMs}`)
    if (this.#init.bans().isDenied({ peerId: sender })) return this.#lose('banned', `${sender.toString()} is banned`)
    if (suite !== SUITE) return this.#lose('unsupported', `suite ${suite}`)
    const received = await this.#open(sealed, mailbox)
    if (received === 'new') this.#taken.set(name, true)
    return received
  }

  async #open (sealed: SealedMessage, mailbox: PeerId): Promise<Received> {
    const { sender, keyId, bytes } = sealed
    const key = await this.#keyOf(keyId)
    // an honest sender may have had an old card, or this node has lost its keys
    if (key == null) return this.#lose('no-key', `it is sealed to the prekey ${toString(keyId, 'base16')}, which is not here any more`)
    let encoded: Uint8Array
    try {
      encoded = await openSealed(sealed, key)
    } catch (err) {
      this.#init.scoring().report(sender, 'severe', 'messaging:sealed-rubbish', bytes)
      return this.#lose('rubbish', describeError(err))
    }
    const taken = await this.#init.intake.take(encoded, { sender, via: mailbox, how: 'mailbox' })
    if (taken === 'later') return 'later'
    if (taken === 'done') return 'new'
    this.#init.scoring().report(sender, 'severe', 'messaging:bad-message', bytes)
    return this.#lose('refused', `no message of ${sender.toString()}`)
  }

  async #keyOf (keyId: Uint8Array): Promise<Uint8Array | undefined> {
    const { prekeys, privateKey } = this.#init
    if (keyId.byteLength > 0) return await prekeys.find(keyId)
    // nothing can be sealed to the own key of a node with another
    return privateKey.type === 'Ed25519' ? ownOpeningKey(privateKey) : undefined
  }

  #lose (why: Lost, what: string): 'done' {
    this.lost[why] = (this.lost[why] ?? 0) + 1
    this.#init.log('a message from a mailbox is dropped: %s', what)
    return 'done'
  }
}
