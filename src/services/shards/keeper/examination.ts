import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { verifyShareProof } from '../../../crypto/threshold/audit.ts'
import { describeError } from '../../../errors.ts'
import { RefusedError } from '../model/failure.ts'
import { falseProof } from '../model/evidence.ts'
import { auditContext } from '../model/proof-context.ts'
import { acceptOf } from '../change/accepts.ts'
import type { PeerId } from '@libp2p/interface'
import type { Scoring } from '../../../components.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Answered, Caller, Holdings, Informer, Vouched } from '../parts.ts'
import type { Finding } from './vital-signs.ts'

const NONCE_BYTES = 32
/** A holder reads the whole payload. */
const AUDIT_TIMEOUT_MS = 20_000
/** It is there, and says that it has no share; */
const INERT = new Set(['NO_SHARE', 'UNKNOWN_VAULT', 'NOT_HOLDER', 'STALE'])
/** or that it has no time. */
const BUSY = new Set(['BUSY', 'RATE_LIMITED'])

export interface ExaminerInit {
  caller: Caller
  informer: Informer
  holdings: Pick<Holdings, 'payloadDigest'>
  scoring: () => Scoring
  rng: Rng
}

export interface Examined {
  finding: Finding
  /** What it says that its seq is, or that it lets on: who is no longer a holder is refused. */
  seq?: number
  /** Whether it has missed manifests that are known here. */
  isBehind?: boolean
}

/** Asks one holder to prove that it has its share of the epoch. Rejects only when the signal aborts. */
export async function examine (init: ExaminerInit, vouched: Vouched, holder: { index: number, peerId: PeerId, verification: Uint8Array }, signal: AbortSignal): Promise<Examined> {
  const { vault, seq, epoch, transcript } = vouched.manifest
  const { index, peerId, verification } = holder
  const nonce = init.rng.bytes(NONCE_BYTES)
  try {
    const answered = await init.caller.call(peerId, vault, { audit: { epoch, nonce } }, { signal, timeoutMs: AUDIT_TIMEOUT_MS })
    const { proof, request } = answered.answer
    if (proof == null) return { finding: { what: 'silent', reason: 'answered something else than an audit' } }
    const { tookMs: latencyMs } = answered
    // another epoch, agreed on meanwhile: nothing wrong with that
    if (proof.epoch !== epoch || !equals(proof.transcript, transcript)) return { finding: { what: 'inert', latencyMs, reason: `is in epoch ${proof.epoch}` }, seq: proof.seq, isBehind: proof.seq < seq }
    if (proof.index !== index || !verifyShareProof(proof.proof, verification, auditContext({ request, vault, transcript, index }))) return { finding: await accuse(init, vouched, holder, answered) }
    // its share is good, but what the owner has decided since it does not keep to
    if (proof.seq < seq) return { finding: { what: 'inert', latencyMs, reason: `is at change ${proof.seq}, behind ${seq}` }, seq: proof.seq, isBehind: true }
    return { finding: { what: 'proved', latencyMs, hasPayload: await isWhole(init, toString(vault, 'base16'), nonce, proof.payload) }, seq: proof.seq }
  } catch (err) {
    signal.throwIfAborted()
    if (!(err instanceof RefusedError)) return { finding: { what: 'silent', reason: describeError(err) } }
    const { code, newer } = err.failure
    const reason = describeError(err)
    const ahead = newer != null || code === 'FORBIDDEN' ? seq + 1 : undefined
    if (INERT.has(code)) return { finding: { what: 'inert', latencyMs: 0, reason }, seq: ahead }
    return { finding: { what: BUSY.has(code) ? 'busy' : 'silent', reason }, seq: ahead, isBehind: code === 'UNAVAILABLE' }
  }
}

/** Whether that is the digest of the payload; what is not here whole, or cannot be read now, cannot be compared. */
async function isWhole ({ holdings }: ExaminerInit, id: string, nonce: Uint8Array, digest: Uint8Array): Promise<boolean> {
  if (digest.byteLength === 0) return false
  const own = await holdings.payloadDigest(id, nonce).catch((err: unknown) => {
    if (err instanceof RefusedError) return undefined
    throw err
  })
  return own == null || equals(own, digest)
}

async function accuse ({ informer, scoring }: ExaminerInit, vouched: Vouched, { index, peerId }: { index: number, peerId: PeerId }, { signed, request }: Answered): Promise<Finding> {
  const accept = acceptOf(vouched, index)
  // without its own word for which point is its nobody else can check
  if (accept == null) scoring().report(peerId, 'severe', 'shards:audit', signed.content)
  else await informer.inform(falseProof('AUDIT', accept, { request, signed }))
  return { what: 'lied', reason: 'gave a proof that is not of its share' }
}
