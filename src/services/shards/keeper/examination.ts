import { equals } from 'uint8arrays/equals'
import { verifyShareProof } from '../../../crypto/threshold/audit.ts'
import { describeError } from '../../../errors.ts'
import { RefusedError } from '../model/failure.ts'
import { falseProof } from '../model/evidence.ts'
import { auditContext } from '../model/proof-context.ts'
import { acceptOf } from '../change/accepts.ts'
import type { PeerId } from '@libp2p/interface'
import type { Scoring } from '../../../components.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Answered, Caller, Informer, Vouched } from '../parts.ts'
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
  scoring: () => Scoring
  rng: Rng
}

export interface Examined {
  finding: Finding
  /** What it says that its seq is, or that it lets on: who is no longer a holder is refused. */
  seq?: number
}

/** Asks one holder to prove that it has its share of the epoch. Rejects only when the signal aborts. */
export async function examine (init: ExaminerInit, vouched: Vouched, holder: { index: number, peerId: PeerId, verification: Uint8Array }, signal: AbortSignal): Promise<Examined> {
  const { vault, epoch, transcript } = vouched.manifest
  const { index, peerId, verification } = holder
  try {
    const answered = await init.caller.call(peerId, vault, { audit: { epoch, nonce: init.rng.bytes(NONCE_BYTES) } }, { signal, timeoutMs: AUDIT_TIMEOUT_MS })
    const { proof, request } = answered.answer
    if (proof == null) return { finding: { what: 'silent', reason: 'answered something else than an audit' } }
    const { tookMs: latencyMs } = answered
    // another epoch, agreed on meanwhile: nothing wrong with that
    if (proof.epoch !== epoch || !equals(proof.transcript, transcript)) return { finding: { what: 'inert', latencyMs, reason: `is in epoch ${proof.epoch}` }, seq: proof.seq }
    if (proof.index !== index || !verifyShareProof(proof.proof, verification, auditContext({ request, vault, transcript, index }))) return { finding: await accuse(init, vouched, holder, answered) }
    return { finding: { what: 'proved', latencyMs, hasPayload: proof.payload.byteLength > 0 }, seq: proof.seq }
  } catch (err) {
    signal.throwIfAborted()
    if (!(err instanceof RefusedError)) return { finding: { what: 'silent', reason: describeError(err) } }
    const { code, newer } = err.failure
    const reason = describeError(err)
    const seq = newer != null || code === 'FORBIDDEN' ? vouched.manifest.seq + 1 : undefined
    if (INERT.has(code)) return { finding: { what: 'inert', latencyMs: 0, reason }, seq }
    return { finding: { what: BUSY.has(code) ? 'busy' : 'silent', reason }, seq }
  }
}

async function accuse ({ informer, scoring }: ExaminerInit, vouched: Vouched, { index, peerId }: { index: number, peerId: PeerId }, { signed, request }: Answered): Promise<Finding> {
  const accept = acceptOf(vouched, index)
  // without its own word for which point is its nobody else can check
  if (accept == null) scoring().report(peerId, 'severe', 'shards:audit', signed.content)
  else await informer.inform(falseProof('AUDIT', accept, { request, signed }))
  return { what: 'lied', reason: 'gave a proof that is not of its share' }
}
