import { describeError } from '../../../errors.ts'
import { WriteBehind } from '../../../util/write-behind.ts'
import { KNOWN_KEYS } from '../durable-keys.ts'
import { ShardsError } from '../errors.ts'
import { manifestHash, readManifest } from '../model/manifest.ts'
import { KnownVault } from '../pb/owner-store.ts'
import { SignedManifest } from '../pb/shards.ts'
import { peerBytes, peerFromBytes } from '../../../util/peer-bytes.ts'
import { vaultIdText } from './arguments.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../util/clock.ts'
import type { Vouched } from '../parts.ts'

const FLUSH_INTERVAL_MS = 1_000
const MAX_VAULTS = 4_096

interface Entry {
  vouched: Vouched
  own: boolean
  /** 0: it is not. */
  revokedMs: number
  /** By peer id. */
  awaited: Map<string, PeerId>
  /** By peer id: may not have the certificate of this manifest, which was decided from here. */
  untold: Map<string, PeerId>
}

export interface VaultMemoryInit {
  datastore: Datastore
  clock: Clock
  log: Logger
  /** One is at a newer manifest, or seen for the first time. */
  onChanged: (vouched: Vouched) => void
}

/**
 * Vaults that were stored or opened from here, with the newest manifest that was seen: holders that show less have lost
 * something, or lie. On the disk, too; when that fails the calls go on, and it is tried again.
 */
export class VaultMemory {
  readonly #init: VaultMemoryInit
  readonly #store: WriteBehind
  /** The one that changed last is last. */
  readonly #entries = new Map<string, Entry>()

  constructor (init: VaultMemoryInit) {
    this.#init = init
    this.#store = new WriteBehind({
      ...init,
      prefix: KNOWN_KEYS,
      what: 'list of known vaults',
      flushIntervalMs: FLUSH_INTERVAL_MS,
      maxDirty: MAX_VAULTS,
      encode: id => encoded(this.#entries.get(id)),
      holds: id => this.#entries.has(id),
      error: (kind, message, cause) => new ShardsError(`SHARDS_${kind}`, message, { cause }),
      onFailed: err => { init.log.error('%s', describeError(err)) }
    })
  }

  get size (): number {
    return this.#entries.size
  }

  /** Peers to be told that a vault is revoked. */
  get awaited (): number {
    return [...this.#entries.values()].reduce((sum, { awaited }) => sum + awaited.size, 0)
  }

  /** Peers to be told that a change was decided. */
  get uncertified (): number {
    return [...this.#entries.values()].reduce((sum, { untold }) => sum + untold.size, 0)
  }

  /** Rejects with `SHARDS_LOAD_FAILED`. */
  async load (): Promise<void> {
    this.#entries.clear()
    for await (const { name, value } of this.#store.load()) {
      const entry = this.#decoded(name, value)
      if (entry != null) this.#entries.set(name, entry)
      else this.#store.mark(name)
    }
    this.#limit()
  }

  start (): void {
    this.#store.start()
  }

  async stop (): Promise<void> {
    await this.#store.stop()
  }

  /** Undefined for one that is revoked, too. */
  get (id: string): Vouched | undefined {
    const entry = this.#entries.get(id)
    return entry?.revokedMs === 0 ? entry.vouched : undefined
  }

  isRevoked (id: string): boolean {
    return (this.#entries.get(id)?.revokedMs ?? 0) > 0
  }

  own (): Vouched[] {
    return [...this.#entries.values()].filter(({ own, revokedMs }) => own && revokedMs === 0).map(({ vouched }) => vouched)
  }

  /**
   * What is older than what is known changes nothing. `tell`: holders that may not have heard that it was decided. Resolves when it is
   * written, or when that has failed.
   */
  async remember (vouched: Vouched, own: boolean, tell: readonly PeerId[] = []): Promise<void> {
    const id = vaultIdText(vouched.manifest.vault)
    const known = this.#entries.get(id)
    if (known != null && known.vouched.manifest.seq >= vouched.manifest.seq && (known.own || !own)) return
    const newer = known == null || known.vouched.manifest.seq < vouched.manifest.seq
    const untold = newer ? byId(tell) : known.untold
    this.#set(id, { vouched: newer ? vouched : known.vouched, own: own || known?.own === true, revokedMs: known?.revokedMs ?? 0, awaited: known?.awaited ?? new Map(), untold })
    if (newer) this.#init.onChanged(vouched)
    // it is logged and tried again: the vault itself is with its holders
    await this.#store.flush().catch(() => {})
  }

  /** Its holders are to delete it; written before it is said. Rejects with `SHARDS_WRITE_FAILED`. */
  async revoke (vouched: Vouched, peers: readonly PeerId[]): Promise<void> {
    const id = vaultIdText(vouched.manifest.vault)
    const before = this.#entries.get(id)
    const awaited = new Map([...before?.awaited ?? [], ...byId(peers)])
    this.#set(id, { vouched, own: true, revokedMs: before?.revokedMs || Math.max(1, this.#init.clock.now()), awaited, untold: new Map() })
    try {
      await this.#store.flush()
    } catch (err) {
      if (before == null) this.#entries.delete(id)
      else this.#entries.set(id, before)
      this.#store.mark(id)
      throw err
    }
  }

  /** This holder has deleted it. */
  deleted (id: string, peer: PeerId): void {
    if (this.#entries.get(id)?.awaited.delete(peer.toString()) === true) this.#store.mark(id)
  }

  /** Revoked vaults that this peer has not said to have deleted. */
  owedTo (peer: PeerId): string[] {
    return [...this.#entries].filter(([, { awaited }]) => awaited.has(peer.toString())).map(([id]) => id)
  }

  /** This holder has what was decided at this change, or newer. */
  told (id: string, seq: number, peer: PeerId): void {
    const entry = this.#entries.get(id)
    if (entry?.vouched.manifest.seq === seq && entry.untold.delete(peer.toString())) this.#store.mark(id)
  }

  /** What was decided from here, and this peer has not said that it has it. */
  untoldTo (peer: PeerId): Vouched[] {
    return [...this.#entries.values()].filter(({ untold }) => untold.has(peer.toString())).map(({ vouched }) => vouched)
  }

  /** All peers that have not been told something. */
  get owing (): PeerId[] {
    return [...new Map([...this.#entries.values()].flatMap(({ awaited, untold }) => [...awaited, ...untold])).values()]
  }

  /** The newest manifest of a revoked vault. */
  revoked (id: string): Vouched | undefined {
    const entry = this.#entries.get(id)
    return entry != null && entry.revokedMs > 0 ? entry.vouched : undefined
  }

  #set (id: string, entry: Entry): void {
    this.#entries.delete(id)
    this.#entries.set(id, entry)
    this.#store.mark(id)
    this.#limit()
  }

  /** What is done with goes first, then what is others', then the oldest. */
  #limit (): void {
    while (this.#entries.size > MAX_VAULTS) {
      const entries = [...this.#entries]
      const spare = entries.find(([, { revokedMs, awaited }]) => revokedMs > 0 && awaited.size === 0) ?? entries.find(([, { own }]) => !own) ?? entries[0]
      if (spare == null) return
      this.#entries.delete(spare[0])
      this.#store.mark(spare[0])
    }
  }

  #decoded (id: string, value: Uint8Array): Entry | undefined {
    try {
      const { newest, own, revokedMs, awaited, untold } = KnownVault.decode(value)
      const signed = SignedManifest.decode(newest)
      const manifest = readManifest(signed.manifest)
      if (vaultIdText(manifest.vault) !== id) throw new Error('it is of another vault')
      return { vouched: { manifest, hash: manifestHash(signed.manifest), signed }, own, revokedMs, awaited: byId(awaited.map(peerFromBytes)), untold: byId(untold.map(peerFromBytes)) }
    } catch (err) {
      this.#init.log.error('what is known of vault %s is dropped, as it is damaged: %s. Its holders still have it', id, describeError(err))
      return undefined
    }
  }
}

function encoded (entry: Entry | undefined): Uint8Array | undefined {
  if (entry == null) return undefined
  const { vouched: { signed }, own, revokedMs, awaited, untold } = entry
  return KnownVault.encode({ newest: SignedManifest.encode(signed), own, revokedMs, awaited: [...awaited.values()].map(peerBytes), untold: [...untold.values()].map(peerBytes) })
}

function byId (peers: readonly PeerId[]): Map<string, PeerId> {
  return new Map(peers.map(peer => [peer.toString(), peer]))
}
