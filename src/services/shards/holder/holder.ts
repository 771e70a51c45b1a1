import { equals } from 'uint8arrays/equals'
import { neutralScoring } from '../../../components.ts'
import { describeError } from '../../../errors.ts'
import { AuditLog } from './audit-log.ts'
import { Budgets } from './budgets.ts'
import { Ceremony } from './ceremony.ts'
import { EXPIRY_GRACE_MS, LEFT_MS, MAX_BUDGETS, PENDING_MS, SWEEP_MS } from './constants.ts'
import { Dealing } from './dealing.ts'
import { Desk } from './desk.ts'
import { Introductions } from './introductions.ts'
import { Keeping } from './keeping.ts'
import { KemKeys } from './kem-keys.ts'
import { NodeLock } from './node-lock.ts'
import { Opening } from './opening.ts'
import { Payloads } from './payloads.ts'
import { placeOf, seqOf } from './vault-record.ts'
import { payloadNameOf, Vaults } from './vaults.ts'
import type { Logger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Scoring } from '../../../components.ts'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { HeldShare, Holdings } from '../parts.ts'
import type { HolderContext } from './holder-context.ts'
import type { Payload } from './payloads.ts'
import type { VaultRecord } from './vault-record.ts'

export interface HolderInit {
  datastore: Datastore
  privateKey: PrivateKey
  peerId: PeerId
  clock: Clock
  rng: Rng
  log: Logger
  /** Asked when it is needed: the component may come later. @default every peer is a stranger in good standing */
  scoring?: () => Scoring
  /** Whether a holder is silent for this node, too: only then it lets holders replace it. @default nobody is */
  isSilent?: (vaultId: string, peer: PeerId) => boolean
  /** Encrypted payloads held for all. @default 1 GiB */
  capacityBytes?: number
  /** @default 64 MiB */
  bytesPerOwner?: number
  /** @default 64 */
  maxVaultsPerOwner?: number
  /** @default 4_096 */
  maxVaults?: number
  /** At most 4, of 64 bytes. @default [] */
  domains?: readonly string[]
  /** Nobody may have the payload read for an audit more often. @default 60_000 */
  minIntervalMs?: number
}

const MIB = 1_048_576

/**
 * Keeps shares for others: answers what their owners, those these trust, and other holders ask. What it promises, accepts or takes is in
 * the datastore before it says so; how sure it is there then is the datastore's matter.
 */
export class Holder implements Holdings {
  readonly #init: HolderInit
  readonly #payloads: Payloads
  readonly #vaults: Vaults
  readonly #kemKeys: KemKeys
  readonly #auditLog: AuditLog
  readonly #budgets: Budgets
  readonly #introductions: Introductions
  readonly #desk: Desk
  /** Expired when the sweep before looked. */
  #expired = new Set<string>()
  #timer?: Timer
  #sweeping?: Promise<void>

  constructor (init: HolderInit) {
    const { datastore, privateKey, peerId, clock, rng, log, scoring = () => neutralScoring, isSilent = () => false } = init
    const { capacityBytes = 1_024 * MIB, bytesPerOwner = 64 * MIB, maxVaultsPerOwner = 64, maxVaults = 4_096, domains = [], minIntervalMs = 60_000 } = init
    this.#init = init
    const lock = new NodeLock(privateKey, rng)
    this.#payloads = new Payloads({ datastore, clock, log, capacityBytes, bytesPerOwner })
    this.#vaults = new Vaults({ datastore, clock, log, peerId, payloads: this.#payloads, maxVaults, maxVaultsPerOwner })
    this.#kemKeys = new KemKeys({ datastore, privateKey, peerId, clock, rng, log, lock, isNeeded: key => this.#isPending(key) })
    this.#auditLog = new AuditLog({ datastore, clock, log })
    this.#budgets = new Budgets(clock, MAX_BUDGETS)
    this.#introductions = new Introductions(clock)
    const context: HolderContext = {
      peerId, privateKey, clock, rng, log, lock, domains, minIntervalMs, vaults: this.#vaults, payloads: this.#payloads, kemKeys: this.#kemKeys, budgets: this.#budgets,
      isSilent
    }
    this.#vaults.onChanged(id => { if (!this.#vaults.has(id)) this.#dropLog(id) })
    const ceremony = new Ceremony(context, this.#introductions)
    const dealing = new Dealing(context)
    const opening = new Opening(context)
    const keeping = new Keeping(context, this.#auditLog)
    this.#desk = new Desk({
      ...context,
      scoring,
      auditLog: this.#auditLog,
      handles: {
        offer: async call => await keeping.offer(call),
        put: async call => await keeping.put(call),
        get: async call => await keeping.get(call),
        prepare: async call => await ceremony.prepare(call),
        contribute: async call => await dealing.contribute(call),
        propose: async call => await ceremony.propose(call),
        commit: async call => await ceremony.commit(call),
        getState: async call => await keeping.getState(call),
        open: async call => await opening.open(call),
        export: async call => await opening.export(call),
        audit: async call => await opening.audit(call),
        list: async call => await keeping.list(call),
        getLog: async call => await keeping.getLog(call),
        revoke: async call => await keeping.revoke(call)
      }
    })
  }

  get held (): ReadonlyMap<string, HeldShare> {
    return this.#vaults.held
  }

  get gauges (): Record<string, number> {
    return {
      ...this.#vaults.gauges, ...this.#payloads.gauges, ...this.#desk.gauges, ...this.#introductions.gauges,
      kemKeys: this.#kemKeys.size, budgets: this.#budgets.size, logEntries: this.#auditLog.size, logLost: this.#auditLog.lost
    }
  }

  /** What was asked and what came of it: `open:granted`, `propose:CONFLICT`. */
  get counters (): Record<string, number> {
    return { ...this.#desk.counters }
  }

  /** Reads what is in the datastore, and begins to look after it. Rejects with `SHARDS_LOAD_FAILED`. */
  async load (): Promise<void> {
    await this.#payloads.load()
    await this.#vaults.load()
    await this.#kemKeys.load()
    await this.#auditLog.load()
    this.#timer = this.#init.clock.every(SWEEP_MS, () => { this.#sweeping ??= this.#sweep().finally(() => { this.#sweeping = undefined }) })
  }

  /** Resolves when nothing is being done any more. */
  async stop (): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    await this.#sweeping
    await this.#desk.settled()
    await this.#auditLog.settled()
    await this.#payloads.settled()
  }

  /** A signed Answer to a signed Request. Rejects with `SHARDS_INVALID`, and charges the peer, for what no honest peer sends. */
  async receive (from: PeerId, frame: Uint8Array): Promise<Uint8Array> {
    return await this.#desk.receive(from, frame)
  }

  onChanged (listener: (id: string) => void): () => void {
    return this.#vaults.onChanged(listener)
  }

  async putPayload (id: string, offset: number, data: Uint8Array): Promise<boolean> {
    const manifest = this.#vaults.held.get(id)?.vouched.manifest
    const name = manifest == null ? undefined : payloadNameOf(manifest)
    if (name == null) return false
    const whole = this.#payloads.isWhole(name) || await this.#payloads.put(name, offset, data, this.#init.peerId.toString())
    if (whole) this.#vaults.payloadChanged(id)
    return whole
  }

  payloadBytes (id: string): number {
    return this.#payloadOf(id)?.received ?? 0
  }

  /** SHA-256 of the nonce and the payload, as an audit has it; undefined when it is not here whole. */
  async payloadDigest (id: string, nonce: Uint8Array): Promise<Uint8Array | undefined> {
    const payload = this.#payloadOf(id)
    const digest = payload == null ? undefined : await this.#payloads.digest(payload, nonce)
    if (digest == null) this.#vaults.payloadChanged(id)
    return digest
  }

  /** The seq of a change that is accepted here and not certified. */
  pendingSeq (id: string): number | undefined {
    return this.#vaults.find(id)?.pending?.seq
  }

  #payloadOf (id: string): Payload | undefined {
    const manifest = this.#vaults.held.get(id)?.vouched.manifest
    const name = manifest == null ? undefined : payloadNameOf(manifest)
    return name == null ? undefined : this.#payloads.find(name)
  }

  #dropLog (id: string): void {
    // what is left the next sweep deletes
    this.#auditLog.drop(id).catch((err: unknown) => { this.#init.log.error('the log of vault %s could not be deleted yet: %s', id, describeError(err)) })
  }

  /** Whether what is accepted here is sealed to this key. */
  #isPending (kemKey: Uint8Array): boolean {
    return this.#vaults.all().some(({ pending }) => equals(placeOf(pending, this.#init.peerId)?.kemKey ?? new Uint8Array(0), kemKey))
  }

  /** Never rejects: what could not be deleted now is deleted by a later sweep. */
  async #sweep (): Promise<void> {
    const steps: Array<[what: string, step: () => Promise<void>]> = [
      ['vaults', async () => { await this.#sweepVaults() }],
      ['payloads', async () => { await this.#payloads.sweep() }],
      ['keys', async () => { await this.#kemKeys.sweep() }],
      ['vaults of long ago', async () => { await this.#vaults.sweep() }],
      ['logs', async () => { await this.#auditLog.keep(id => this.#vaults.has(id)) }]
    ]
    this.#desk.sweep()
    for (const [what, step] of steps) {
      try {
        await step()
      } catch (err) {
        this.#init.log.error('%s that have expired could not be deleted: %s', what, describeError(err))
      }
    }
  }

  /** Each only when the sweep before has found so, too: a clock that is ahead for a while must not delete everything. */
  async #sweepVaults (): Promise<void> {
    const before = this.#expired
    this.#expired = new Set()
    for (const { id } of this.#vaults.all()) {
      const why = this.#whyExpired(this.#vaults.find(id))
      if (why == null) continue
      this.#expired.add(id)
      if (!before.has(id)) continue
      await this.#desk.inTurn(id, async () => {
        const record = this.#vaults.find(id)
        if (record == null || this.#whyExpired(record) !== why) return
        await this.#vaults.remove(record, why, seqOf(record))
      })
    }
  }

  #whyExpired (record: VaultRecord | undefined): 'expired' | 'abandoned' | 'left' | undefined {
    const nowMs = this.#init.clock.now()
    const manifest = record?.vouched?.manifest
    if (manifest != null && manifest.expiresMs !== 0 && nowMs >= manifest.expiresMs + EXPIRY_GRACE_MS) return 'expired'
    if (record == null || placeOf(manifest, this.#init.peerId) != null) return undefined
    // accepted as one that is to come, and never heard of again
    if (record.pending != null) return nowMs >= record.acceptedMs + PENDING_MS ? 'abandoned' : undefined
    return nowMs >= record.acceptedMs + LEFT_MS ? 'left' : undefined
  }
}

