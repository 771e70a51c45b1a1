import { toString } from 'uint8arrays/to-string'
import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { hashOf } from '../model/canonical.ts'
import { readDelegation } from '../model/delegation.ts'
import { failureOf, RefusedError } from '../model/failure.ts'
import { makeAnswer, readRequest } from '../model/request.ts'
import { decide } from '../model/rights.ts'
import { Signed } from '../pb/shards.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import { Answers } from './answers.ts'
import { claimed } from './ceremony.ts'
import { MAX_WAITING, MAX_WAITING_PER_VAULT, REFUSALS_LOGGED_PER_HOUR, STRANGERS_BURST, STRANGERS_PER_HOUR } from './constants.ts'
import { Queues } from './queue.ts'
import { ownerOf } from './vault-record.ts'
import type { PeerId } from '@libp2p/interface'
import type { Scoring } from '../../../components.ts'
import type { AnswerBody, ReadRequest, RequestKind } from '../model/request.ts'
import type { Known } from '../model/rights.ts'
import type { Delegation, Manifest } from '../pb/shards.ts'
import type { AuditLog } from './audit-log.ts'
import type { Handle, HolderContext } from './holder-context.ts'
import type { VaultRecord } from './vault-record.ts'

/** What is written down: whatever uses or changes a share. A trial changes nothing. */
const LOGGED: ReadonlySet<RequestKind> = new Set(['open', 'export', 'audit', 'contribute', 'prepare', 'propose', 'commit', 'revoke'])
/** One at a time for each vault. */
const IN_TURN: ReadonlySet<RequestKind> = new Set(['prepare', 'contribute', 'propose', 'commit', 'revoke'])
/** Of what costs more than a signature when the vault is not here. */
const STRANGERS_COST: Partial<Record<RequestKind, number>> = { put: 0, propose: 8, commit: 8 }
/** Manifests before the certified one that are looked at for who has been a holder. */
const FORMER = 8
/** One peer's questions that these are looked at for. */
const FORMER_PER_HOUR = 60
const FORMER_BURST = 20
const NO_SPACE = /ENOSPC|no space|quota/i

export interface DeskInit extends HolderContext {
  scoring: () => Scoring
  auditLog: AuditLog
  handles: Record<RequestKind, Handle>
}

/** Reads requests, refuses what may not be asked, has the rest done, and signs what comes of it. */
export class Desk {
  readonly #init: DeskInit
  readonly #answers: Answers
  readonly #queues = new Queues(MAX_WAITING_PER_VAULT, MAX_WAITING)
  /** By kind and by what came of it. */
  readonly counters: Record<string, number> = {}

  constructor (init: DeskInit) {
    this.#init = init
    this.#answers = new Answers(init.clock)
  }

  get gauges (): Record<string, number> {
    return { ...this.#answers.gauges, waiting: this.#queues.size }
  }

  async settled (): Promise<void> {
    await this.#queues.settled()
    this.#answers.clear()
  }

  sweep (): void {
    this.#answers.sweep()
  }

  /** Does something in turn with what is asked about the vault. */
  async inTurn<T> (id: string, work: () => Promise<T>): Promise<T> {
    return await this.#queues.run(id, work)
  }

  /** Rejects with `SHARDS_INVALID`, and charges the peer, for what is no request of its own; everything else is answered. */
  async receive (from: PeerId, frame: Uint8Array): Promise<Uint8Array> {
    const { peerId, clock } = this.#init
    try {
      const read = await readRequest(frame, { from, to: peerId, nowMs: clock.now() })
      const answer = async (): Promise<Uint8Array> => await this.#signed(read.hash, await this.#answer(from, read))
      // a share in clear is kept nowhere
      return read.kind === 'export' ? await answer() : await this.#answers.once(toString(read.hash, 'base64'), read.request.expiresMs, answer)
    } catch (err) {
      if (err instanceof RefusedError) return await this.#signed(hashOf(Signed.decode(frame).content), { failure: failureOf(err) })
      if (err instanceof ShardsError && err.code === 'SHARDS_INVALID') this.#init.scoring().report(from, 'severe', 'shards:request', frame)
      throw err
    }
  }

  async #signed (requestHash: Uint8Array, body: AnswerBody): Promise<Uint8Array> {
    const { frame, signed } = await makeAnswer(requestHash, body, this.#init.privateKey)
    if (body.share != null) for (const secret of [body.share.scalar, signed.content]) secret.fill(0)
    return frame
  }

  /** Never rejects. */
  async #answer (from: PeerId, read: ReadRequest): Promise<AnswerBody> {
    const id = toString(read.request.vault, 'base16')
    let body: AnswerBody
    try {
      body = IN_TURN.has(read.kind) ? await this.#queues.run(id, async () => await this.#handle(from, read, id)) : await this.#handle(from, read, id)
    } catch (err) {
      body = { failure: failureOf(this.#refusal(err, read)) }
    }
    const what = body.failure == null ? 'granted' : body.failure.code
    const name = `${read.kind}:${what}`
    this.counters[name] = (this.counters[name] ?? 0) + 1
    await this.#writeDown(from, read, id, what)
    return body
  }

  async #handle (from: PeerId, read: ReadRequest, id: string): Promise<AnswerBody> {
    const { vaults, clock, budgets, handles } = this.#init
    const { kind } = read
    const record = id === '' ? undefined : vaults.get(id)
    if (record == null) {
      const retryAfterMs = budgets.take(`stranger/${from.toString()}`, STRANGERS_PER_HOUR, STRANGERS_BURST, STRANGERS_COST[kind] ?? 1)
      if (retryAfterMs > 0) throw new RefusedError('RATE_LIMITED', 'too many requests about what is not here', { retryAfterMs })
      const gone = vaults.gone(id)
      if (kind !== 'revoke' && (gone?.why === 'revoked' || gone?.why === 'expired')) throw new RefusedError('EXPIRED', `the vault is ${gone.why}, and deleted here`)
    }
    // a revocation of what was never certified, and of what is gone, says itself whose it is
    if (record != null || kind !== 'revoke') {
      const asking = { kind, ...read.request, byPeer: read.byPeer, delegation: await this.#delegation(read, record) }
      const known = this.#known(read, record)
      let decision = decide(asking, known, clock.now())
      // whoever asks has them read from the disk
      if (decision === 'FORBIDDEN' && kind === 'getState' && read.byPeer && record != null && budgets.take(`former/${from.toString()}`, FORMER_PER_HOUR, FORMER_BURST) === 0) {
        decision = decide(asking, { ...known, former: await this.#former(record) }, clock.now())
      }
      if (decision !== 'granted') throw new RefusedError(decision, REASONS[decision] ?? `not granted to this signer: ${kind}`)
    }
    return await handles[kind]({ from, read, id, record })
  }

  /** A delegation that its owner did not sign, or of another version, gives nothing. */
  async #delegation ({ request }: ReadRequest, record: VaultRecord | undefined): Promise<Delegation | undefined> {
    const owner = record == null ? undefined : ownerOf(record)
    if (owner == null || request.delegation.byteLength === 0) return undefined
    try {
      return await readDelegation(request.delegation, owner)
    } catch (err) {
      throw new RefusedError('FORBIDDEN', 'the delegation is none of the owner\'s', { cause: err })
    }
  }

  #known ({ request }: ReadRequest, record: VaultRecord | undefined): Known {
    const manifest = record?.vouched?.manifest
    // what they bring says whose vault it is, and is checked before it is believed
    const { propose, commit } = request
    if (commit != null) {
      const next = claimed(commit.manifest)
      // one that has been prolonged meanwhile has not expired
      return { manifest: manifest == null || next == null ? next : { ...manifest, expiresMs: next.expiresMs }, accepted: next }
    }
    // of a piece of a chain that comes before the change nobody can tell yet
    if (propose != null && manifest == null) return { manifest: propose.manifest == null ? undefined : claimed(propose.chain.at(-1)) }
    return { manifest, accepted: record?.pending }
  }

  async #former (record: VaultRecord): Promise<Manifest[]> {
    const seq = record.vouched?.manifest.seq ?? 0
    const links = await this.#init.vaults.links(record, Math.max(record.oldest, seq - FORMER), Infinity)
    return links.flatMap(link => claimed(link) ?? [])
  }

  #refusal (err: unknown, { kind }: ReadRequest): RefusedError {
    if (err instanceof RefusedError) return err
    if (err instanceof ShardsError && (err.code === 'SHARDS_INVALID' || err.code === 'SHARDS_EXPIRED')) return new RefusedError('INVALID', err.message, { cause: err })
    if (err instanceof ShardsError && err.code === 'SHARDS_UNSUPPORTED') return new RefusedError('UNAVAILABLE', err.message, { cause: err })
    this.#init.log.error('could not %s: %s', kind, describeError(err))
    if (NO_SPACE.test(describeError(err))) return new RefusedError('NO_SPACE', 'the disk of this holder is full', { cause: err })
    return new RefusedError('UNAVAILABLE', 'this holder has a fault: try again later', { cause: err })
  }

  async #writeDown (from: PeerId, { request, kind, hash }: ReadRequest, id: string, decision: string): Promise<void> {
    const { vaults, auditLog, budgets } = this.#init
    if (!LOGGED.has(kind) || request.propose?.trial === true) return
    // also one that has just been deleted has no log any more
    if (!vaults.has(id)) return
    // who may not ask, or asks too often, must not push out what was granted
    if (decision !== 'granted' && budgets.take(`refused/${id}`, REFUSALS_LOGGED_PER_HOUR, REFUSALS_LOGGED_PER_HOUR) > 0) return
    await auditLog.append(id, { what: kind, signer: request.signer, from: peerBytes(from), decision, request: hash })
  }
}

const REASONS: Record<string, string> = {
  UNKNOWN_VAULT: 'this vault is not here',
  EXPIRED: 'the vault has expired'
}
