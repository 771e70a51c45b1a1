import { peerIdFromString } from '@libp2p/peer-id'
import { describeError } from '../../../errors.ts'
import { messagingStore } from '../messaging-store.ts'
import { StoredOwed } from '../pb/direct-store.ts'
import { ID_BYTES, LANE_FLUSH_MS, MAX_OWED, MAX_REASON_BYTES, MAX_RECEIPTS, OWED_PREFIX, RECEIPTS_DELAY_MS } from './constants.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { WriteBehind } from '../../../util/write-behind.ts'
import type { Receipts } from './message.ts'

const NAME = new RegExp(`^([1-9A-HJ-NP-Za-km-z]{1,128})/([0-9a-f]{${2 * ID_BYTES}})$`)

interface Owed extends Receipts {
  peerId: PeerId
}

export interface OwedReceiptsInit {
  datastore: Datastore
  clock: Clock
  log: Logger
  /** Resolves when they are on their way for good: told, or in the outbox on the disk. */
  pay (peerId: PeerId, receipts: Receipts): Promise<void>
}

/** Collects what the senders of messages that mailboxes brought have to be told, also over a restart. */
export class OwedReceipts {
  readonly #init: OwedReceiptsInit
  readonly #store: WriteBehind
  /** Those that are not on their way for good, by `<sender>/<id>`: why it was refused, or ''. */
  readonly #entries = new Map<string, string>()
  readonly #owed = new Map<string, Owed>()
  #running = false
  #timer?: Timer

  constructor (init: OwedReceiptsInit) {
    this.#init = init
    this.#store = messagingStore(init, {
      flushIntervalMs: LANE_FLUSH_MS,
      prefix: OWED_PREFIX,
      what: 'list of receipts that are owed',
      encode: name => this.#encode(name),
      holds: name => this.#entries.has(name)
    })
  }

  get gauges (): Record<string, number> {
    return { owedPeers: this.#owed.size, owedReceipts: this.#entries.size, owedUnwritten: this.#store.dirty }
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<void> {
    this.#entries.clear()
    this.#owed.clear()
    for await (const { name, value } of this.#store.load()) {
      try {
        const [, peer = '', id = ''] = NAME.exec(name) ?? []
        const peerId = peerIdFromString(peer)
        const { refusal } = StoredOwed.decode(value)
        if (refusal.length > MAX_REASON_BYTES || this.#entries.size >= MAX_OWED) throw new Error('it is too long, or one too many')
        this.#note(name, peerId, id, refusal)
      } catch (err) {
        this.#init.log.error('deleted the entry %s%s: %s; its sender will ask again', OWED_PREFIX, name, describeError(err))
        this.#store.mark(name)
      }
    }
  }

  start (): void {
    this.#running = true
    this.#store.start()
    if (this.#owed.size > 0) this.#payLater()
  }

  /** Resolves when it is on the disk. Rejects with `MESSAGING_WRITE_FAILED`. */
  async add (peerId: PeerId, id: string, refusal = ''): Promise<void> {
    const peer = peerId.toString()
    const name = `${peer}/${id}`
    if (!this.#entries.has(name)) {
      this.#note(name, peerId, id, refusal)
      this.#store.mark(name)
      const owed = this.#owed.get(peer)
      if (this.#running && owed != null && owed.delivered.length + owed.refused.length >= MAX_RECEIPTS) this.#begin(peer, owed)
      else if (this.#running && this.#entries.size >= MAX_OWED) this.#payAll().catch(this.#onFailed)
      else this.#payLater()
    }
    await this.#store.flush()
  }

  /** Everybody is told; what is owed from now on is told after the next start. Resolves when nothing is under way. */
  async finish (): Promise<void> {
    this.#running = false
    await this.#payAll()
  }

  /** Writes what is left; a failure is logged. */
  async stop (): Promise<void> {
    this.#running = false
    this.#timer?.cancel()
    this.#timer = undefined
    await this.#store.stop()
  }

  #note (name: string, peerId: PeerId, id: string, refusal: string): void {
    const peer = peerId.toString()
    let owed = this.#owed.get(peer)
    if (owed == null) this.#owed.set(peer, owed = { peerId, delivered: [], refused: [] })
    if (refusal === '') owed.delivered.push(id)
    else owed.refused.push({ id, reason: refusal })
    this.#entries.set(name, refusal)
  }

  #payLater (): void {
    if (this.#running) this.#timer ??= this.#init.clock.after(RECEIPTS_DELAY_MS, () => { this.#payAll().catch(this.#onFailed) })
  }

  async #payAll (): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    await Promise.all([...this.#owed].map(async ([peer, owed]) => { await this.#pay(peer, owed) }))
  }

  #begin (peer: string, owed: Owed): void {
    this.#pay(peer, owed).catch(this.#onFailed)
  }

  /** Until they are on their way for good they stay on the disk. */
  async #pay (peer: string, { peerId, delivered, refused }: Owed): Promise<void> {
    this.#owed.delete(peer)
    try {
      await this.#init.pay(peerId, { delivered, refused })
    } catch (err) {
      this.#onFailed(err)
      // after the next start, or when the sender asks again
      if (!this.#running) return
    }
    for (const id of [...delivered, ...refused.map(({ id }) => id)]) {
      this.#entries.delete(`${peer}/${id}`)
      this.#store.mark(`${peer}/${id}`)
    }
  }

  #encode (name: string): Uint8Array | undefined {
    const refusal = this.#entries.get(name)
    return refusal == null ? undefined : StoredOwed.encode({ refusal })
  }

  readonly #onFailed = (err: unknown): void => {
    this.#init.log.error('a peer is not told what was delivered: %s', describeError(err))
  }
}
