import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { equals } from 'uint8arrays/equals'
import { verifyShareProof } from '../../../crypto/threshold/audit.ts'
import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { auditContext } from '../model/proof-context.ts'
import { vaultIdText } from './arguments.ts'
import { canvass, holdersOf } from './canvass.ts'
import { denounce } from './lie.ts'
import { download } from './payload-download.ts'
import type { HolderStatus } from '../index.ts'
import type { Answered, Vouched } from '../parts.ts'
import type { HolderRef } from './canvass.ts'
import type { OwnerContext } from './context.ts'
import type { Errand, Miss } from './errand.ts'
import type { Shown, VaultFinder } from './vault-finder.ts'

const NONCE_BYTES = 32
/** A holder reads the whole payload. */
const AUDIT_TIMEOUT_MS = 20_000

export interface Finding extends HolderStatus {
  hasPayload: boolean
}

/** How each holder of the newest manifest is, in the order of their indices. */
export interface Checkup {
  vouched: Vouched
  findings: Finding[]
  /** The encrypted payload, when an audit had it. */
  payload?: Uint8Array
}

/** What holders say of themselves. */
export async function look (context: OwnerContext, finder: VaultFinder, known: Vouched, errand: Errand): Promise<Checkup> {
  const { newest, shown: { answers, misses } } = await finder.survey(known, errand, errand.signal, true)
  const states = new Map(answers.map(({ holder, value }) => [holder.index, value]))
  return { vouched: newest, findings: holdersOf(newest.manifest).map(holder => judged(context, newest, holder, stated(newest, states.get(holder.index)), misses)) }
}

/** What holders prove: each over a nonce of its own, so that none can answer with what another proved. */
export async function audit (context: OwnerContext, finder: VaultFinder, known: Vouched, errand: Errand): Promise<Checkup> {
  const { rng, caller } = context
  const { newest: vouched } = await finder.survey(known, errand)
  const { vault, epoch } = vouched.manifest
  const fetched = download(context, vouched, errand, errand.signal).catch((err: unknown) => {
    context.log('the payload cannot be compared: %s', describeError(err))
    return undefined
  })
  const { answers, misses } = await canvass(context, holdersOf(vouched.manifest), {
    signal: errand.signal,
    ask: async (holder, signal) => {
      const nonce = rng.bytes(NONCE_BYTES)
      const answered = await caller.call(holder.peer, vault, { audit: { epoch, nonce } }, { signal, timeoutMs: AUDIT_TIMEOUT_MS, signer: errand.signer, delegation: errand.delegation })
      checkProof(context, vouched, holder, answered, errand)
      errand.onProgress({ step: 'answered', peer: holder.peer, index: holder.index })
      return { nonce, digest: answered.answer.proof?.payload ?? new Uint8Array(0), tookMs: answered.tookMs }
    }
  })
  const payload = await fetched
  errand.signal.throwIfAborted()
  const proven = new Map(answers.map(({ holder, value: { nonce, digest, tookMs } }) => [holder.index, { latencyMs: tookMs, ...payloadOf(payload, nonce, digest) }]))
  const findings = holdersOf(vouched.manifest).map(holder => judged(context, vouched, holder, proven.get(holder.index), misses))
  for (const { health, index, peerId, reason } of findings) if (health !== 'healthy') errand.onProgress({ step: 'failed', peer: peerId, index, reason })
  return { vouched, findings, payload }
}

function checkProof (context: OwnerContext, vouched: Vouched, holder: HolderRef, answered: Answered, errand: Errand): void {
  const { vault, epoch, transcript } = vouched.manifest
  const { proof, request } = answered.answer
  const { index, peer, verification } = holder
  if (proof == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `holder ${index} (${peer.toString()}) was asked for a proof and gave something else`)
  if (proof.epoch !== epoch || proof.index !== index || !equals(proof.transcript, transcript)) throw new ShardsError('SHARDS_ANSWER_INVALID', `holder ${index} (${peer.toString()}) has another share than that of epoch ${epoch}`)
  if (verifyShareProof(proof.proof, verification, auditContext({ request, vault, transcript, index }))) return
  throw denounce(context, errand, { kind: 'AUDIT', vouched, holder, answered, reason: `holder ${index} (${peer.toString()}) gave a proof that is not of its share` })
}

function payloadOf (payload: Uint8Array | undefined, nonce: Uint8Array, digest: Uint8Array): { hasPayload: boolean, reason?: string } {
  if (digest.byteLength === 0) return { hasPayload: false, reason: 'has no payload' }
  if (payload == null) return { hasPayload: false, reason: 'says that it has the payload, and nobody gave it to compare' }
  return equals(digest, sha256(concatBytes(nonce, payload))) ? { hasPayload: true } : { hasPayload: false, reason: 'has another payload' }
}

function stated ({ manifest: { seq, epoch } }: Vouched, shown: Shown | undefined): { latencyMs: number, hasPayload: boolean, reason?: string, inert?: boolean } | undefined {
  if (shown == null) return undefined
  const { tookMs, state } = shown
  const common = { latencyMs: tookMs, hasPayload: state.hasPayload }
  if (state.seq < seq) return { ...common, inert: true, reason: `shows change ${state.seq}, and it is at ${seq}` }
  if (!state.hasShare) return { ...common, inert: true, reason: `has no share of epoch ${epoch}` }
  return state.hasPayload ? common : { ...common, reason: 'has no payload' }
}

function judged ({ suspects }: OwnerContext, { manifest }: Vouched, { index, peer }: HolderRef, good: { latencyMs: number, hasPayload: boolean, reason?: string, inert?: boolean } | undefined, misses: readonly Miss[]): Finding {
  const finding = { index, peerId: peer, latencyMs: good?.latencyMs, hasPayload: good?.hasPayload ?? false }
  const lie = suspects.reason(vaultIdText(manifest.vault), peer)
  if (lie != null) return { ...finding, health: 'lying', reason: lie }
  if (good != null) return { ...finding, health: good.inert === true ? 'inert' : 'healthy', ...good.reason == null ? {} : { reason: good.reason } }
  const miss = misses.find(miss => miss.index === index)
  return { ...finding, health: miss == null || miss.code === 'SHARDS_UNREACHABLE' ? 'silent' : 'inert', reason: miss?.reason ?? 'did not answer in time' }
}
