import { sha256 } from '@noble/hashes/sha2.js'
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { payloadHash } from '../../../crypto/item/payload-hash.ts'
import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { RefusedError } from '../model/failure.ts'
import { MAX_DIGESTS_WAITING, MAX_STAGED, MAX_STAGED_PER_PEER, MAX_WAITING, MAX_WAITING_PER_VAULT, MIN_PACE, MIN_PACE_AFTER_MS, STAGED_IDLE_MS, STAGED_MS, STAGED_PART } from './constants.ts'
import { PayloadPieces } from './payload-pieces.ts'
import { Queues } from './queue.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { PayloadHash } from '../../../crypto/item/payload-hash.ts'
import type { Clock } from '../../../util/clock.ts'

/** One encrypted payload: whole, on its way, or only to be fetched. */
export interface Payload {
  readonly id: string
  readonly owner: Uint8Array
  readonly vault: Uint8Array
  readonly hash: Uint8Array
  readonly bytes: number
  received: number
  createdMs: number
  touchedMs: number
  /** Named by a manifest that is certified or accepted. */
  pinned: boolean
  /** Who brings it, and whether that is for an owner whose vaults are kept here. */
  from: string
  isGuests: boolean
  /** Of what is there; made again from the disk when it is needed. */
  running?: PayloadHash
  expired?: boolean
}

/** What names a payload. */
export interface PayloadName {
  owner: Uint8Array
  vault: Uint8Array
  hash: Uint8Array
  bytes: number
}

export interface PayloadsInit {
  datastore: Datastore
  clock: Clock
  log: Logger
  capacityBytes: number
  bytesPerOwner: number
}

/** The encrypted payloads that this node keeps, within its capacity and the quota of each owner. */
export class Payloads {
  readonly #init: PayloadsInit
  readonly #pieces: PayloadPieces
  readonly #payloads = new Map<string, Payload>()
  /** What is done to one payload is done in turn. */
  readonly #queues = new Queues(MAX_WAITING_PER_VAULT, MAX_WAITING)
  /** One is read whole at a time. */
  readonly #digests = new Queues(MAX_DIGESTS_WAITING, MAX_DIGESTS_WAITING)

  constructor (init: PayloadsInit) {
    this.#init = init
    this.#pieces = new PayloadPieces(init.datastore)
  }

  get gauges (): Record<string, number> {
    const { kept, staged } = this.#used()
    return { payloads: this.#payloads.size, payloadBytes: kept, staged: this.#staged().length, stagedBytes: staged, digesting: this.#digests.size }
  }

  /** Bytes that could be promised to somebody. */
  get freeBytes (): number {
    const { kept, staged } = this.#used()
    return Math.max(0, Math.min(this.#init.bytesPerOwner, this.#init.capacityBytes - kept - staged))
  }

  /** Rejects with `SHARDS_LOAD_FAILED`. */
  async load (): Promise<void> {
    this.#payloads.clear()
    try {
      const damaged = (id: string, err: unknown): void => { this.#init.log.error('payload %s is damaged and has to be fetched again: %s', id, describeError(err)) }
      for (const [id, stored] of await this.#pieces.load(damaged)) this.#add({ ...stored, id, touchedMs: stored.createdMs, pinned: false, from: '', isGuests: false })
    } catch (err) {
      throw new ShardsError('SHARDS_LOAD_FAILED', 'the payloads that this node holds could not be read from the datastore: check its disk', { cause: err })
    }
  }

  async settled (): Promise<void> {
    await this.#digests.settled()
    await this.#queues.settled()
  }

  find ({ owner, vault, hash }: Omit<PayloadName, 'bytes'>): Payload | undefined {
    return this.#payloads.get(payloadId(owner, vault, hash))
  }

  isWhole (name: Omit<PayloadName, 'bytes'> & { bytes: number }): boolean {
    const payload = this.find(name)
    return payload != null && payload.bytes === name.bytes && payload.received === payload.bytes
  }

  /** Throws `QUOTA` or `NO_SPACE` when this payload has no place beside what is here. */
  checkRoom (name: PayloadName): void {
    const { bytesPerOwner, capacityBytes } = this.#init
    const ofOwner = this.#bytesOf(name)
    if (ofOwner > bytesPerOwner) throw new RefusedError('QUOTA', `${name.bytes} bytes are more than this holder keeps for one owner beside what it has: ${bytesPerOwner} bytes in all`)
    const { kept, staged } = this.#used()
    const here = this.find(name)?.received ?? 0
    if (kept + staged - here + name.bytes > capacityBytes) throw new RefusedError('NO_SPACE', `this holder has no place for ${name.bytes} bytes more`)
  }

  /**
   * A piece from its owner. Resolves to whether all is there. Strangers share some places, of which who gets on least is the first to lose
   * his; an owner whose vaults are kept here (`isGuests`) has some of its own.
   */
  async put (name: PayloadName, offset: number, data: Uint8Array, from: string, isGuests = false): Promise<boolean> {
    const id = payloadId(name.owner, name.vault, name.hash)
    return await this.#queues.run(id, async () => {
      let payload = this.#payloads.get(id)
      if (payload == null) {
        await this.#makePlace(name, from, isGuests)
        this.checkRoom(name)
        payload = this.#place(name, from, isGuests)
      }
      try {
        return await this.#append(payload, name.bytes, offset, data)
      } finally {
        // nothing of it was written
        if (payload.received === 0 && !payload.pinned) this.#drop(payload)
      }
    })
  }

  /** Up to `maxBytes` from `offset` of what is there; undefined when that is nothing. */
  async read (payload: Payload, offset: number, maxBytes: number): Promise<Uint8Array | undefined> {
    return await this.#queues.run(payload.id, async () => {
      const end = Math.min(payload.received, offset + maxBytes)
      if (this.#payloads.get(payload.id) !== payload || offset >= end) return undefined
      const out = new Uint8Array(end - offset)
      let at = 0
      try {
        for await (const part of this.#pieces.read(payload.id, offset, end)) {
          out.set(part, at)
          at += part.byteLength
        }
      } catch (err) {
        await this.#damaged(payload, err)
        return undefined
      }
      return out
    })
  }

  /** SHA-256 of the nonce and the payload; undefined when it is not here whole. */
  async digest (payload: Payload, nonce: Uint8Array): Promise<Uint8Array | undefined> {
    return await this.#digests.run('', async () => {
      if (this.#payloads.get(payload.id) !== payload || payload.received < payload.bytes) return undefined
      const [own, asked] = [payloadHash(), sha256.create().update(nonce)]
      try {
        for await (const part of this.#pieces.read(payload.id, 0, payload.bytes)) {
          own.update(part)
          asked.update(part)
        }
        if (!equals(own.digest(), payload.hash)) throw new Error('its bytes are not those that were written')
        return asked.digest()
      } catch (err) {
        // deleted meanwhile
        if (this.#payloads.get(payload.id) !== payload) return undefined
        await this.#queues.run(payload.id, async () => { await this.#damaged(payload, err) })
        return undefined
      }
    })
  }

  /**
   * Keeps a place for what a manifest that is about to be written names. Throws `QUOTA` or `NO_SPACE`. Gives how to take that back when
   * it could not be written.
   */
  claim (name: PayloadName): () => void {
    const known = this.find(name)
    if (known?.pinned === true) return () => {}
    this.checkRoom(name)
    const payload = known ?? this.#place(name, '')
    payload.pinned = true
    return () => {
      payload.pinned = false
      if (payload.received === 0) this.#drop(payload)
    }
  }

  /** What the manifests of a vault name now. What they named before is deleted; what is missing has its place kept. */
  async pin (vault: Uint8Array, names: readonly PayloadName[]): Promise<void> {
    const wanted = new Map(names.map(name => [payloadId(name.owner, name.vault, name.hash), name]))
    for (const [id, name] of wanted) {
      const known = this.#payloads.get(id)
      if (known != null) known.pinned = true
      else this.#place(name, '').pinned = true
    }
    for (const payload of this.#payloads.values()) {
      if (!payload.pinned || wanted.has(payload.id) || !equals(payload.vault, vault)) continue
      // else the next sweeps delete it
      payload.pinned = false
      await this.#delete(payload)
    }
  }

  /** Deletes what this owner has brought for a vault that has no manifest. Resolves to whether there was something. */
  async unstage (owner: Uint8Array, vault: Uint8Array): Promise<boolean> {
    const staged = [...this.#payloads.values()].filter(payload => !payload.pinned && equals(payload.vault, vault) && equals(payload.owner, owner))
    for (const payload of staged) await this.#delete(payload)
    return staged.length > 0
  }

  /** Deletes what no manifest has named for too long, if the sweep before has found so, too: the clock may have been wrong. */
  async sweep (): Promise<void> {
    const nowMs = this.#init.clock.now()
    for (const payload of this.#payloads.values()) {
      const wasExpired = payload.expired === true
      payload.expired = !payload.pinned && nowMs - payload.createdMs >= STAGED_MS
      if (payload.expired && wasExpired) await this.#delete(payload)
    }
  }

  async #append (payload: Payload, bytes: number, offset: number, data: Uint8Array): Promise<boolean> {
    const { received } = payload
    if (payload.bytes !== bytes) throw new RefusedError('INVALID', `this payload has ${payload.bytes} bytes, not ${bytes}`)
    if (offset > received) throw new RefusedError('CONFLICT', `the first ${received} bytes of the payload are here: go on from there`)
    const rest = data.subarray(received - offset)
    if (rest.byteLength === 0) return received === bytes
    if (received + rest.byteLength > bytes) throw new RefusedError('INVALID', `a piece of ${data.byteLength} bytes at ${offset} goes beyond the ${bytes} bytes of the payload`)
    if (!payload.pinned) await this.#makeRoom(payload, rest.byteLength)
    const running = payload.running ?? await this.#hashOfStored(payload)
    payload.running = undefined
    running.update(rest)
    const whole = received + rest.byteLength === bytes
    if (whole && !equals(running.digest(), payload.hash)) {
      await this.#reset(payload)
      throw new RefusedError('INVALID', 'the payload is not the one that its hash names: send it again from the start')
    }
    const { owner, vault, hash, createdMs } = payload
    await this.#pieces.append(payload.id, { owner, vault, hash, bytes, createdMs, received: received + rest.byteLength }, rest)
    payload.received += rest.byteLength
    payload.touchedMs = this.#init.clock.now()
    if (!whole) payload.running = running
    return whole
  }

  async #hashOfStored ({ id, received }: Payload): Promise<PayloadHash> {
    const hash = payloadHash()
    for await (const part of this.#pieces.read(id, 0, received)) hash.update(part)
    return hash
  }

  async #damaged (payload: Payload, err: unknown): Promise<void> {
    this.#init.log.error('payload %s cannot be read and has to be fetched again: %s', payload.id, describeError(err))
    await this.#reset(payload)
  }

  /** Whoever has it is asked for it again, where a manifest names it. */
  async #reset (payload: Payload): Promise<void> {
    await this.#pieces.delete(payload.id, payload.received)
    payload.received = 0
    payload.running = undefined
    if (!payload.pinned) this.#drop(payload)
  }

  async #delete (payload: Payload): Promise<void> {
    await this.#queues.run(payload.id, async () => {
      if (this.#payloads.get(payload.id) !== payload) return
      await this.#pieces.delete(payload.id, payload.received)
      this.#drop(payload)
    })
  }

  async #makePlace ({ owner }: PayloadName, from: string, isGuests: boolean): Promise<void> {
    const staged = this.#staged().filter(payload => payload.isGuests === isGuests)
    if (staged.filter(payload => isGuests ? equals(payload.owner, owner) : payload.from === from).length >= MAX_STAGED_PER_PEER) throw new RefusedError('BUSY', `${MAX_STAGED_PER_PEER} payloads from this ${isGuests ? 'owner' : 'peer'} are on their way already`, { retryAfterMs: STAGED_IDLE_MS })
    if (isGuests || staged.length < MAX_STAGED) return
    const [slowest] = staged.filter(({ bytes, received }) => received < bytes).sort((a, b) => this.#paceOf(a) - this.#paceOf(b))
    if (slowest == null) await this.#deleteIdlest(staged)
    else await this.#delete(slowest)
  }

  /** Bytes in a second since it was begun; of the first seconds nobody is faster than another. */
  #paceOf ({ received, createdMs }: Payload): number {
    return received * 1_000 / Math.max(MIN_PACE_AFTER_MS, this.#init.clock.now() - createdMs)
  }

  /** What nobody has promised to keep takes no more than a part of all; what was declared takes nothing before it comes. */
  async #makeRoom (payload: Payload, bytes: number): Promise<void> {
    const { capacityBytes, bytesPerOwner } = this.#init
    // what an owner has here has its quota, and its place was looked for when it was begun
    if (payload.isGuests) return
    const limit = Math.min(capacityBytes, Math.max(bytesPerOwner, capacityBytes / STAGED_PART))
    while (this.#stagedByStrangers() + bytes > limit) await this.#deleteIdlest(this.#staged().filter(other => other !== payload && !other.isGuests))
  }

  /** What has been idle for long, and what comes so slowly that it is here for its place only. */
  async #deleteIdlest (staged: Payload[]): Promise<void> {
    const nowMs = this.#init.clock.now()
    const idle = staged.filter(payload => nowMs - payload.touchedMs >= STAGED_IDLE_MS || this.#isDawdling(payload))
    const idlest = idle.reduce<Payload | undefined>((a, b) => a == null || b.touchedMs < a.touchedMs ? b : a, undefined)
    if (idlest == null) throw new RefusedError('BUSY', 'too many payloads are on their way already', { retryAfterMs: STAGED_IDLE_MS })
    await this.#delete(idlest)
  }

  #isDawdling (payload: Payload): boolean {
    return payload.received < payload.bytes && this.#init.clock.now() - payload.createdMs >= MIN_PACE_AFTER_MS && this.#paceOf(payload) < MIN_PACE
  }

  #stagedByStrangers (): number {
    return this.#staged().reduce((sum, { isGuests, received }) => isGuests ? sum : sum + received, 0)
  }

  #staged (): Payload[] {
    return [...this.#payloads.values()].filter(({ pinned }) => !pinned)
  }

  /** What is promised to be kept counts as if it were here. */
  #used (): { kept: number, staged: number } {
    const used = { kept: 0, staged: 0 }
    for (const { pinned, bytes, received } of this.#payloads.values()) {
      if (pinned) used.kept += bytes
      else used.staged += received
    }
    return used
  }

  /** What an owner would have with this payload; of each vault only its largest counts, so that it can be replaced. */
  #bytesOf (name: PayloadName): number {
    const largest = new Map<string, number>([[toString(name.vault, 'base16'), name.bytes]])
    for (const { owner, vault, bytes } of this.#payloads.values()) {
      if (!equals(owner, name.owner)) continue
      const id = toString(vault, 'base16')
      largest.set(id, Math.max(bytes, largest.get(id) ?? 0))
    }
    return [...largest.values()].reduce((sum, bytes) => sum + bytes, 0)
  }

  #place (name: PayloadName, from: string, isGuests = false): Payload {
    const nowMs = this.#init.clock.now()
    const payload: Payload = { ...copied(name), id: payloadId(name.owner, name.vault, name.hash), received: 0, createdMs: nowMs, touchedMs: nowMs, pinned: false, from, isGuests }
    this.#add(payload)
    return payload
  }

  #add (payload: Payload): void {
    this.#payloads.set(payload.id, payload)
  }

  #drop (payload: Payload): void {
    if (this.#payloads.get(payload.id) === payload) this.#payloads.delete(payload.id)
  }
}

function payloadId (owner: Uint8Array, vault: Uint8Array, hash: Uint8Array): string {
  return toString(sha256.create().update(vault).update(hash).update(owner).digest().subarray(0, 16), 'base16')
}

/** Parts of a frame would keep all of it in memory. */
function copied ({ owner, vault, hash, bytes }: PayloadName): PayloadName {
  return { owner: owner.slice(), vault: vault.slice(), hash: hash.slice(), bytes }
}
