import { equals } from 'uint8arrays/equals'
import { openLabel } from '../../../crypto/item/label.ts'
import { ItemError } from '../../../crypto/item/errors.ts'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { neutralScoring } from '../../../components.ts'
import { ShardsError } from '../errors.ts'
import { makeDelegation, peekDelegation } from '../model/delegation.ts'
import { keyBytes } from '../model/keys.ts'
import { Amendment } from './amendment.ts'
import { checkSecret, readExpiry, readStore, readVaultId, readWanted, vaultIdText } from './arguments.ts'
import { holdersOf } from './canvass.ts'
import { Certificates } from './certificates.ts'
import { audit, look } from './checkup.ts'
import { Errands } from './errand.ts'
import { exported } from './exporting.ts'
import { Gathering } from './gathering.ts'
import { holderLogs } from './holder-logs.ts'
import { Renewal } from './renewal.ts'
import { Revocation } from './revocation.ts'
import { seedOf, stored } from './storing.ts'
import { Suspects } from './suspects.ts'
import { VaultFinder } from './vault-finder.ts'
import { VaultMemory } from './vault-memory.ts'
import { VaultOpener } from './vault-opener.ts'
import { policyOf, vaultOf } from './vault-view.ts'
import type { Logger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { OpenOptions, OwnerKeySource, Shards, StoreOptions, Vault, VaultCall, VaultLogEntry, VaultPolicy, VaultRight, VaultStatus } from '../index.ts'
import type { Caller, Changed, Changes, Informer, Peers, Vouched } from '../parts.ts'
import type { Checkup } from './checkup.ts'
import type { OwnerContext } from './context.ts'
import type { Errand } from './errand.ts'

export interface OwnerInit {
  caller: Caller
  changes: Changes
  peers: Peers
  informer: Informer
  /** Absent: nothing can be stored, and only delegates open. */
  ownerKey?: OwnerKeySource
  datastore: Datastore
  clock: Clock
  rng: Rng
  log: Logger
  self: PeerId
  /** Asked for late: libp2p has it when the node begins. @default nobody is charged */
  scoring?: () => Scoring
  /** A vault of this owner, or one opened here, is at another manifest than before. */
  onChanged?: (vouched: Vouched) => void
}

const MAX_LABELS = 4_096
/** What a store leaves to be done when some of its holders did not take their shares. */
const COMPLETE_MS = 60_000
const RIGHTS: readonly VaultRight[] = ['open', 'export', 'audit', 'list']

/** What an owner, or somebody with a delegation, does with vaults from this node. */
export class Owner implements Omit<Shards, 'snapshot' | keyof EventTarget | 'listenerCount' | 'safeDispatchEvent'> {
  readonly #init: OwnerInit
  readonly #context: OwnerContext
  readonly #finder: VaultFinder
  readonly #gathering: Gathering
  readonly #opener: VaultOpener
  readonly #renewal: Renewal
  readonly #amendment: Amendment
  readonly #revocation: Revocation
  readonly #certificates: Certificates
  /** By vault: the label as it is sealed, and open. */
  readonly #labels = new BoundedMap<string, { sealed: Uint8Array, text: string }>(MAX_LABELS)
  #key: { how: 'load' | 'create', asked: Promise<PrivateKey | undefined> } | undefined

  constructor (init: OwnerInit) {
    const { scoring = () => neutralScoring, onChanged = () => {} } = init
    this.#init = init
    const memory = new VaultMemory({ ...init, onChanged })
    this.#context = { ...init, scoring, memory, suspects: new Suspects(), errands: new Errands(init) }
    this.#finder = new VaultFinder(this.#context)
    this.#gathering = new Gathering(this.#context, this.#finder)
    this.#opener = new VaultOpener(this.#context, this.#gathering)
    this.#renewal = new Renewal(this.#context, this.#finder, this.#opener)
    this.#amendment = new Amendment(this.#context, this.#finder)
    this.#revocation = new Revocation(this.#context, this.#finder, async () => await this.#loadKey())
    this.#certificates = new Certificates(this.#context, async () => await this.#loadKey())
  }

  /** Rejects with `SHARDS_LOAD_FAILED`. */
  async load (): Promise<void> {
    await this.#context.memory.load()
  }

  start (): void {
    this.#context.memory.start()
    this.#context.errands.start()
    this.#revocation.start()
    this.#certificates.start()
  }

  async stop (): Promise<void> {
    this.#certificates.stop()
    this.#revocation.stop()
    await this.#context.errands.stop()
    await this.#context.memory.stop()
    this.#key = undefined
  }

  /** A peer is connected: what it is owed is told. */
  met (peer: PeerId): void {
    this.#revocation.met(peer)
    this.#certificates.met(peer)
  }

  /** Of this owner's vaults, as far as they are known here; labels as far as the key was used since the start. */
  own (): Vault[] {
    return this.#context.memory.own().map(vouched => vaultOf(vouched, this.#labels.get(vaultIdText(vouched.manifest.vault))?.text ?? ''))
  }

  get gauges (): Record<string, number> {
    const { memory, suspects, errands } = this.#context
    return { knownVaults: memory.size, revocationsAwaited: memory.awaited, certificatesUntold: memory.uncertified, suspects: suspects.size, ownerTasks: errands.background }
  }

  async store (secret: Uint8Array, options: StoreOptions = {}): Promise<Vault> {
    const plan = readStore(secret, options, this.#init.clock.now())
    const signer = await this.#ownerKey({ create: true })
    return await this.#run('storing', options, signer, async errand => {
      const { vouched, missing } = await stored(this.#context, secret, plan, errand)
      await this.#context.memory.remember(vouched, true, holdersOf(vouched.manifest).map(({ peer }) => peer))
      if (missing.length > 0) this.#complete(vouched, signer)
      return await this.#seen(vouched, signer)
    })
  }

  async open (id: string, options: OpenOptions = {}): Promise<Uint8Array> {
    readVaultId(id)
    const signer = options.key ?? await this.#ownerKey()
    return await this.#run(`opening ${id}`, options, signer, async errand => {
      const { secret, vouched } = await this.#opener.open(await this.#finder.find(id, errand), errand)
      await this.#context.memory.remember(vouched, isOwner(signer, vouched))
      return secret
    })
  }

  async update (id: string, secret: Uint8Array, options: VaultCall = {}): Promise<Vault> {
    checkSecret(secret)
    return await this.#change(id, `updating ${id}`, options, async (known, errand) => await this.#amendment.update(known, secret, errand))
  }

  async export (id: string, options: OpenOptions = {}): Promise<Uint8Array> {
    readVaultId(id)
    const signer = options.key ?? await this.#ownerKey()
    return await this.#run(`exporting ${id}`, options, signer, async errand => {
      const known = await this.#finder.find(id, errand)
      if (!policyOf(known.manifest).exportable) throw new ShardsError('SHARDS_FORBIDDEN', `the policy of vault ${id} does not allow to export it: amend that first`)
      const own = isOwner(signer, known)
      const exposed = own ? (await this.#amendment.expose(known, errand)).vouched : known
      const { scalar, vouched } = await exported(this.#context, this.#gathering, exposed, errand)
      await this.#context.memory.remember(vouched, own)
      return scalar
    })
  }

  async list (options: VaultCall = {}): Promise<Vault[]> {
    const signer = await this.#ownerKey()
    return await this.#run('looking for vaults', options, signer, async errand => {
      const { vaults, undead } = await this.#finder.list(keyBytes(signer.publicKey), errand)
      for (const vouched of vaults) await this.#context.memory.remember(vouched, true)
      await this.#revocation.undead(undead)
      const seen = await Promise.all(vaults.map(async vouched => await this.#seen(vouched, signer)))
      return seen.sort((a, b) => a.id < b.id ? -1 : 1)
    })
  }

  async status (id: string, options: VaultCall = {}): Promise<VaultStatus> {
    return await this.#checkup(id, `asking after ${id}`, options, async (known, errand) => await look(this.#context, this.#finder, known, errand))
  }

  async audit (id: string, options: VaultCall = {}): Promise<VaultStatus> {
    return await this.#checkup(id, `auditing ${id}`, options, async (known, errand) => await audit(this.#context, this.#finder, known, errand))
  }

  async refresh (id: string, options: VaultCall = {}): Promise<Vault> {
    return await this.#change(id, `refreshing ${id}`, options, async (known, errand) => await this.#renewal.refresh(known, errand))
  }

  async repair (id: string, options: VaultCall = {}): Promise<Vault> {
    return await this.#change(id, `repairing ${id}`, options, async (known, errand) => await this.#renewal.repair(known, errand))
  }

  async reshare (id: string, { threshold, holders, ...options }: VaultCall & { threshold?: number, holders?: number | PeerId[] }): Promise<Vault> {
    const wanted = holders == null ? undefined : readWanted(holders)
    return await this.#change(id, `resharing ${id}`, options, async (known, errand) => await this.#renewal.reshare(known, { threshold, wanted }, errand))
  }

  async rotate (id: string, options: VaultCall = {}): Promise<Vault> {
    return await this.#change(id, `rotating ${id}`, options, async (known, errand) => await this.#renewal.rotate(known, errand))
  }

  async amend (id: string, change: { label?: string, policy?: VaultPolicy, expiresAt?: number | null }, options: VaultCall = {}): Promise<Vault> {
    return await this.#change(id, `amending ${id}`, options, async (known, errand) => await this.#amendment.amend(known, change, errand))
  }

  async delegate (id: string, subject: PrivateKey['publicKey'], rights: VaultRight[], { expiresAt }: { expiresAt: number }): Promise<Uint8Array> {
    const vault = readVaultId(id)
    const unknown = rights.find(right => !RIGHTS.includes(right))
    if (unknown != null || rights.length === 0) throw new ShardsError('SHARDS_INVALID', `a delegation of ${unknown ?? 'no right'}: there are ${RIGHTS.join(', ')}`)
    const expiresMs = readExpiry(expiresAt, this.#init.clock.now())
    if (expiresMs === 0) throw new ShardsError('SHARDS_INVALID', 'a delegation needs expiresAt: what is given for ever cannot be forgotten')
    const key = await this.#ownerKey()
    const known = this.#context.memory.get(id)
    if (known != null && !isOwner(key, known)) throw notOwn(id)
    return await makeDelegation({ vault, subject, rights, expiresMs }, key, this.#init.rng)
  }

  async undelegate (id: string, delegation: Uint8Array, options: VaultCall = {}): Promise<Vault> {
    peekDelegation(delegation)
    return await this.#change(id, `taking back a delegation of ${id}`, options, async (known, errand) => await this.#amendment.undelegate(known, delegation, errand))
  }

  async revoke (id: string, options: VaultCall = {}): Promise<PeerId[]> {
    return await this.#own(id, `revoking ${id}`, options, async (known, errand) => await this.#revocation.revoke(known, errand))
  }

  async log (id: string, options: VaultCall = {}): Promise<VaultLogEntry[]> {
    return await this.#own(id, `reading the logs of ${id}`, options, async (known, errand) => await holderLogs(this.#context, known, errand))
  }

  /** With the owner's key, on one of the owner's vaults. */
  async #own<T> (id: string, what: string, options: VaultCall, work: (known: Vouched, errand: Errand) => Promise<T>): Promise<T> {
    readVaultId(id)
    const signer = await this.#ownerKey()
    return await this.#run(what, options, signer, async errand => {
      const known = await this.#finder.find(id, errand)
      if (!isOwner(signer, known)) throw notOwn(id)
      return await work(known, errand)
    })
  }

  async #change (id: string, what: string, options: VaultCall, work: (known: Vouched, errand: Errand) => Promise<Changed>): Promise<Vault> {
    return await this.#own(id, what, options, async (known, errand) => {
      const { vouched } = await work(known, errand)
      await this.#context.memory.remember(vouched, true)
      return await this.#seen(vouched, errand.signer)
    })
  }

  async #checkup (id: string, what: string, options: VaultCall, work: (known: Vouched, errand: Errand) => Promise<Checkup>): Promise<VaultStatus> {
    return await this.#own(id, what, options, async (known, errand) => {
      const { vouched, findings } = await work(known, errand)
      await this.#context.memory.remember(vouched, true)
      const healthy = findings.filter(({ health }) => health === 'healthy').length
      return {
        ...await this.#seen(vouched, errand.signer),
        holders: findings.map(({ hasPayload, ...holder }) => holder),
        healthy,
        openable: healthy >= vouched.manifest.threshold && findings.some(({ hasPayload }) => hasPayload)
      }
    })
  }

  async #run<T> (what: string, options: VaultCall & { delegation?: Uint8Array }, signer: PrivateKey, work: (errand: Errand) => Promise<T>): Promise<T> {
    return await this.#context.errands.run(options, { what, signer, delegation: options.delegation }, work)
  }

  /** Some of the first holders have no share: they get one, or others do. */
  #complete (vouched: Vouched, signer: PrivateKey): void {
    this.#context.errands.behind('giving all holders their shares', COMPLETE_MS, async signal => {
      await this.#renewal.repair(vouched, { signal, signer, onProgress: () => {} })
    })
  }

  async #seen (vouched: Vouched, signer: PrivateKey): Promise<Vault> {
    const { vault, label } = vouched.manifest
    const id = vaultIdText(vault)
    const known = this.#labels.get(id)
    if (known != null && equals(known.sealed, label)) return vaultOf(vouched, known.text)
    const text = label.byteLength === 0 ? '' : await this.#openLabel(vault, label, signer)
    this.#labels.set(id, { sealed: label, text })
    return vaultOf(vouched, text)
  }

  async #openLabel (vault: Uint8Array, label: Uint8Array, signer: PrivateKey): Promise<string> {
    try {
      return await openLabel(seedOf(signer), vault, label)
    } catch (err) {
      if (!(err instanceof ItemError)) throw err
      this.#init.log.error('the label of vault %s does not open: %s', vaultIdText(vault), err.message)
      return ''
    }
  }

  /** Rejects with `SHARDS_NO_OWNER_KEY`, and with whatever the source does. */
  async #ownerKey ({ create = false } = {}): Promise<PrivateKey> {
    const key = await this.#loadKey() ?? (create ? await this.#createKey() : undefined)
    if (key == null) throw new ShardsError('SHARDS_NO_OWNER_KEY', this.#init.ownerKey == null ? 'this node has no owner key: give one, or where it is to be kept' : 'there is no owner key yet: it is made with the first vault that is stored')
    return key
  }

  async #loadKey (): Promise<PrivateKey | undefined> {
    return await this.#remembered('load')
  }

  /** Once, whoever asks at the same time. */
  async #createKey (): Promise<PrivateKey | undefined> {
    return await this.#remembered('create')
  }

  /** Asked for once: to open a key file takes its time. */
  async #remembered (how: 'load' | 'create'): Promise<PrivateKey | undefined> {
    // one that is being made is there soon; what somebody else only looks for is not made by that
    const slot = this.#key != null && (this.#key.how === how || this.#key.how === 'create')
      ? this.#key
      : this.#key = { how, asked: (async () => await this.#init.ownerKey?.[how]())() }
    try {
      const key = await slot.asked
      // there may be one later
      if (key == null && this.#key === slot) this.#key = undefined
      return key
    } catch (err) {
      if (this.#key === slot) this.#key = undefined
      throw err
    }
  }
}

function isOwner (signer: PrivateKey, { manifest }: Vouched): boolean {
  return equals(keyBytes(signer.publicKey), manifest.owner)
}

function notOwn (id: string): ShardsError {
  return new ShardsError('SHARDS_FORBIDDEN', `vault ${id} is of another owner than the key of this node`)
}
