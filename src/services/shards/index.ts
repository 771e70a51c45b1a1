/**
 * @packageDocumentation
 *
 * A secret in the care of n peers: any t of them together give it back to its owner, t - 1 learn nothing, who lies is named, who
 * is lost is replaced, and the shares change while the secret stays. The key of a vault is a random scalar shared by Shamir's
 * scheme with Feldman's commitments; the secret itself is encrypted under it. See `protocols/shards/README.md`.
 *
 * It does not know who the owner is beyond a key, and keeps nothing that opens a vault but that key: look after its file.
 *
 * @example
 *
 * ```ts
 * import { createAppNode } from 'peerkeep'
 *
 * const node = await createAppNode({ dataDir: './alice', bootstrap: ['/dns4/seed.example.org/tcp/4001'] })
 * const { id } = await node.services.shards.store(new TextEncoder().encode('correct horse'), { threshold: 3, holders: 5, label: 'wallet' })
 * const secret = await node.services.shards.open(id)
 * ```
 */
import { ShardsService } from './service.ts'
import type { ComponentLogger, ContentRouting, Libp2pEvents, Metrics, PeerId, PeerStore, PrivateKey, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'
import type { ServiceInit } from '../../components.ts'
import type { AddressBook } from '../address-book/index.ts'
import type { Pool } from '../pool/index.ts'
import type { Protocols } from '../protocols/index.ts'

export { ShardsError } from './errors.ts'
export type { ShardsErrorCode } from './errors.ts'

export type VaultRight = 'open' | 'export' | 'audit' | 'list'

/** How holders look after a vault. */
export interface VaultPolicy {
  /** Holders ask each other whether they still have their shares. @default 6 hours */
  auditEveryMs?: number
  /** New shares, so that old ones are worth nothing; 0 for only when asked. @default 7 days */
  refreshEveryMs?: number
  /** A holder that has been silent for so long is replaced. @default 24 hours */
  lostAfterMs?: number
  /** Whether holders refresh and replace without the owner. @default true */
  holdersMayReshare?: boolean
  /** Whether the scalar itself may be put together. @default true */
  exportable?: boolean
  /** Openings by one key at each holder. @default 60 */
  opensPerHour?: number
}

/** How far a long call is. */
export type VaultProgress =
  | { step: 'choosing', found: number, wanted: number }
  | { step: 'uploading', bytes: number, total: number }
  | { step: 'dealing', epoch: number }
  | { step: 'accepted' | 'answered' | 'failed' | 'liar', peer: PeerId, index: number, reason?: string }
  | { step: 'committed', seq: number }

export interface VaultCall {
  signal?: AbortSignal
  /** @default 30_000 */
  timeoutMs?: number
  onProgress?: (progress: VaultProgress) => void
}

export interface StoreOptions extends VaultCall {
  /** How many holders open it, at least 2. @default 6 */
  threshold?: number
  /** How many hold a share; at most 64. Or who: such peers are taken whatever their standing and failure domain. @default 10 */
  holders?: number | PeerId[]
  /** Only the owner can read it; at most 256 bytes. */
  label?: string
  policy?: VaultPolicy
  /** Milliseconds since 1970; holders delete it then. @default never */
  expiresAt?: number
}

export interface OpenOptions extends VaultCall {
  /** For who is not the owner: what `delegate()` gave, opened with the key that it names. */
  delegation?: Uint8Array
  key?: PrivateKey
}

/** `healthy`: answered the last audit. `inert`: is there, without a share of this epoch. */
export type HolderHealth = 'unknown' | 'healthy' | 'inert' | 'silent' | 'lying'

export interface HolderStatus {
  index: number
  peerId: PeerId
  health: HolderHealth
  latencyMs?: number
  /** Why, when it is not healthy. */
  reason?: string
}

export interface Vault {
  /** 64 hexadecimal digits. */
  id: string
  label: string
  threshold: number
  holders: readonly PeerId[]
  epoch: number
  seq: number
  /** Of the encrypted secret. */
  bytes: number
  version: number
  /** Has been exported, and should be rotated. */
  exposed: boolean
  /** When its newest manifest was made. */
  changedMs: number
  expiresMs?: number
  policy: Required<VaultPolicy>
}

export interface VaultStatus extends Omit<Vault, 'holders'> {
  holders: HolderStatus[]
  /** Holders with a share that fits. */
  healthy: number
  /** Whether it can be opened now. */
  openable: boolean
}

/** One decision of a holder, as it wrote it down. */
export interface VaultLogEntry {
  holder: PeerId
  seq: number
  timeMs: number
  /** `open`, `audit`, `propose`, ... */
  what: string
  /** Hexadecimal, of the key that signed the request. */
  signer: string
  from: PeerId
  /** `granted`, or why not. */
  decision: string
}

export interface HeldVault {
  id: string
  index: number
  threshold: number
  holders: number
  epoch: number
  seq: number
  hasShare: boolean
  bytes: number
  healthy: number
  /** Of a change that is prepared but not committed. */
  pendingSeq?: number
}

export interface ShardsSnapshot {
  holding: boolean
  held: HeldVault[]
  /** Vaults that this node's owner key has stored or opened from here. */
  own: Vault[]
  counters: Record<string, number>
  gauges: Record<string, number>
}

export interface ShardsEvents {
  /** A vault held or owned here has changed. */
  'vault:changed': CustomEvent<{ id: string, seq: number, epoch: number }>
  /** A holder said something that is provably false, here or to somebody who passed the proof on. */
  'holder:lied': CustomEvent<{ peerId: PeerId, vault: string, kind: 'partial' | 'audit' | 'contribution' | 'equivocation', told: boolean }>
  /** A holder has been silent for too long and is to be replaced. */
  'holder:lost': CustomEvent<{ peerId: PeerId, vault: string, index: number }>
  /** What holders do by themselves did not succeed; it is tried again. */
  'vault:failed': CustomEvent<{ id: string, error: Error }>
}

/** Every call rejects with a `ShardsError` within its time: see `ShardsErrorCode`. Vaults are named by their ids. */
export interface Shards extends TypedEventTarget<ShardsEvents> {
  /** Encrypts the secret, deals shares and leaves them with holders; resolves when enough of them have them on their disks. */
  store (secret: Uint8Array, options?: StoreOptions): Promise<Vault>
  /** The secret, put together here from partial decryptions; no share leaves its holder. Knowing the owner key and somebody of the network is enough. */
  open (id: string, options?: OpenOptions): Promise<Uint8Array>
  /** Another secret in the same vault. */
  update (id: string, secret: Uint8Array, options?: VaultCall): Promise<Vault>
  /** The vault's scalar, 32 bytes: it opens every version for ever. Marks the vault as exposed. */
  export (id: string, options?: OpenOptions): Promise<Uint8Array>
  /** The owner's vaults, from what this node knows and from the holders that can be found. */
  list (options?: VaultCall): Promise<Vault[]>
  /** Asks every holder. */
  status (id: string, options?: VaultCall): Promise<VaultStatus>
  /** Like status, and every holder proves that it has its share and payload. */
  audit (id: string, options?: VaultCall): Promise<VaultStatus>
  /** New shares for the same holders; old ones are worth nothing then. */
  refresh (id: string, options?: VaultCall): Promise<Vault>
  /** Replaces holders that are silent or lied, and gives those without a share one. Nothing changes when all are well. */
  repair (id: string, options?: VaultCall): Promise<Vault>
  /** Another threshold, number of holders, or other holders. */
  reshare (id: string, options: VaultCall & { threshold?: number, holders?: number | PeerId[] }): Promise<Vault>
  /** Another scalar: shares and exports of the old one are worth nothing for what is stored from now on. The payload is not sent again. */
  rotate (id: string, options?: VaultCall): Promise<Vault>
  /** Another label, policy or expiry. */
  amend (id: string, change: { label?: string, policy?: VaultPolicy, expiresAt?: number | null }, options?: VaultCall): Promise<Vault>
  /** A capability for another key, to be given to its owner; `undelegate` takes it back. */
  delegate (id: string, subject: PrivateKey['publicKey'], rights: VaultRight[], options: { expiresAt: number }): Promise<Uint8Array>
  undelegate (id: string, delegation: Uint8Array, options?: VaultCall): Promise<Vault>
  /** Holders delete it; resolves to those that signed that they have. Those that were away are told when the node meets them again. */
  revoke (id: string, options?: VaultCall): Promise<PeerId[]>
  /** What holders wrote down about this vault. */
  log (id: string, options?: VaultCall): Promise<VaultLogEntry[]>
  snapshot (): ShardsSnapshot
}

/** Where the owner's key comes from. It is made when it is first needed. */
export interface OwnerKeySource {
  /** Undefined when there is none yet. */
  load (): Promise<PrivateKey | undefined>
  /** Makes and keeps one. */
  create (): Promise<PrivateKey>
}

export interface ShardsInit extends ServiceInit {
  /** Networks have nothing to do with each other. @default 'main' */
  network?: string
  /** Hold shares for others, as only nodes with an Ed25519 key can. What is held already stays on the disk, unused, when it is turned off. @default true */
  hold?: boolean
  /** @default none: `store` rejects with SHARDS_NO_OWNER_KEY */
  ownerKey?: OwnerKeySource
  /** Encrypted payloads held for all. @default 1 GiB */
  capacityBytes?: number
  /** And for one owner, of at most `maxVaultsPerOwner` vaults. @default 64 MiB */
  bytesPerOwner?: number
  /** @default 64 */
  maxVaultsPerOwner?: number
  /** @default 4_096 */
  maxVaults?: number
  /** Names of what this node may fail together with: a data centre, an operator. @default [] */
  domains?: string[]
  /** No vault makes this node work more often, whatever its policy says. @default 60_000 */
  minIntervalMs?: number
  /** Count private and loopback addresses as failure domains too. @default false */
  localAsPublic?: boolean
}

export interface ShardsComponents {
  peerId: PeerId
  privateKey: PrivateKey
  datastore: Datastore
  peerStore: PeerStore
  connectionManager: ConnectionManager
  contentRouting: ContentRouting
  events: TypedEventTarget<Libp2pEvents>
  protocols: Protocols
  pool: Pool
  addressBook: AddressBook
  logger: ComponentLogger
  metrics?: Metrics
}

/** Uses the optional components `scoring` and `bans`. */
export function shards (init: ShardsInit = {}): (components: ShardsComponents) => Shards {
  return components => new ShardsService(components, init)
}
