import { equals } from 'uint8arrays/equals'
import { describeError } from '../../../errors.ts'
import { RefusedError } from '../model/failure.ts'
import { fits, ownerOf, placeOf, seqOf } from './vault-record.ts'
import { payloadNameOf } from './vaults.ts'
import { MAX_DATA_BYTES, MAX_STATE_BYTES } from './constants.ts'
import { spend } from './limits.ts'
import type { AnswerBody } from '../model/request.ts'
import type { Manifest, Put, Signed } from '../pb/shards.ts'
import type { AuditLog } from './audit-log.ts'
import type { Call, HolderContext } from './holder-context.ts'
import type { Payload, PayloadName } from './payloads.ts'
import type { VaultRecord } from './vault-record.ts'

const HASH_BYTES = 32
const READS_PER_HOUR = 3_600

/** What a holder has and tells: room, payloads, manifests, its log; and how all that is deleted. */
export class Keeping {
  readonly #context: HolderContext
  readonly #auditLog: AuditLog

  constructor (context: HolderContext, auditLog: AuditLog) {
    this.#context = context
    this.#auditLog = auditLog
  }

  async offer ({ read }: Call): Promise<AnswerBody> {
    const { vaults, payloads, kemKeys, clock, domains } = this.#context
    const { bytes = 0, expiresMs = 0 } = read.request.offer ?? {}
    if (expiresMs !== 0 && expiresMs <= clock.now()) throw new RefusedError('EXPIRED', 'what is to be kept has expired')
    vaults.checkRoom(undefined)
    const { freeBytes } = payloads
    if (bytes > freeBytes) throw new RefusedError('NO_SPACE', `this holder has place for ${freeBytes} bytes, not for ${bytes}`)
    return { offered: { kem: await kemKeys.offer(), freeBytes, domains: [...domains] } }
  }

  async put ({ read: { request }, record, from, id }: Call): Promise<AnswerBody> {
    const { vaults, payloads } = this.#context
    const { payload: hash, offset, bytes, data } = request.put as Put
    if (hash.byteLength !== HASH_BYTES || data.byteLength === 0) throw new RefusedError('INVALID', 'a piece of nothing')
    const owner = record == null ? request.signer : ownerOf(record)
    if (owner == null || !equals(owner, request.signer)) throw new RefusedError('FORBIDDEN', 'the payload of a vault is its owner\'s to bring')
    if (record == null) vaults.checkRoom(owner)
    const whole = await payloads.put({ owner, vault: request.vault, hash, bytes }, offset, data, from.toString(), vaults.ofOwner(owner).some(({ vouched }) => vouched != null))
    if (whole) vaults.payloadChanged(id)
    return { done: {} }
  }

  async get ({ read: { request }, record }: Call): Promise<AnswerBody> {
    const { payload: hash, offset } = request.get ?? { payload: new Uint8Array(0), offset: 0 }
    const name = [record?.vouched?.manifest, record?.pending].map(named).find(name => name != null && equals(name.hash, hash))
    if (name == null) throw new RefusedError('NO_PAYLOAD', 'no manifest that is here names this payload')
    const payload = this.#payload(name)
    const data = payload == null ? undefined : await this.#context.payloads.read(payload, offset, MAX_DATA_BYTES)
    if (data == null) throw new RefusedError('NO_PAYLOAD', `of the ${name.bytes} bytes of this payload ${payload?.received ?? 0} are here`)
    return { data: { data } }
  }

  async getState ({ read: { request }, record }: Call): Promise<AnswerBody> {
    const { peerId, vaults, payloads } = this.#context
    const { from = 0, accepted } = request.getState ?? {}
    if (record == null) throw new RefusedError('UNKNOWN_VAULT', 'this vault is not here')
    const { vouched, share } = record
    const manifest = vouched?.manifest
    const name = named(manifest)
    return {
      state: {
        manifests: await vaults.links(record, from, MAX_STATE_BYTES),
        seq: seqOf(record),
        hasShare: manifest != null && fits(share, manifest, placeOf(manifest, peerId)),
        hasPayload: name != null && payloads.isWhole(name),
        kem: await this.#kem(record),
        ...accepted === true ? { accepted: await vaults.proposed(record) } : {}
      }
    }
  }

  async list ({ read: { request } }: Call): Promise<AnswerBody> {
    return { vaults: { vaults: this.#context.vaults.ofOwner(request.signer).filter(({ vouched }) => vouched != null).map(({ vault }) => vault) } }
  }

  async getLog (call: Call): Promise<AnswerBody> {
    spend(this.#context, call, 'getLog', { perHour: READS_PER_HOUR, burst: READS_PER_HOUR })
    return { log: await this.#auditLog.read(call.id, call.read.request.getLog?.from ?? 0) }
  }

  /** Also of what has been brought, or accepted, for a vault that has no certificate yet: what came to nothing is forgotten so. */
  async revoke ({ read: { request }, record, id }: Call): Promise<AnswerBody> {
    const { vaults, payloads, clock } = this.#context
    const deleted = { deleted: { vault: request.vault, timeMs: clock.now() } }
    const gone = vaults.gone(id)
    const { seq = 0 } = request.revoke ?? {}
    if (record != null && seq < seqOf(record)) throw new RefusedError('STALE', `the vault is at seq ${seqOf(record)}: revoke that`, { newer: record.vouched?.signed })
    const staged = await payloads.unstage(request.signer, request.vault)
    if (record == null) {
      if (gone == null && !staged) throw new RefusedError('UNKNOWN_VAULT', 'nothing of this vault is here')
      return deleted
    }
    await vaults.remove(record, record.vouched == null ? 'abandoned' : 'revoked')
    return deleted
  }

  /** None when it cannot be written: a full disk must not hide what is here. */
  async #kem ({ kem }: VaultRecord): Promise<Signed | undefined> {
    const { kemKeys, log } = this.#context
    if (kem != null) return await kemKeys.record(kem)
    try {
      return await kemKeys.offer()
    } catch (err) {
      log.error('no key for sub-shares could be made: %s', describeError(err))
      return undefined
    }
  }

  #payload (name: PayloadName): Payload | undefined {
    return this.#context.payloads.find(name)
  }
}

function named (manifest: Manifest | undefined): PayloadName | undefined {
  return manifest == null ? undefined : payloadNameOf(manifest)
}
