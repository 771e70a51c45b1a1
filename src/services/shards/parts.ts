import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Answer, Evidence, KemRecord, Manifest, Request, Signed, SignedManifest, Transcript } from './pb/shards.ts'
import type { VaultProgress } from './index.ts'

/** What the parts of shards ask of each other. */

/** A manifest whose certificate has been checked. */
export interface Vouched {
  manifest: Manifest
  /** SHA-256 of the manifest's bytes. */
  hash: Uint8Array
  signed: SignedManifest
}

/** Moves frames between peers. The node itself is a peer like any other. */
export interface Transport {
  /** A signed request, and a signed answer. Rejects when the peer cannot be reached or does not answer in time. `large`: up to 1 MiB instead of 64 KiB. */
  send (peer: PeerId, frame: Uint8Array, options: { signal: AbortSignal, timeoutMs: number, large: boolean }): Promise<Uint8Array>
}

/** Exactly one body of a request. */
export type RequestBody = Omit<Request, 'version' | 'id' | 'vault' | 'issuedMs' | 'expiresMs' | 'from' | 'to' | 'signer' | 'delegation'>

export interface CallerOptions {
  signal: AbortSignal
  /** @default 10_000 */
  timeoutMs?: number
  /** Who signs. @default this node */
  signer?: PrivateKey
  /** An encoded Signed Delegation. */
  delegation?: Uint8Array
}

export interface Answered {
  /** Without `failure`. */
  answer: Answer
  /** The answer as it was signed, and the bytes of the request: what evidence is made of. */
  signed: Signed
  request: Uint8Array
  tookMs: number
}

/** One request to one peer, signed, sent, and its answer checked: by that peer, to this request. */
export interface Caller {
  /** Rejects with `SHARDS_UNREACHABLE`, `SHARDS_ANSWER_INVALID` (charged), or a `RefusedError` with what the holder said. */
  call (peer: PeerId, vault: Uint8Array, body: RequestBody, options: CallerOptions): Promise<Answered>
}

/** A peer that may be asked to hold a share. */
export interface Candidate {
  peerId: PeerId
  /** 0 to 100, as scoring has it. */
  quality: number
  latencyMs?: number
  /** How long this node has known it. */
  knownMs: number
  /** What it may fail together with: `ip:198.51.100.0/24`, `relay:<peer id>`. Empty for local addresses. */
  domains: readonly string[]
  connected: boolean
}

/** Peers in good standing that serve shards, or may. */
export interface Peers {
  /** Those that said that they serve shards, connected ones first; where these are few also some that nobody has asked. Never this node. */
  candidates (): Promise<Candidate[]>
  /** Peers that tell the DHT that they hold something under this hash, as they are found. */
  providers (hash: Uint8Array, signal: AbortSignal): AsyncIterable<PeerId>
}

/** Says that somebody lied: the evidence has been checked, the liar is charged, others are told once. */
export interface Informer {
  inform (evidence: Evidence): Promise<void>
}

/** What this node holds, for those who look after it. */
export interface HeldShare {
  /** Of the newest certificate. */
  vouched: Vouched
  index: number
  /** Whether a share of its epoch is here, and the payload whole. */
  hasShare: boolean
  hasPayload: boolean
}

export interface Holdings {
  /** Vaults that this node is a holder of, by hexadecimal id. */
  readonly held: ReadonlyMap<string, HeldShare>
  /** Called with the id after every change. */
  onChanged (listener: (id: string) => void): () => void
  /** Pieces of the payload as they come from other holders; resolves to whether it is whole and written. */
  putPayload (id: string, offset: number, data: Uint8Array): Promise<boolean>
  /** How much of the payload is here. */
  payloadBytes (id: string): number
  /** SHA-256 of the nonce and the payload, as an audit has it; undefined when it is not here whole. */
  payloadDigest (id: string, nonce: Uint8Array): Promise<Uint8Array | undefined>
  /** The seq of a change that is accepted here and not certified. */
  pendingSeq (id: string): number | undefined
}

/** New sub-shares of the owner's, for a genesis or a rotation. */
export interface OwnerDealing {
  commitments: Uint8Array[]
  /** In the order of the holders; wiped when they are sealed. */
  shares: Uint8Array[]
}

export interface ChangeInit {
  /** None for a genesis. */
  previous?: Vouched
  /** The whole next manifest but for what comes of the change: holders' verification and KEM key, commitments, transcript, prev, seq, epoch, issuedMs. */
  next: Omit<Manifest, 'holders' | 'commitments' | 'transcript' | 'prev' | 'seq' | 'epoch' | 'issuedMs'> & { holders: Array<{ index: number, peer: PeerId }> }
  /** Signs the manifest. Absent: by the holders. */
  owner?: PrivateKey
  /** Of a genesis or rotation. */
  dealing?: OwnerDealing
  signal: AbortSignal
  onProgress?: (progress: VaultProgress) => void
}

export interface Changed {
  vouched: Vouched
  /** New holders that have not accepted: to be replaced, or given their share by the next change. */
  missing: number[]
}

/** Gets a change of a vault agreed on: prepare, contribute, propose, commit. */
export interface Changes {
  /**
   * Rejects with `SHARDS_CONFLICT` (details.newer, when there is one), `SHARDS_NOT_STORED`, `SHARDS_TOO_FEW_SHARES`. A change of somebody
   * else's that has been accepted already is finished first, and then this one is refused with SHARDS_CONFLICT.
   */
  change (init: ChangeInit): Promise<Changed>
}

/** What a transcript gives each new holder, and all. */
export interface Outcome {
  commitments: Uint8Array[]
  verifications: Uint8Array[]
}

export type { Answer, Evidence, KemRecord, Manifest, Request, Signed, SignedManifest, Transcript }
