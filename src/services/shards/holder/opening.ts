import { equals } from 'uint8arrays/equals'
import { proveShare } from '../../../crypto/threshold/audit.ts'
import { partialOf } from '../../../crypto/threshold/kem.ts'
import { RefusedError } from '../model/failure.ts'
import { auditContext, openContext } from '../model/proof-context.ts'
import { heldOf, shareOf, spend } from './limits.ts'
import { withShare } from './shares.ts'
import { payloadNameOf } from './vaults.ts'
import type { AnswerBody } from '../model/request.ts'
import type { Call, HolderContext } from './holder-context.ts'
import type { Held } from './limits.ts'

const HOUR_MS = 3_600_000
const EXPORTS_PER_HOUR = 12
/** An audit reads the payload: one of a megabyte costs as much as two of a small one. */
const AUDIT_UNIT_BYTES = 1_048_576
const AUDIT_BURST = 20
const AUDITS_PER_INTERVAL = 12
const NONCE_BYTES = 32

/** What uses the share: opening, exporting, and showing that it is there. Every check comes before the share is touched. */
export class Opening {
  readonly #context: HolderContext

  constructor (context: HolderContext) {
    this.#context = context
  }

  /** Only for the point of the item that is certified now: anything else would decrypt what nobody has put there. */
  async open (call: Call): Promise<AnswerBody> {
    const { peerId, rng, lock } = this.#context
    const held = heldOf(call, peerId)
    const { manifest, signed } = held.vouched
    const { epoch = 0, encapsulation = new Uint8Array(0) } = call.read.request.open ?? {}
    const share = shareOf(held, epoch)
    if (!equals(encapsulation, manifest.item?.encapsulation ?? new Uint8Array(0))) throw new RefusedError('STALE', 'this point is not that of the item of the vault', { newer: signed })
    const perHour = manifest.policy?.opensPerHour ?? 0
    spend(this.#context, call, 'open', { perHour, burst: perHour })
    const { index } = held.place
    const context = openContext(this.#facts(call, held))
    const { point, proof } = await withShare(share, call.id, lock, clear => partialOf(clear, encapsulation, context, rng))
    return { partial: { epoch, index, point, proof, transcript: manifest.transcript } }
  }

  async export (call: Call): Promise<AnswerBody> {
    const held = heldOf(call, this.#context.peerId)
    const { epoch = 0 } = call.read.request.export ?? {}
    const share = shareOf(held, epoch)
    spend(this.#context, call, 'export', { perHour: EXPORTS_PER_HOUR, burst: EXPORTS_PER_HOUR })
    const scalar = await withShare(share, call.id, this.#context.lock, clear => clear.scalar.slice())
    return { share: { epoch, index: held.place.index, scalar } }
  }

  async audit (call: Call): Promise<AnswerBody> {
    const { peerId, rng, lock, payloads, minIntervalMs } = this.#context
    const held = heldOf(call, peerId)
    const { manifest } = held.vouched
    const { epoch = 0, nonce = new Uint8Array(0) } = call.read.request.audit ?? {}
    if (nonce.byteLength !== NONCE_BYTES) throw new RefusedError('INVALID', `a nonce of ${nonce.byteLength} bytes: it has ${NONCE_BYTES}`)
    const share = shareOf(held, epoch)
    const units = 1 + Math.ceil((manifest.item?.bytes ?? 0) / AUDIT_UNIT_BYTES)
    const everyMs = Math.max(minIntervalMs, manifest.policy?.auditEveryMs ?? 0)
    spend(this.#context, call, 'audit', { perHour: AUDITS_PER_INTERVAL * units * HOUR_MS / everyMs, burst: AUDIT_BURST + AUDITS_PER_INTERVAL * units, cost: units })
    const context = auditContext(this.#facts(call, held))
    const proof = await withShare(share, call.id, lock, clear => proveShare(clear, context, rng))
    const name = payloadNameOf(manifest)
    const known = name == null ? undefined : payloads.find(name)
    const payload = known == null ? undefined : await payloads.digest(known, nonce)
    return { proof: { epoch, index: held.place.index, proof, payload: payload ?? new Uint8Array(0), seq: manifest.seq, transcript: manifest.transcript } }
  }

  #facts ({ read }: Call, { vouched: { manifest }, place }: Held): Parameters<typeof openContext>[0] {
    return { request: read.hash, vault: manifest.vault, transcript: manifest.transcript, index: place.index }
  }
}
