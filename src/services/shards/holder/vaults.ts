import { describeError } from '../../../errors.ts'
import { GONE_MIN_MS, GONE_MS, MAX_GONE } from './constants.ts'
import { fits, ownerOf, placeOf, seqOf } from './vault-record.ts'
import { VaultStore } from './vault-store.ts'
import { RefusedError } from '../model/failure.ts'
import { equals } from 'uint8arrays/equals'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../util/clock.ts'
import type { HeldShare } from '../parts.ts'
import type { Item, Propose, SignedManifest } from '../pb/shards.ts'
import type { Payloads, PayloadName } from './payloads.ts'
import type { VaultRecord } from './vault-record.ts'
import type { Gone, Write } from './vault-store.ts'

export interface VaultsInit {
  datastore: Datastore
  clock: Clock
  log: Logger
  peerId: PeerId
  payloads: Payloads
  maxVaults: number
  maxVaultsPerOwner: number
}

/** All vaults that this node has something of, as they are on the disk. */
export class Vaults {
  readonly #init: VaultsInit
  readonly #store: VaultStore
  readonly #records = new Map<string, VaultRecord>()
  readonly #held = new Map<string, HeldShare>()
  #gone = new Map<string, Gone>()
  #damaged = new Set<string>()
  readonly #listeners = new Set<(id: string) => void>()

  constructor (init: VaultsInit) {
    this.#init = init
    this.#store = new VaultStore(init)
  }

  get held (): ReadonlyMap<string, HeldShare> {
    return this.#held
  }

  get gauges (): Record<string, number> {
    return { vaults: this.#records.size, held: this.#held.size, gone: this.#gone.size, damaged: this.#damaged.size }
  }

  /** Rejects with `SHARDS_LOAD_FAILED`. The payloads are loaded before. */
  async load (): Promise<void> {
    const { records, gone, damaged } = await this.#store.load()
    this.#records.clear()
    this.#held.clear()
    this.#gone = new Map([...gone].sort(([, a], [, b]) => a.atMs - b.atMs))
    this.#damaged = damaged
    for (const record of records.values()) {
      this.#records.set(record.id, record)
      await this.#pin(record)
      this.#show(record.id)
    }
  }

  /** Throws `UNAVAILABLE` for one whose state is damaged: it must not promise or accept anew what it may have before. */
  get (id: string): VaultRecord | undefined {
    if (this.#damaged.has(id)) throw new RefusedError('UNAVAILABLE', 'what this holder has of the vault is damaged')
    return this.#records.get(id)
  }

  find (id: string): VaultRecord | undefined {
    return this.#records.get(id)
  }

  /** Whether there is something of it, readable or not. */
  has (id: string): boolean {
    return this.#records.has(id) || this.#damaged.has(id)
  }

  /** What a vault that was here has left behind. */
  gone (id: string): Gone | undefined {
    return this.#gone.get(id)
  }

  all (): VaultRecord[] {
    return [...this.#records.values()]
  }

  ofOwner (owner: Uint8Array): VaultRecord[] {
    return this.all().filter(record => equals(ownerOf(record) ?? new Uint8Array(0), owner))
  }

  /** Throws `QUOTA` or `NO_SPACE` when there is no place for one more vault of this owner. */
  checkRoom (owner: Uint8Array | undefined): void {
    const { maxVaults, maxVaultsPerOwner } = this.#init
    if (this.#records.size >= maxVaults) throw new RefusedError('NO_SPACE', `this holder has all the ${maxVaults} vaults that it keeps`)
    if (this.#gone.size >= MAX_GONE) this.#oldestGone()
    if (owner != null && this.ofOwner(owner).length >= maxVaultsPerOwner) throw new RefusedError('QUOTA', `this holder keeps ${maxVaultsPerOwner} vaults of one owner, and has them`)
  }

  /** Resolves when it is on the disk; whoever asks sees it from then on. */
  async write (write: Write): Promise<void> {
    const { record: { id }, record } = write
    const returned = this.#gone.has(id)
    await this.#store.write({ ...write, returned })
    if (returned) this.#gone.delete(id)
    this.#records.set(id, record)
    await this.#pin(record)
    this.#show(id)
    this.#tell(id)
  }

  /** Deletes all that is here of a vault but that it was here, what has been accepted of it lately included. */
  async remove (record: VaultRecord, why: string, seq = seqOf(record)): Promise<void> {
    const { id } = record
    // seq + 1 is what it was promised and accepted for
    const gone: Gone = { why, atMs: this.#init.clock.now(), seq, acceptor: seq === seqOf(record) ? record.acceptor : {} }
    if (this.#gone.size >= MAX_GONE) await this.#forget([this.#oldestGone()])
    await this.#store.remove(record, gone)
    this.#records.delete(id)
    this.#gone.delete(id)
    this.#gone.set(id, gone)
    await this.#unpin(record)
    this.#show(id)
    this.#tell(id)
  }

  /** Certificates from this seq on, as many as fit. */
  async links ({ id, vouched, oldest }: VaultRecord, from: number, maxBytes: number): Promise<SignedManifest[]> {
    const links: SignedManifest[] = []
    const newest = vouched?.manifest.seq ?? 0
    let bytes = 0
    for (let seq = Math.max(from, oldest); seq <= newest; seq++) {
      const link = vouched != null && seq === newest ? vouched.signed : await this.#store.link(id, seq)
      bytes += sizeOf(link)
      if (bytes > maxBytes && links.length > 0) break
      links.push(link)
    }
    return links
  }

  /** What is accepted and not certified. */
  async proposed ({ id, acceptor }: VaultRecord): Promise<Propose | undefined> {
    return acceptor.accepted == null ? undefined : await this.#store.proposed(id)
  }

  /** The payload of a vault is whole, or no longer. */
  payloadChanged (id: string): void {
    const before = this.#held.get(id)?.hasPayload
    this.#show(id)
    if (this.#held.get(id)?.hasPayload !== before) this.#tell(id)
  }

  onChanged (listener: (id: string) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** Forgets vaults that were here long ago. */
  async sweep (): Promise<void> {
    const nowMs = this.#init.clock.now()
    await this.#forget([...this.#gone].filter(([, { atMs }]) => nowMs - atMs >= GONE_MS).map(([id]) => id))
  }

  async #forget (ids: readonly string[]): Promise<void> {
    await this.#store.forget(ids)
    for (const id of ids) this.#gone.delete(id)
  }

  #oldestGone (): string {
    const [oldest] = this.#gone
    const ageMs = oldest == null ? 0 : this.#init.clock.now() - oldest[1].atMs
    if (oldest == null || ageMs < GONE_MIN_MS) throw new RefusedError('NO_SPACE', 'too many vaults have come and gone here lately', { retryAfterMs: GONE_MIN_MS })
    return oldest[0]
  }

  /** It is stored already, so a failure here is no reason to say it is not: the next sweeps delete what is left. */
  async #pin (record: VaultRecord): Promise<void> {
    try {
      await this.#init.payloads.pin(record.vault, this.#payloadsOf(record))
    } catch (err) {
      this.#init.log.error('a payload of vault %s that is no longer needed could not be deleted yet: %s', record.id, describeError(err))
    }
  }

  async #unpin ({ id, vault }: VaultRecord): Promise<void> {
    try {
      await this.#init.payloads.pin(vault, [])
    } catch (err) {
      this.#init.log.error('the payload of vault %s could not be deleted yet: %s', id, describeError(err))
    }
  }

  /** Of the manifest that holds, and of the one that may be next: where this node is a holder, or was and has it yet. */
  #payloadsOf ({ vouched, pending }: VaultRecord): PayloadName[] {
    const { peerId, payloads } = this.#init
    return [vouched?.manifest, pending].flatMap(manifest => {
      const name = manifest == null ? undefined : payloadNameOf(manifest)
      return name != null && (placeOf(manifest, peerId) != null || payloads.isWhole(name)) ? [name] : []
    })
  }

  #show (id: string): void {
    const record = this.#records.get(id)
    const place = placeOf(record?.vouched?.manifest, this.#init.peerId)
    if (record?.vouched == null || place == null) {
      this.#held.delete(id)
      return
    }
    const { vouched, share } = record
    const name = payloadNameOf(vouched.manifest)
    this.#held.set(id, { vouched, index: place.index, hasShare: fits(share, vouched.manifest, place), hasPayload: name != null && this.#init.payloads.isWhole(name) })
  }

  #tell (id: string): void {
    for (const listener of this.#listeners) {
      try {
        listener(id)
      } catch (err) {
        this.#init.log.error('a listener failed on vault %s: %s', id, describeError(err))
      }
    }
  }
}

export function payloadNameOf ({ owner, vault, item }: { owner: Uint8Array, vault: Uint8Array, item?: Item }): PayloadName | undefined {
  return item == null ? undefined : { owner, vault, hash: item.payload, bytes: item.bytes }
}

function sizeOf ({ manifest, ownerSignature, accepts }: SignedManifest): number {
  return accepts.reduce((sum, { content, signature }) => sum + content.byteLength + signature.byteLength + 16, manifest.byteLength + ownerSignature.byteLength + 16)
}
