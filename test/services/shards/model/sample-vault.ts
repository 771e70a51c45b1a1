import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { compare } from 'uint8arrays/compare'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { loadFastGroup } from '../../../../src/crypto/threshold/fast-group.ts'
import { sealItem } from '../../../../src/crypto/item/envelope.ts'
import { deriveKeyPair } from '../../../../src/crypto/sealing.ts'
import { deal } from '../../../../src/crypto/threshold/deal.ts'
import { verifyCertificate } from '../../../../src/services/shards/model/certificate.ts'
import { contribute } from '../../../../src/services/shards/model/contribution.ts'
import { keyBytes } from '../../../../src/services/shards/model/keys.ts'
import { encodeManifest, manifestHash, POLICY_VERSION, SUITE, vaultId } from '../../../../src/services/shards/model/manifest.ts'
import { transcriptHash } from '../../../../src/services/shards/model/proposal.ts'
import { makeAnswer } from '../../../../src/services/shards/model/request.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { outcomeOf, receiveFrom } from '../../../../src/services/shards/model/transcript.ts'
import { Change, State } from '../../../../src/services/shards/pb/shards.ts'
import { peerBytes } from '../../../../src/util/peer-bytes.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { KeyPair } from '../../../../src/crypto/sealing.ts'
import type { Share } from '../../../../src/crypto/threshold/checks.ts'
import type { Vouched } from '../../../../src/services/shards/parts.ts'
import type { Ballot, Manifest, Proposal, Signed, SignedManifest, Transcript } from '../../../../src/services/shards/pb/shards.ts'

// as in a service that is used; test/crypto/threshold tries both
await loadFastGroup()

export interface Node {
  name: string
  key: PrivateKey
  peerId: PeerId
  peer: Uint8Array
  kem: KeyPair
}

/** Always the same one for a name. */
export async function nodeOf (name: string): Promise<Node> {
  const seed = sha256(utf8ToBytes(name))
  const key = await generateKeyPairFromSeed('Ed25519', seed)
  const peerId = peerIdFromPrivateKey(key)
  return { name, key, peerId, peer: peerBytes(peerId), kem: await deriveKeyPair(sha256(seed)) }
}

/** A vault with all that is secret, as nobody ever has it: manifests, shares, and the keys to sign more. */
export interface Sample {
  owner: PrivateKey
  /** By name. */
  nodes: Map<string, Node>
  vouched: Vouched
  transcript: Transcript
  /** By name, of the epoch. */
  shares: Map<string, Share>
}

export interface ChangeOptions {
  byHolders?: boolean
  /** Who accepts. @default all before and after */
  accepting?: string[]
  round?: number
  /** What is different in the manifest, after all. */
  edit?: (manifest: Manifest) => void
}

const rng = seededRng(5)
export const NOW = Date.UTC(2025, 10, 1)
export const OWNER = 'owner'

export async function genesis ({ threshold = 2, holders = ['a', 'b', 'c'], ...options }: { threshold?: number, holders?: string[] } & ChangeOptions = {}): Promise<Sample> {
  const owner = (await nodeOf(OWNER)).key
  const nodes = new Map(await Promise.all([...holders, 'x', 'y', 'z'].map(async name => [name, await nodeOf(name)] as const)))
  const nonce = new Uint8Array(16).fill(7)
  const vault = vaultId(keyBytes(owner.publicKey), nonce)
  const places = placesOf(nodes, holders)
  const proposal = proposalOf({ vault, threshold, holders: places, change: Change.GENESIS })
  const dealt = deal({ threshold, indices: places.map(({ index }) => index) }, rng)
  const dealing = { commitments: dealt.commitments, shares: dealt.shares.map(({ scalar }) => scalar) }
  const transcript = { proposal, contributions: [await contribute({ proposal, dealer: 0, dealing }, owner, rng)] }
  const { item } = sealItem(dealt.commitments[0]!, { suite: SUITE, vault, version: 1 }, 65_536, rng)
  const base = {
    suite: SUITE, vault, owner: keyBytes(owner.publicKey), nonce, state: State.ACTIVE, issuedMs: NOW, expiresMs: 0, label: new Uint8Array(0), revoked: [],
    item: { ...item, payload: sha256(utf8ToBytes('payload')), bytes: 1_000 },
    policy: { version: POLICY_VERSION, auditEveryMs: 21_600_000, refreshEveryMs: 604_800_000, lostAfterMs: 86_400_000, holdersMayReshare: true, exportable: true, opensPerHour: 60 }
  }
  return await decided({ owner, nodes, transcript, shares: new Map() } as unknown as Sample, base, proposal, transcript, options)
}

/** New shares of the same scalar. */
export async function reshare (sample: Sample, { threshold, holders, ...options }: { threshold?: number, holders?: string[] } & ChangeOptions = {}): Promise<Sample> {
  const { vouched, nodes, shares } = sample
  const { manifest } = vouched
  const names = holders ?? namesOf(sample)
  const proposal = proposalOf({ vault: manifest.vault, threshold: threshold ?? manifest.threshold, holders: placesOf(nodes, names), change: Change.RESHARE }, vouched)
  const dealers = namesOf(sample).filter(name => shares.has(name)).slice(0, manifest.threshold)
  const contributions: Signed[] = []
  for (const name of dealers) contributions.push(await contribute({ proposal, dealer: shares.get(name)!.index, share: shares.get(name)!, previous: vouched }, nodes.get(name)!.key, rng))
  return await decided(sample, manifest, proposal, { proposal, contributions }, options)
}

/** Another scalar. */
export async function rotate (sample: Sample, options: ChangeOptions = {}): Promise<Sample> {
  const { vouched, nodes, owner } = sample
  const { manifest } = vouched
  const places = placesOf(nodes, namesOf(sample))
  const proposal = proposalOf({ vault: manifest.vault, threshold: manifest.threshold, holders: places, change: Change.ROTATE }, vouched)
  const dealt = deal({ threshold: manifest.threshold, indices: places.map(({ index }) => index) }, rng)
  const transcript = { proposal, contributions: [await contribute({ proposal, dealer: 0, dealing: { commitments: dealt.commitments, shares: dealt.shares.map(({ scalar }) => scalar) } }, owner, rng)] }
  const { item } = sealItem(dealt.commitments[0]!, { suite: SUITE, vault: manifest.vault, version: manifest.item!.version }, manifest.item!.chunkBytes, rng)
  return await decided(sample, { ...manifest, state: State.ACTIVE, item: { ...manifest.item!, ...item } }, proposal, transcript, options)
}

/** The same shares, and whatever `edit` changes. */
export async function update (sample: Sample, options: ChangeOptions = {}): Promise<Sample> {
  const { manifest, hash } = sample.vouched
  const next: Manifest = { ...manifest, seq: manifest.seq + 1, prev: hash, change: Change.UPDATE }
  return { ...sample, vouched: await certified(sample, next, options) }
}

/** What `verifyCertificate` has yet to check. */
export async function certificate ({ vouched, nodes, owner }: Pick<Sample, 'nodes' | 'owner'> & { vouched?: Vouched }, manifest: Manifest, { byHolders = false, accepting, round = 1_000 }: ChangeOptions = {}): Promise<SignedManifest> {
  const bytes = encodeManifest(manifest)
  const peers = [...nodes.values()].filter(({ name, peer }) => accepting == null ? [manifest, ...vouched == null ? [] : [vouched.manifest]].some(({ holders }) => holders.some(holder => equal(holder.peer, peer))) : accepting.includes(name))
  const proposer = peers[0]?.peer ?? new Uint8Array(38)
  const accepts = await Promise.all(peers.map(async node => ({ peer: node.peer, signed: await acceptOf(node, manifest, manifestHash(bytes), { round, proposer }) })))
  return { manifest: bytes, ownerSignature: byHolders ? new Uint8Array(0) : (await sign('manifest', bytes, owner)).signature, accepts: inOrder(accepts) }
}

export async function acceptOf ({ key, peer }: Pick<Node, 'key' | 'peer'>, manifest: Manifest, hash: Uint8Array, ballot: Ballot, edit: object = {}): Promise<Signed> {
  const { vault, seq, epoch, transcript, holders } = manifest
  const { index, verification } = holders.find(holder => equal(holder.peer, peer)) ?? { index: 0, verification: new Uint8Array(0) }
  const accept = { vault, seq, ballot, manifest: hash, epoch, index, verification, peer, transcript, ...edit }
  return (await makeAnswer(sha256(utf8ToBytes(`propose ${manifest.seq}`)), { accept }, key)).signed
}

/** By the bytes of their peers, each once, as a certificate has them. */
export function inOrder (accepts: ReadonlyArray<{ peer: Uint8Array, signed: Signed }>): Signed[] {
  return accepts.toSorted((a, b) => compare(a.peer, b.peer)).map(({ signed }) => signed)
}

/** What dealers deal for. */
export function proposalOf ({ vault, threshold, holders, change }: Pick<Proposal, 'vault' | 'threshold' | 'change'> & { holders: Array<{ index: number, peer: Uint8Array, kemKey: Uint8Array }> }, previous?: Vouched): Proposal {
  return { vault, threshold, change, seq: (previous?.manifest.seq ?? 0) + 1, prev: previous?.hash ?? new Uint8Array(0), holders: holders.map(holder => ({ ...holder, verification: new Uint8Array(0) })) }
}

export function namesOf ({ nodes, vouched }: Pick<Sample, 'nodes' | 'vouched'>): string[] {
  return vouched.manifest.holders.map(({ peer }) => [...nodes.values()].find(node => equal(node.peer, peer))!.name)
}

export function placesOf (nodes: ReadonlyMap<string, Node>, names: readonly string[]): Array<{ index: number, peer: Uint8Array, kemKey: Uint8Array }> {
  return names.map((name, i) => ({ index: i + 1, peer: nodes.get(name)!.peer, kemKey: nodes.get(name)!.kem.publicKey }))
}

async function decided (sample: Sample, base: Omit<Manifest, 'seq' | 'prev' | 'epoch' | 'threshold' | 'holders' | 'commitments' | 'transcript' | 'change'>, proposal: Proposal, transcript: Transcript, options: ChangeOptions): Promise<Sample> {
  const { vouched, nodes } = sample as Partial<Sample> & Pick<Sample, 'nodes'>
  const { commitments, verifications } = outcomeOf(transcript, vouched)
  const next: Manifest = {
    ...base,
    seq: proposal.seq,
    prev: proposal.prev,
    epoch: (vouched?.manifest.epoch ?? 0) + 1,
    threshold: proposal.threshold,
    holders: proposal.holders.map((holder, i) => ({ ...holder, verification: verifications[i]! })),
    commitments,
    transcript: transcriptHash(transcript),
    change: proposal.change
  }
  const shares = new Map(await Promise.all(proposal.holders.map(async ({ peer, index }) => {
    const node = [...nodes.values()].find(node => equal(node.peer, peer))!
    return [node.name, await receiveFrom(transcript, vouched, index, node.kem.privateKey)] as const
  })))
  return { ...sample, transcript, shares, vouched: await certified(sample, next, options) }
}

async function certified (sample: Sample, manifest: Manifest, options: ChangeOptions): Promise<Vouched> {
  options.edit?.(manifest)
  return await verifyCertificate(await certificate(sample, manifest, options), sample.vouched)
}

function equal (a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i])
}
