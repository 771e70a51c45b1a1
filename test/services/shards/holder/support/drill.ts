import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { MemoryDatastore } from 'datastore-core'
import { toString } from 'uint8arrays/to-string'
import { loadFastGroup } from '../../../../../src/crypto/threshold/fast-group.ts'
import { sealItem } from '../../../../../src/crypto/item/envelope.ts'
import { deal } from '../../../../../src/crypto/threshold/deal.ts'
import { Holder } from '../../../../../src/services/shards/holder/holder.ts'
import { verifyCertificate } from '../../../../../src/services/shards/model/certificate.ts'
import { contribute } from '../../../../../src/services/shards/model/contribution.ts'
import { keyBytes } from '../../../../../src/services/shards/model/keys.ts'
import { encodeManifest, manifestHash, POLICY_VERSION, SUITE, vaultId } from '../../../../../src/services/shards/model/manifest.ts'
import { transcriptHash } from '../../../../../src/services/shards/model/proposal.ts'
import { quorum } from '../../../../../src/services/shards/model/quorum.ts'
import { makeRequest, readAnswer } from '../../../../../src/services/shards/model/request.ts'
import { sign } from '../../../../../src/services/shards/model/signed.ts'
import { outcomeOf } from '../../../../../src/services/shards/model/transcript.ts'
import { Change, KemRecord, State } from '../../../../../src/services/shards/pb/shards.ts'
import { peerBytes } from '../../../../../src/util/peer-bytes.ts'
import { seededRng } from '../../../../../src/util/rng.ts'
import { START_MS } from '../../../../support/open-book.ts'
import { ManualClock } from '../../../../support/manual-clock.ts'
import { silentLogger } from '../../../messaging/direct/silent-log.ts'
import { inOrder, proposalOf } from '../../model/sample-vault.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { HolderInit } from '../../../../../src/services/shards/holder/holder.ts'
import type { RequestBody, Vouched } from '../../../../../src/services/shards/parts.ts'
import type { Answer, Ballot, Manifest, Propose, Signed, Transcript } from '../../../../../src/services/shards/pb/shards.ts'

// as in a service that is used; test/crypto/threshold tries both
await loadFastGroup()

export interface Place {
  name: string
  key: PrivateKey
  peerId: PeerId
  peer: Uint8Array
  holder: Holder
  datastore: Datastore
  errors: string[]
  charges: string[]
}

export interface Ask {
  from?: Place
  signer?: PrivateKey
  delegation?: Uint8Array
  vault?: Uint8Array
  nowMs?: number
}

/** What a change is about. */
export interface ChangeOf {
  change?: Change
  /** Whom to ask for what. @default all who are there */
  to?: string[]
  dealers?: string[]
  holders?: string[]
  threshold?: number
  byHolders?: boolean
  edit?: (manifest: Manifest) => void
  tamper?: (contributions: Signed[]) => Promise<Signed[]>
}

export const PAYLOAD: Uint8Array = utf8ToBytes('an encrypted payload '.repeat(100))

export async function keyNamed (name: string): Promise<PrivateKey> {
  return await generateKeyPairFromSeed('Ed25519', sha256(utf8ToBytes(name)))
}

/** Holders without a network, and an owner and a proposer that keep to the contract unless they are told otherwise. */
export class Drill {
  readonly clock: ManualClock
  readonly rng = seededRng(1)
  readonly places = new Map<string, Place>()
  readonly owner: PrivateKey
  readonly nonce: Uint8Array
  readonly vault: Uint8Array
  readonly id: string
  readonly #options: Partial<HolderInit>
  vouched?: Vouched
  round = 0

  private constructor (owner: PrivateKey, { clock, nonce, options }: { clock: ManualClock, nonce: Uint8Array, options: Partial<HolderInit> }) {
    this.clock = clock
    this.owner = owner
    this.nonce = nonce
    this.#options = options
    this.vault = vaultId(keyBytes(owner.publicKey), this.nonce)
    this.id = toString(this.vault, 'base16')
  }

  static async of (names: string[], { owner = 'owner', nonce = 7, clock = new ManualClock(START_MS), disks = {}, ...options }: Partial<HolderInit> & { owner?: string, nonce?: number, clock?: ManualClock, disks?: Record<string, Datastore> } = {}): Promise<Drill> {
    const drill = new Drill(await keyNamed(owner), { clock, nonce: new Uint8Array(16).fill(nonce), options })
    for (const name of names) await drill.start(name, disks[name] ?? new MemoryDatastore())
    return drill
  }

  /** Another vault of the same places. */
  async other (owner: string, nonce = 7): Promise<Drill> {
    const other = new Drill(await keyNamed(owner), { clock: this.clock, nonce: new Uint8Array(16).fill(nonce), options: this.#options })
    for (const [name, place] of this.places) other.places.set(name, place)
    return other
  }

  async start (name: string, datastore: Datastore, options: Partial<HolderInit> = {}): Promise<Place> {
    const key = await keyNamed(name)
    const peerId = peerIdFromPrivateKey(key)
    const [errors, charges]: [string[], string[]] = [[], []]
    const scoring = { report: (_: unknown, offence: string, cause: string) => { charges.push(`${offence} ${cause}`) } }
    const holder = new Holder({
      datastore, privateKey: key, peerId, clock: this.clock, rng: seededRng(name.charCodeAt(0)), log: silentLogger(errors).forComponent('shards'),
      scoring: () => scoring as unknown as ReturnType<NonNullable<HolderInit['scoring']>>, ...this.#options, ...options
    })
    await holder.load()
    const place = { name, key, peerId, peer: peerBytes(peerId), holder, datastore, errors, charges }
    this.places.set(name, place)
    return place
  }

  at (name: string): Place {
    const place = this.places.get(name)
    if (place == null) throw new Error(`there is no ${name}`)
    return place
  }

  /** The owner asks, from the first place that is another one, if nothing else is said. */
  async ask (to: string, body: RequestBody, { signer = this.owner, from = this.proposer(to), delegation = new Uint8Array(0), vault = this.vault, nowMs = this.clock.now() }: Ask = {}): Promise<Answer> {
    const { holder, peerId } = this.at(to)
    const { frame, hash } = await makeRequest({ vault, body, from: from.peerId, to: peerId, signer, delegation, nowMs, rng: this.rng })
    return (await readAnswer(await holder.receive(from.peerId, frame), { requestHash: hash, peer: peerId })).answer
  }

  /** Ask as a holder, with its own key. */
  async askAs (from: string, to: string, body: RequestBody): Promise<Answer> {
    return await this.ask(to, body, { from: this.at(from), signer: this.at(from).key })
  }

  proposer (except?: string): Place {
    return [...this.places.values()].find(({ name }) => name !== except) as Place
  }

  async upload (to: string, payload = PAYLOAD, pieceBytes = 1_000): Promise<void> {
    for (let offset = 0; offset < payload.byteLength; offset += pieceBytes) {
      await this.ask(to, { put: { payload: sha256(payload), offset, bytes: payload.byteLength, data: payload.subarray(offset, offset + pieceBytes) } })
    }
  }

  ballot (): Ballot {
    this.round = Math.max(this.round + 1, Math.floor(this.clock.now() / 1000))
    return { round: this.round, proposer: this.proposer().peer }
  }

  /** Everything but the payload: what a genesis is made of. */
  async genesis (names: string[], { threshold = 2, payload = PAYLOAD, edit }: { threshold?: number, payload?: Uint8Array, edit?: (manifest: Manifest) => void } = {}): Promise<Propose> {
    const holders = await Promise.all(names.map(async (name, i) => {
      const { offered } = await this.ask(name, { offer: { bytes: payload.byteLength, expiresMs: 0 } }, { from: this.proposer() })
      return { index: i + 1, peer: this.at(name).peer, kemKey: KemRecord.decode(offered!.kem!.content).key }
    }))
    const proposal = proposalOf({ vault: this.vault, threshold, holders, change: Change.GENESIS })
    const { commitments, shares } = deal({ threshold, indices: holders.map(({ index }) => index) }, this.rng)
    const contribution = await contribute({ proposal, dealer: 0, dealing: { commitments, shares: shares.map(({ scalar }) => scalar) } }, this.owner, this.rng)
    const { item } = sealItem(commitments[0]!, { suite: SUITE, vault: this.vault, version: 1 }, 65_536, this.rng)
    const base = {
      suite: SUITE, vault: this.vault, owner: keyBytes(this.owner.publicKey), nonce: this.nonce, state: State.ACTIVE, issuedMs: this.clock.now(), expiresMs: 0, label: new Uint8Array(0), revoked: [],
      item: { ...item, payload: sha256(payload), bytes: payload.byteLength },
      policy: { version: POLICY_VERSION, auditEveryMs: 3_600_000, refreshEveryMs: 0, lostAfterMs: 86_400_000, holdersMayReshare: true, exportable: true, opensPerHour: 5 }
    }
    return await this.#proposeOf(base as unknown as Manifest, { proposal, contributions: [contribution] }, this.ballot(), [], { edit })
  }

  /** Stores a vault with these holders; resolves to its certificate. */
  async store (names: string[], options: Parameters<Drill['genesis']>[1] & { pieceBytes?: number, commitTo?: string[] } = {}): Promise<Vouched> {
    for (const name of names) await this.upload(name, options.payload, options.pieceBytes)
    const propose = await this.genesis(names, options)
    const accepts = await this.accepts(names, propose)
    return await this.commit(options.commitTo ?? names, propose, accepts)
  }

  /** What they say to a proposal: their signed accepts. */
  async accepts (names: string[], propose: Propose, ask: Ask = {}): Promise<Map<string, Signed>> {
    const accepts = new Map<string, Signed>()
    for (const name of names) accepts.set(name, await this.signedAnswer(name, { propose }, ask))
    return accepts
  }

  async signedAnswer (to: string, body: RequestBody, { signer = this.owner, from = this.proposer() }: Ask = {}): Promise<Signed> {
    const { holder, peerId } = this.at(to)
    const { frame, hash } = await makeRequest({ vault: this.vault, body, from: from.peerId, to: peerId, signer, nowMs: this.clock.now(), rng: this.rng })
    return (await readAnswer(await holder.receive(from.peerId, frame), { requestHash: hash, peer: peerId })).signed
  }

  async certify (propose: Propose, accepts: ReadonlyMap<string, Signed>): Promise<Vouched> {
    const signed = { ...propose.manifest!, accepts: inOrder([...accepts].map(([name, signed]) => ({ peer: this.at(name).peer, signed }))) }
    return await verifyCertificate(signed, this.vouched)
  }

  async commit (names: string[], propose: Propose, accepts: ReadonlyMap<string, Signed>): Promise<Vouched> {
    const vouched = await this.certify(propose, accepts)
    for (const name of names) await this.ask(name, { commit: { manifest: vouched.signed } }, { from: this.proposer() })
    this.vouched = vouched
    return vouched
  }

  names (manifest = this.vouched!.manifest): string[] {
    return manifest.holders.map(({ peer }) => [...this.places.values()].find(place => toString(place.peer) === toString(peer))!.name)
  }

  /** A change of a vault that is stored, up to what is to be proposed. */
  async draft ({ change = Change.RESHARE, to = this.names(), dealers = to, holders = this.names(), threshold = this.vouched!.manifest.threshold, byHolders = false, edit, tamper = async all => all }: ChangeOf = {}): Promise<Propose> {
    const previous = this.vouched!
    const { manifest } = previous
    const ballot = this.ballot()
    const asker = byHolders ? { signer: this.proposer().key } : {}
    const promises = new Map<string, Signed>()
    const kems = new Map<string, Signed>()
    for (const name of to) {
      const body = { prepare: { seq: manifest.seq + 1, ballot } }
      const { holder, peerId } = this.at(name)
      const { frame, hash } = await makeRequest({ vault: this.vault, body, from: this.proposer().peerId, to: peerId, signer: asker.signer ?? this.owner, nowMs: this.clock.now(), rng: this.rng })
      const { answer, signed } = await readAnswer(await holder.receive(this.proposer().peerId, frame), { requestHash: hash, peer: peerId })
      promises.set(name, signed)
      kems.set(name, answer.promise!.kem!)
    }
    const needed = quorum(manifest.threshold, manifest.holders.length)
    const justification = inOrder([...promises].slice(0, needed).map(([name, signed]) => ({ peer: this.at(name).peer, signed })))
    if (change === Change.UPDATE) return await this.#proposeOf(manifest, undefined, ballot, justification, { edit, byHolders })
    const places = await Promise.all(holders.map(async (name, i) => {
      const before = manifest.holders.find(({ peer }) => toString(peer) === toString(this.at(name).peer))
      const kem = kems.get(name) ?? (before == null ? (await this.ask(name, { offer: { bytes: 0, expiresMs: 0 } }, { from: this.proposer() })).offered!.kem! : undefined)
      if (kem != null) kems.set(name, kem)
      return { index: holders.length === manifest.holders.length ? manifest.holders[i]!.index : i + 1, peer: this.at(name).peer, kemKey: kem == null ? before!.kemKey : KemRecord.decode(kem.content).key }
    }))
    const proposal = proposalOf({ vault: this.vault, threshold, holders: places, change }, previous)
    const signed = proposal.holders.map(({ peer }) => kems.get([...this.places.values()].find(place => toString(place.peer) === toString(peer))!.name) ?? { content: new Uint8Array(0), signature: new Uint8Array(0) })
    const contributions: Signed[] = []
    for (const name of dealers.slice(0, manifest.threshold)) contributions.push((await this.ask(name, { contribute: { proposal, kems: signed } }, { from: this.proposer(), ...asker })).contribution!)
    return await this.#proposeOf(manifest, { proposal, contributions: await tamper(contributions) }, ballot, justification, { edit, byHolders })
  }

  /** A change from beginning to end. */
  async change (options: ChangeOf = {}): Promise<Vouched> {
    const propose = await this.draft(options)
    const to = options.to ?? [...new Set([...options.holders ?? this.names(), ...this.names()])]
    const accepts = await this.accepts(to, propose, options.byHolders === true ? { signer: this.proposer().key } : {})
    return await this.commit(to, propose, accepts)
  }

  /** Runs the holder anew on what its disk has. */
  async restart (name: string): Promise<Place> {
    const { holder, datastore } = this.at(name)
    await holder.stop()
    return await this.start(name, datastore)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    for (const { holder } of this.places.values()) await holder.stop()
  }

  async #proposeOf (base: Manifest, transcript: Transcript | undefined, ballot: Ballot, promises: Signed[], { edit, byHolders = false }: { edit?: (manifest: Manifest) => void, byHolders?: boolean }): Promise<Propose> {
    const previous = this.vouched
    const next: Manifest = { ...base, seq: (previous?.manifest.seq ?? 0) + 1, prev: previous?.hash ?? new Uint8Array(0), change: Change.UPDATE, issuedMs: this.clock.now() }
    if (transcript?.proposal != null) {
      const { commitments, verifications } = outcomeOf(transcript, previous)
      const { threshold, holders, change } = transcript.proposal
      Object.assign(next, { epoch: (previous?.manifest.epoch ?? 0) + 1, threshold, change, commitments, transcript: transcriptHash(transcript), holders: holders.map((holder, i) => ({ ...holder, verification: verifications[i]! })) })
    }
    edit?.(next)
    const manifest = encodeManifest(next)
    const ownerSignature = byHolders ? new Uint8Array(0) : (await sign('manifest', manifest, this.owner)).signature
    return { ballot, manifest: { manifest, ownerSignature, accepts: [] }, transcript, promises, chain: previous == null ? [] : [previous.signed] }
  }
}

export function hashOfManifest ({ manifest }: Propose): Uint8Array {
  return manifestHash(manifest!.manifest)
}
