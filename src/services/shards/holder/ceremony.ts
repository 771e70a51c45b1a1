import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { holderOf, readAccept } from '../model/accept.ts'
import { verifyCertificate, verifyChain, verifyProposed } from '../model/certificate.ts'
import { RefusedError } from '../model/failure.ts'
import { keyFromBytes } from '../model/keys.ts'
import { manifestHash } from '../model/manifest.ts'
import { MAX_SKEW_MS } from '../model/request.ts'
import { verify } from '../model/signed.ts'
import { checkTranscript, receiveFrom, whyNotOf } from '../model/transcript.ts'
import { Answer, Change, Manifest } from '../pb/shards.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import { accept, boundTo, promise } from './acceptor.ts'
import { advance } from './advance.ts'
import { MAX_CHAIN_BYTES } from './constants.ts'
import { checkReplaced } from './dealing.ts'
import { readJustification } from './justification.ts'
import { checkBallot, checkedShare, checkNext, heldOf, inTheWay, spend } from './limits.ts'
import { lockShare } from './shares.ts'
import { fits, placeOf, seqOf } from './vault-record.ts'
import { payloadNameOf } from './vaults.ts'
import type { PeerId } from '@libp2p/interface'
import type { AnswerBody } from '../model/request.ts'
import type { Vouched } from '../parts.ts'
import type { StoredShare } from '../pb/holder-store.ts'
import type { Ballot, Propose, SignedManifest } from '../pb/shards.ts'
import type { Introductions } from './introductions.ts'
import type { Call, HolderContext } from './holder-context.ts'
import type { Place, VaultRecord } from './vault-record.ts'
import type { Write } from './vault-store.ts'

const PER_HOUR = 240
const BURST = 60
/** Each puts an end to the change that another proposer has begun, which takes seconds. */
const HOLDERS_PREPARE = { perHour: 60, burst: 15 }
const MAX_TRIED = 64

/** A change that this holder can accept. */
interface Acceptable {
  next: Vouched
  ballot: Ballot
  place?: Place
  /** What is here, with certificates that came along, and what of it is new. */
  base: Write
  prepared?: StoredShare
}

/** A holder's part in agreeing on changes: what it promises and accepts is on the disk before it says so. */
export class Ceremony {
  readonly #context: HolderContext
  readonly #introductions: Introductions
  /** Shares of changes that were tried, locked: mostly they are accepted next. */
  readonly #tried = new BoundedMap<string, StoredShare>(MAX_TRIED)

  constructor (context: HolderContext, introductions: Introductions) {
    this.#context = context
    this.#introductions = introductions
  }

  async prepare (call: Call): Promise<AnswerBody> {
    const { peerId, clock, vaults, kemKeys } = this.#context
    const { record, vouched, place } = heldOf(call, peerId)
    const { seq = 0, ballot } = call.read.request.prepare ?? {}
    checkNext(vouched, seq)
    const { owner } = vouched.manifest
    checkBallot(ballot, call, owner, clock.now())
    spend(this.#context, call, 'prepare', equals(call.read.request.signer, owner) ? { perHour: PER_HOUR, burst: BURST } : HOLDERS_PREPARE)
    const { state, conflict } = promise(record.acceptor, ballot)
    if (state == null) throw inTheWay(ballot, conflict)
    const kem = record.kem ?? await kemKeys.create()
    await vaults.write({ record: { ...record, acceptor: state, kem } })
    const { accepted } = state
    return {
      promise: {
        vault: record.vault, seq, ballot, acceptedBallot: accepted?.ballot, accepted: accepted?.manifest ?? new Uint8Array(0),
        kem: await kemKeys.record(kem), hasShare: fits(record.share, vouched.manifest, place)
      }
    }
  }

  async propose (call: Call): Promise<AnswerBody> {
    const { vaults, payloads, clock, peerId } = this.#context
    const body = call.read.request.propose as Propose
    if (body.trial === true && body.manifest == null) return await this.#introduce(call, body.chain)
    const acceptable = await this.#acceptable(call, body)
    const { next: { manifest, hash }, ballot, place, base, prepared } = acceptable
    const { state, conflict } = accept(this.#acceptorOf(base.record, call.id), ballot, hash)
    if (state == null) throw inTheWay(ballot, conflict)
    const name = place == null ? undefined : payloadNameOf(manifest)
    if (body.trial === true) {
      if (name != null && payloads.find(name)?.pinned !== true) payloads.checkRoom(name)
      return { done: {} }
    }
    const release = name == null ? undefined : payloads.claim(name)
    try {
      await vaults.write({
        ...base,
        record: { ...base.record, acceptor: state, prepared, pending: manifest, acceptedMs: clock.now() },
        // what is specific to this ballot is not what others need to finish it
        proposed: { manifest: body.manifest, transcript: body.transcript, promises: [], chain: [] }
      })
    } catch (err) {
      release?.()
      throw err
    }
    this.#tried.delete(triedKey(call.id, hash))
    const { vault, seq, epoch, transcript } = manifest
    return { accept: { vault, seq, ballot, manifest: hash, epoch, index: place?.index ?? 0, verification: place?.verification ?? new Uint8Array(0), peer: peerBytes(peerId), transcript } }
  }

  async commit (call: Call): Promise<AnswerBody> {
    const { vaults, payloads, peerId } = this.#context
    const { record, id } = call
    const signed = call.read.request.commit?.manifest
    const { seq = 0 } = claimed(signed) ?? {}
    const known = record?.vouched
    if (signed == null || seq === 0) throw new RefusedError('INVALID', 'no manifest to commit')
    if (known != null && seq === known.manifest.seq && equals(known.signed.manifest, signed.manifest)) return { done: {} }
    if (known != null && seq === known.manifest.seq) throw new RefusedError('CONFLICT', `another manifest of seq ${seq} is certified here`, { newer: known.signed })
    if (seq <= Math.max(seqOf(record), vaults.gone(id)?.seq ?? 0)) throw new RefusedError('STALE', `the vault is at seq ${Math.max(seqOf(record), vaults.gone(id)?.seq ?? 0)} already`, { newer: known?.signed })
    spend(this.#context, call, 'commit', { perHour: PER_HOUR, burst: BURST })
    const previous = known?.manifest.seq === seq - 1 ? known : undefined
    if (previous == null && signed.ownerSignature.byteLength === 0) {
      if (known == null) throw new RefusedError('UNKNOWN_VAULT', 'this vault is not here: a change by its holders is nothing without the ones before')
      throw new RefusedError('UNAVAILABLE', `this holder is at seq ${known.manifest.seq}, behind ${seq - 1}: give it the manifests between first`)
    }
    if (known != null) await this.#checkCheaply(signed, known)
    const vouched = await verifyCertificate(signed, previous)
    if (!equals(vouched.manifest.vault, call.read.request.vault)) throw new RefusedError('INVALID', 'a manifest of another vault')
    if (placeOf(vouched.manifest, peerId) == null) {
      if (record == null) throw new RefusedError('NOT_HOLDER', 'this node is no holder of the vault')
      await this.#leave(record, id, vouched)
      return { done: {} }
    }
    if (record == null) {
      vaults.checkRoom(vouched.manifest.owner)
      const name = payloadNameOf(vouched.manifest)
      if (name != null && payloads.find(name)?.pinned !== true) payloads.checkRoom(name)
    }
    await vaults.write(advance(record, id, [vouched], peerId))
    return { done: {} }
  }

  /** The share goes at once. Who is new may need the payload yet, so that stays for a while. */
  async #leave (record: VaultRecord, id: string, vouched: Vouched): Promise<void> {
    const { vaults, clock, peerId } = this.#context
    const hasLeft = record.vouched != null && placeOf(record.vouched.manifest, peerId) == null && record.pending == null
    const write = advance(record, id, [vouched], peerId)
    await vaults.write({ ...write, record: { ...write.record, acceptedMs: hasLeft ? record.acceptedMs : clock.now() } })
  }

  /** Before the manifest is read, which takes longer: whether its owner signed it, or one of the holders before accepted it. */
  async #checkCheaply ({ manifest, ownerSignature, accepts }: SignedManifest, { manifest: { owner, holders } }: Vouched): Promise<void> {
    if (ownerSignature.byteLength > 0) {
      if (!await verify('manifest', { content: manifest, signature: ownerSignature }, keyFromBytes(owner))) throw new RefusedError('INVALID', 'a manifest that its owner did not sign')
      return
    }
    const hash = manifestHash(manifest)
    const first = accepts.find(({ content }) => {
      const { accept } = Answer.decode(content)
      return accept != null && equals(accept.manifest, hash) && holderOf(holders, accept.peer) != null
    })
    if (first == null) throw new RefusedError('INVALID', 'a manifest that no holder before has accepted')
    await readAccept(first)
  }

  /** Checks all that this holder can, the cheapest first, and its own sub-shares last. */
  async #acceptable (call: Call, body: Propose): Promise<Acceptable> {
    const { peerId, clock, vaults, payloads } = this.#context
    const { manifest: signed, ballot, promises } = body
    const claim = claimed(signed)
    if (signed == null || claim == null || signed.accepts.length > 0) throw new RefusedError('INVALID', 'no manifest to accept, or one with accepts')
    checkBallot(ballot, call, claim.owner, clock.now())
    const place = placeOf(claim, peerId)
    spend(this.#context, call, 'propose', { perHour: PER_HOUR, burst: BURST })
    const base = await this.#base(call, body, claim)
    const previous = base.record.vouched
    if (place == null && placeOf(previous?.manifest, peerId) == null) throw new RefusedError('NOT_HOLDER', 'this node is no holder of the vault, neither before nor after')
    const next = await verifyProposed(signed, previous)
    const { manifest, hash } = next
    if (!equals(manifest.vault, call.read.request.vault)) throw new RefusedError('INVALID', 'a manifest of another vault')
    const nowMs = clock.now()
    if (manifest.issuedMs > nowMs + MAX_SKEW_MS) throw new RefusedError('INVALID', 'a manifest from the future: compare the clocks')
    if (manifest.expiresMs !== 0 && manifest.expiresMs <= nowMs) throw new RefusedError('EXPIRED', 'the manifest has expired')
    const byOwner = signed.ownerSignature.byteLength > 0
    if (previous == null) {
      if (!equals(call.read.request.signer, manifest.owner)) throw new RefusedError('FORBIDDEN', 'a vault is begun by its owner')
    } else {
      const bound = boundTo(await readJustification(promises, previous, ballot))
      if (bound != null && !equals(bound, hash)) throw new RefusedError('CONFLICT', 'the promises say that another change has to be finished first')
      // one that others have accepted has to be finished, whoever is back meanwhile
      if (!byOwner && bound == null) checkReplaced(this.#context, call.id, previous.manifest, manifest)
      if (!byOwner && base.record.chainBytes > MAX_CHAIN_BYTES) throw new RefusedError('QUOTA', 'the holders have changed this vault too often since its owner did: the owner has to sign a change')
    }
    if (call.record == null && place != null) vaults.checkRoom(manifest.owner)
    const name = payloadNameOf(manifest)
    // who is new by the holders' choice fetches it from them
    const isToFetch = !byOwner && placeOf(previous?.manifest, peerId) == null
    if (place != null && !isToFetch && (name == null || !payloads.isWhole(name))) throw new RefusedError('NO_PAYLOAD', 'the payload is not here: bring it first')
    const prepared = await this.#prepared(call, body, next, previous, place, base.record)
    return { next, ballot, place, base, prepared }
  }

  /** What the change builds on: what is here, or what came along for who is new or has been away. */
  async #base ({ record, id, from, read: { request } }: Call, { chain }: Propose, claim: Manifest): Promise<Write> {
    const { vaults, peerId } = this.#context
    const gone = vaults.gone(id)
    if (gone != null && claim.seq <= gone.seq) throw new RefusedError('STALE', `the vault is at seq ${gone.seq} already`)
    const isNext = claim.seq === seqOf(record) + 1
    if (!isNext && record?.vouched != null && (claim.seq <= seqOf(record) || chain.length === 0)) checkNext(record.vouched, claim.seq)
    if (isNext || claim.seq === 1) {
      return { record: record ?? { id, vault: request.vault, oldest: 0, chainBytes: 0, acceptor: {}, acceptedMs: 0 } }
    }
    const newer = await this.#shown(from, request.vault, id, chain, record?.vouched)
    if (newer.at(-1)?.manifest.seq !== claim.seq - 1) throw new RefusedError('UNKNOWN_VAULT', `this vault is not here: give the manifests up to seq ${claim.seq - 1} with the change`)
    return advance(record, id, newer, peerId)
  }

  /** A chain that is too long for one request comes before the change, in pieces. */
  async #introduce (call: Call, chain: readonly SignedManifest[]): Promise<AnswerBody> {
    const { record, id, from, read: { request } } = call
    spend(this.#context, call, 'propose', { perHour: PER_HOUR, burst: BURST })
    // who is a holder asks the others for what it has missed
    if (record?.vouched == null) this.#introductions.set(from.toString(), id, await this.#shown(from, request.vault, id, chain, undefined))
    return { done: {} }
  }

  /** What follows what is known: shown before, or now. */
  async #shown (from: PeerId, vault: Uint8Array, id: string, chain: readonly SignedManifest[], known: Vouched | undefined): Promise<Vouched[]> {
    const before = known == null ? this.#introductions.of(from.toString(), id) : []
    const head = known ?? before.at(-1)
    const news = chain.filter(signed => (claimed(signed)?.seq ?? 0) > (head?.manifest.seq ?? 0))
    const follows = head != null && (news.length === 0 || claimed(news[0])?.seq === head.manifest.seq + 1)
    const verified = await verifyChain(news, { vault, owner: head?.manifest.owner, after: follows ? head : undefined })
    return follows ? [...before, ...verified] : verified
  }

  /** The share that this node has after the change; undefined when it is none that gives new ones, or this node leaves. */
  async #prepared (call: Call, { transcript }: Propose, next: Vouched, previous: Vouched | undefined, place: Place | undefined, record: VaultRecord): Promise<StoredShare | undefined> {
    const { manifest, hash } = next
    if (manifest.change === Change.UPDATE) {
      // who has no share cannot say that it has
      if (place != null) checkedShare(record.share, manifest, place)
      return undefined
    }
    // only of this very manifest: one with the same point but another transcript would have this node sign that both are of one sharing
    const accepted = equals(record.acceptor.accepted?.manifest ?? new Uint8Array(0), hash) ? record.prepared : undefined
    const known = [accepted, this.#tried.get(triedKey(call.id, hash))].find(share => fits(share, manifest, place))
    if (known != null) return known
    if (transcript == null) throw new RefusedError('INVALID', 'new shares without the transcript by which they came to be')
    const why = whyNotOf(manifest, transcript, await checkTranscript(transcript, previous, manifest.owner))
    if (why != null) throw new RefusedError('INVALID', `the manifest does not fit its transcript: ${why}`)
    return place == null ? undefined : await this.#receive(call, transcript, next, previous, place, record)
  }

  async #receive ({ id }: Call, transcript: NonNullable<Propose['transcript']>, { manifest, hash }: Vouched, previous: Vouched | undefined, place: Place, { kem }: VaultRecord): Promise<StoredShare> {
    const { kemKeys, lock } = this.#context
    const privateKey = await kemKeys.privateKeyOf(place.kemKey, kem)
    if (privateKey == null) throw new RefusedError('NO_SHARE', 'the key that the sub-shares are sealed to is not here any more: ask for another')
    try {
      const share = await receiveFrom(transcript, previous, place.index, privateKey)
      const stored = await lockShare(share, id, manifest.epoch, lock)
      share.scalar.fill(0)
      // sub-shares that fit their commitments add up to this
      checkedShare(stored, manifest, place)
      this.#tried.set(triedKey(id, hash), stored)
      return stored
    } finally {
      privateKey.fill(0)
    }
  }

  /** Of a vault that was here, what it had promised and accepted still binds. */
  #acceptorOf ({ acceptor, vouched }: VaultRecord, id: string): VaultRecord['acceptor'] {
    const gone = this.#context.vaults.gone(id)
    return gone != null && gone.seq === seqOf({ vouched }) ? gone.acceptor : acceptor
  }
}

/** What a manifest says, before anything of it is checked. */
export function claimed (signed: SignedManifest | undefined): Manifest | undefined {
  try {
    return signed == null ? undefined : Manifest.decode(signed.manifest)
  } catch {
    return undefined
  }
}

function triedKey (id: string, hash: Uint8Array): string {
  return `${id}/${toString(hash, 'base64')}`
}
