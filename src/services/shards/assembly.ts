import { toString } from 'uint8arrays/to-string'
import { BoundedMap } from '../../util/bounded-map.ts'
import { SignedCaller } from './caller.ts'
import { VaultChanges } from './change/changes.ts'
import { ShardsError } from './errors.ts'
import { Holder } from './holder/holder.ts'
import { LieInformer } from './informer.ts'
import { Keeper } from './keeper/keeper.ts'
import { Owner } from './owner/owner.ts'
import type { Logger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { Rng } from '../../util/rng.ts'
import type { HeldVault, OwnerKeySource, ShardsEvents, Vault } from './index.ts'
import type { HoldingOptions } from './options.ts'
import type { Peers, Transport } from './parts.ts'

/** Vaults whose last change that was told is remembered; of a forgotten one it is told again. */
const MAX_TOLD = 8_192

export type Emit = <K extends keyof ShardsEvents>(type: K, detail: ShardsEvents[K]['detail']) => void

export interface AssemblyInit {
  self: PeerId
  privateKey: PrivateKey
  datastore: Datastore
  clock: Clock
  rng: Rng
  log: Logger
  scoring: () => Scoring
  transport: Transport
  peers: Peers
  ownerKey?: OwnerKeySource
  /** Absent: nothing is held for others. */
  holding?: HoldingOptions
  /** Connected peers that take evidence, and how they are told. */
  listeners: () => Promise<PeerId[]>
  tell: (peer: PeerId, evidence: Uint8Array, signal: AbortSignal) => Promise<void>
  /** Whether this node has had to do with that peer. */
  knows: (peer: PeerId) => boolean
  emit: Emit
}

/** The parts of shards, put together; what they need of a network is given. */
export class Assembly {
  readonly caller: SignedCaller
  readonly informer: LieInformer
  readonly changes: VaultChanges
  readonly owner: Owner
  readonly holder?: Holder
  readonly keeper?: Keeper
  readonly #emit: Emit
  readonly #told = new BoundedMap<string, number>(MAX_TOLD)
  #leave?: () => void

  constructor (init: AssemblyInit) {
    const { self, privateKey, datastore, clock, rng, log, scoring, peers, ownerKey, holding, emit } = init
    this.#emit = emit
    this.caller = new SignedCaller(init)
    this.informer = new LieInformer({
      ...init,
      emit: lie => {
        this.keeper?.convict(lie.vault, lie.peerId, `lied about its ${lie.kind}`)
        emit('holder:lied', lie)
      }
    })
    const { caller, informer } = this
    this.changes = new VaultChanges({ self, caller, informer, scoring, clock, rng, log })
    const { changes } = this
    this.owner = new Owner({
      caller, changes, peers, informer, ownerKey, datastore, clock, rng, log, self, scoring,
      onChanged: ({ manifest: { vault, seq, epoch } }) => { this.#changed(toString(vault, 'base16'), seq, epoch) }
    })
    if (holding == null) return
    const holder = new Holder({ ...holding, datastore, privateKey, peerId: self, clock, rng, log, scoring, isSilent: (id, peer) => this.keeper?.isSilent(id, peer) ?? false })
    this.holder = holder
    this.keeper = new Keeper({
      self, holdings: holder, caller, changes, peers, informer, scoring, clock, rng, log,
      minIntervalMs: holding.minIntervalMs,
      onLost: lost => { emit('holder:lost', lost) },
      onFailed: failed => { emit('vault:failed', failed) }
    })
  }

  /** Rejects with `SHARDS_LOAD_FAILED`. */
  async load (): Promise<void> {
    await this.holder?.load()
    await this.owner.load()
  }

  /** What calls others; `holder` answers since `load`. */
  start (): void {
    this.#leave = this.holder?.onChanged(id => {
      const manifest = this.holder?.held.get(id)?.vouched.manifest
      if (manifest != null) this.#changed(id, manifest.seq, manifest.epoch)
    })
    this.informer.start()
    this.changes.start()
    this.owner.start()
    this.keeper?.start()
  }

  async stop (): Promise<void> {
    await this.keeper?.stop()
    await this.owner.stop()
    await this.changes.stop()
    await this.informer.stop()
    this.#leave?.()
    await this.holder?.stop()
  }

  /** Answers a request, also one of this node's own. Rejects with `SHARDS_UNREACHABLE` where nothing is held, and for what no honest peer sends. */
  async receive (from: PeerId, frame: Uint8Array): Promise<Uint8Array> {
    if (this.holder == null) throw new ShardsError('SHARDS_UNREACHABLE', 'this node holds no shares: it cannot be asked for one')
    return await this.holder.receive(from, frame)
  }

  held (): HeldVault[] {
    return [...this.holder?.held ?? []].map(([id, { vouched: { manifest }, index, hasShare }]): HeldVault => ({
      id,
      index,
      threshold: manifest.threshold,
      holders: manifest.holders.length,
      epoch: manifest.epoch,
      seq: manifest.seq,
      hasShare,
      bytes: manifest.item?.bytes ?? 0,
      healthy: this.keeper?.healthy(id) ?? 0,
      pendingSeq: this.holder?.pendingSeq(id)
    }))
  }

  own (): Vault[] {
    return this.owner.own()
  }

  get gauges (): Record<string, number> {
    return { ...this.caller.gauges, ...this.informer.gauges, changesToTell: this.changes.background, ...this.owner.gauges, ...this.holder?.gauges, ...this.keeper?.gauges }
  }

  get counters (): Record<string, number> {
    const { called, failed, refused, invalid } = this.caller.counts
    return { called: called ?? 0, failed: failed ?? 0, refused: refused ?? 0, invalid: invalid ?? 0, ...this.informer.counts, ...this.holder?.counters }
  }

  /** Once for each change, though it may be a vault that is both held and owned here. */
  #changed (id: string, seq: number, epoch: number): void {
    if ((this.#told.get(id) ?? 0) >= seq) return
    this.#told.set(id, seq)
    this.#emit('vault:changed', { id, seq, epoch })
  }
}
