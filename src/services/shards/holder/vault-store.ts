import { Key } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { describeError } from '../../../errors.ts'
import { GONE_KEYS, VAULT_KEYS } from '../durable-keys.ts'
import { ShardsError } from '../errors.ts'
import { manifestHash } from '../model/manifest.ts'
import { StoredGone, StoredVault } from '../pb/holder-store.ts'
import { Manifest, Propose, SignedManifest } from '../pb/shards.ts'
import { PREFIX } from './constants.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { AcceptorState } from './acceptor.ts'
import type { VaultRecord } from './vault-record.ts'

const CHAINS = `${PREFIX}chain/`
const PROPOSED = `${PREFIX}proposed/`
const SEQ_DIGITS = 16
const BATCH_SIZE = 512

export interface Write {
  record: VaultRecord
  /** Certificates to add. */
  links?: ReadonlyArray<{ seq: number, signed: SignedManifest }>
  /** Those before this seq go. */
  dropBefore?: { from: number, to: number }
  /** What is accepted; null when nothing is any more. */
  proposed?: Propose | null
  /** It is no longer gone. */
  returned?: boolean
}

/** What a vault that was here leaves behind. */
export interface Gone {
  why: string
  atMs: number
  seq: number
  acceptor: AcceptorState
}

export interface Stored {
  records: Map<string, VaultRecord>
  gone: Map<string, Gone>
  /** Ids of vaults that cannot be read: they are left as they are. */
  damaged: Set<string>
}

/** Vaults in the datastore. Each write is one batch: all of it or nothing is there after the process was killed. */
export class VaultStore {
  readonly #datastore: Datastore
  readonly #log: Logger

  constructor ({ datastore, log }: { datastore: Datastore, log: Logger }) {
    this.#datastore = datastore
    this.#log = log
  }

  /** Rejects with `SHARDS_LOAD_FAILED`. */
  async load (): Promise<Stored> {
    try {
      const stored: Stored = { records: new Map(), gone: new Map(), damaged: new Set() }
      for await (const { key, value } of this.#datastore.query({ prefix: VAULT_KEYS })) {
        const id = key.toString().slice(VAULT_KEYS.length)
        try {
          stored.records.set(id, await this.#read(id, StoredVault.decode(value)))
        } catch (err) {
          stored.damaged.add(id)
          this.#log.error('vault %s cannot be read, and is left as it is: %s', id, describeError(err))
        }
      }
      for await (const { key, value } of this.#datastore.query({ prefix: GONE_KEYS })) {
        const id = key.toString().slice(GONE_KEYS.length)
        try {
          const { why, atMs, seq, ...state } = StoredGone.decode(value)
          stored.gone.set(id, { why, atMs, seq, acceptor: acceptorOf(state) })
        } catch (err) {
          // what was promised of it is not known any more
          stored.damaged.add(id)
          this.#log.error('what vault %s left behind cannot be read: %s', id, describeError(err))
        }
      }
      return stored
    } catch (err) {
      throw new ShardsError('SHARDS_LOAD_FAILED', 'the shares that this node holds could not be read from the datastore: check its disk', { cause: err })
    }
  }

  async write ({ record, links = [], dropBefore, proposed, returned = false }: Write): Promise<void> {
    const { id } = record
    const batch = this.#datastore.batch()
    for (const { seq, signed } of links) batch.put(linkKey(id, seq), SignedManifest.encode(signed))
    if (dropBefore != null) for (let seq = dropBefore.from; seq < dropBefore.to; seq++) batch.delete(linkKey(id, seq))
    if (proposed === null) batch.delete(key(PROPOSED, id))
    else if (proposed != null) batch.put(key(PROPOSED, id), Propose.encode(proposed))
    if (returned) batch.delete(key(GONE_KEYS, id))
    batch.put(key(VAULT_KEYS, id), encode(record))
    await batch.commit()
  }

  /** Forgets a vault, but for what it leaves behind. */
  async remove (record: VaultRecord, gone: Gone): Promise<void> {
    const { id, oldest, vouched } = record
    const batch = this.#datastore.batch()
    batch.delete(key(VAULT_KEYS, id))
    batch.delete(key(PROPOSED, id))
    if (vouched != null) for (let seq = oldest; seq <= vouched.manifest.seq; seq++) batch.delete(linkKey(id, seq))
    const { acceptor: { promised, accepted }, ...rest } = gone
    batch.put(key(GONE_KEYS, id), StoredGone.encode({ ...rest, promised, acceptedBallot: accepted?.ballot, accepted: accepted?.manifest ?? new Uint8Array(0) }))
    await batch.commit()
  }

  /** Forgets that these vaults were here. */
  async forget (ids: readonly string[]): Promise<void> {
    for (let i = 0; i < ids.length; i += BATCH_SIZE) {
      const batch = this.#datastore.batch()
      for (const id of ids.slice(i, i + BATCH_SIZE)) batch.delete(key(GONE_KEYS, id))
      await batch.commit()
    }
  }

  async link (id: string, seq: number): Promise<SignedManifest> {
    return SignedManifest.decode(await this.#datastore.get(linkKey(id, seq)))
  }

  /** What is accepted and not certified. */
  async proposed (id: string): Promise<Propose> {
    return Propose.decode(await this.#datastore.get(key(PROPOSED, id)))
  }

  async #read (id: string, { seq, oldest, chainBytes, share, prepared, kem, acceptedMs, ...state }: StoredVault): Promise<VaultRecord> {
    const record: VaultRecord = { id, vault: fromString(id, 'base16'), oldest, chainBytes, share, prepared, kem, acceptedMs, acceptor: acceptorOf(state) }
    if (seq > 0) {
      const signed = await this.link(id, seq)
      // it was checked before it was written
      record.vouched = { manifest: Manifest.decode(signed.manifest), hash: manifestHash(signed.manifest), signed }
    }
    if (record.acceptor.accepted != null) {
      const { manifest } = await this.proposed(id)
      if (manifest == null) throw new Error('what was accepted has no manifest')
      record.pending = Manifest.decode(manifest.manifest)
    }
    return record
  }
}

function encode ({ vouched, oldest, chainBytes, share, prepared, acceptor: { promised, accepted }, kem, acceptedMs }: VaultRecord): Uint8Array {
  return StoredVault.encode({
    seq: vouched?.manifest.seq ?? 0, oldest, chainBytes, share, prepared, promised, acceptedBallot: accepted?.ballot, accepted: accepted?.manifest ?? new Uint8Array(0), acceptedMs, kem
  })
}

function acceptorOf ({ promised, acceptedBallot, accepted }: Pick<StoredVault, 'promised' | 'acceptedBallot' | 'accepted'>): AcceptorState {
  return { promised, ...acceptedBallot == null ? {} : { accepted: { ballot: acceptedBallot, manifest: accepted } } }
}

function key (prefix: string, id: string): Key {
  return new Key(prefix + id, false)
}

function linkKey (id: string, seq: number): Key {
  return key(CHAINS, `${id}/${String(seq).padStart(SEQ_DIGITS, '0')}`)
}

