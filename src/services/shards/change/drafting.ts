import { equals } from 'uint8arrays/equals'
import { ShardsError } from '../errors.ts'
import { encodeManifest } from '../model/manifest.ts'
import { sign } from '../model/signed.ts'
import { transcriptHash } from '../model/proposal.ts'
import { outcomeOf } from '../model/transcript.ts'
import { Proposal } from '../pb/shards.ts'
import { selectDealers } from './blame.ts'
import { collectContributions, transcriptOf } from './dealing.ts'
import { draftManifest, draftProposal, draftUpdate, keepsShares } from './draft.ts'
import { collectKemKeys } from './kem-keys.ts'
import { peerKey } from './members.ts'
import { valueOf } from './voting.ts'
import type { Manifest, Transcript } from '../pb/shards.ts'
import type { ChangeContext } from './context.ts'
import type { Contributions } from './dealing.ts'
import type { Selection } from './blame.ts'
import type { KemKey } from './kem-keys.ts'
import type { PromiseOf } from './preparing.ts'
import type { Value } from './voting.ts'

/** Makes what is proposed, and makes it anew only where something was learnt. */
export class Drafting {
  readonly #context: ChangeContext
  readonly #kemKeys = new Map<string, KemKey>()
  readonly #complaints = new Map<number, Set<number>>()
  #proposal: Proposal | undefined
  #contributions: Contributions = new Map()
  #selection: Selection | undefined
  #value: Value | undefined
  #hashes: Uint8Array[] = []

  constructor (context: ChangeContext) {
    this.#context = context
  }

  /** Indices of new holders that blame dealers that are used: they go without. */
  get without (): ReadonlySet<number> {
    return new Set(this.#selection?.without)
  }

  /** Whether that manifest is one of these. */
  made (hash: Uint8Array): boolean {
    return this.#hashes.some(made => equals(made, hash))
  }

  async value (promises: ReadonlyMap<string, PromiseOf>): Promise<Value> {
    const { next, previous, clock } = this.#context
    if (keepsShares(next)) {
      if (previous == null) throw new ShardsError('SHARDS_INVALID', 'an update of a vault that there is not')
      return this.#value ??= await this.#signed(draftUpdate(next, previous, clock.now()))
    }
    const proposal = await this.#proposed(promises)
    const selection = this.#select()
    if (this.#value != null && sameDealers(selection, this.#selection)) return this.#value
    this.#selection = selection
    const transcript = transcriptOf(proposal, this.#contributions, selection.dealers)
    const manifest = draftManifest(next, previous, proposal, outcomeOf(transcript, previous), transcriptHash(transcript), clock.now())
    return this.#value = await this.#signed(manifest, transcript)
  }

  /** Takes down who blames whom; whether other dealers are used for it. */
  blame (blames: ReadonlyMap<number, number>): boolean {
    for (const [holder, dealer] of blames) {
      const blamed = this.#complaints.get(holder) ?? new Set()
      this.#complaints.set(holder, blamed.add(dealer))
    }
    if (blames.size === 0 || keepsShares(this.#context.next)) return false
    const selection = this.#select()
    if (!sameDealers(selection, this.#selection)) return true
    this.#selection = selection
    return false
  }

  async #proposed (promises: ReadonlyMap<string, PromiseOf>): Promise<Proposal> {
    const { next, previous } = this.#context
    await collectKemKeys(this.#context, promises, this.#kemKeys)
    const proposal = draftProposal(next, previous, ({ peer }) => this.#kemOf(peer).key)
    if (this.#proposal != null && equals(Proposal.encode(proposal), Proposal.encode(this.#proposal))) return this.#proposal
    const dealers = [...promises.values()].filter(({ hasShare }) => hasShare).map(({ member }) => member)
    this.#contributions = await collectContributions(this.#context, proposal, next.holders.map(({ peer }) => this.#kemOf(peer).record), dealers)
    this.#value = undefined
    return this.#proposal = proposal
  }

  #kemOf (peer: Uint8Array): KemKey {
    const kem = this.#kemKeys.get(peerKey(peer))
    if (kem == null) throw new ShardsError('SHARDS_NOT_STORED', 'a holder without a key that its share can be sealed to')
    return kem
  }

  #select (): Selection {
    const { previous, next, dealing } = this.#context
    if (dealing != null) return { dealers: [0], without: [...this.#complaints.keys()] }
    const selection = selectDealers([...this.#contributions.keys()], previous?.manifest.threshold ?? 1, this.#complaints, next.holders.length - next.threshold)
    if (selection == null) throw new ShardsError('SHARDS_TOO_FEW_SHARES', 'too few holders dealt new shares: try again when more are there')
    return selection
  }

  async #signed (manifest: Manifest, transcript?: Transcript): Promise<Value> {
    const bytes = encodeManifest(manifest)
    const { owner } = this.#context
    const ownerSignature = owner == null ? new Uint8Array() : (await sign('manifest', bytes, owner)).signature
    const value = valueOf({ manifest: bytes, ownerSignature, accepts: [] }, transcript)
    this.#hashes.push(value.hash)
    return value
  }
}

function sameDealers (a: Selection, b: Selection | undefined): boolean {
  return a.dealers.length === b?.dealers.length && a.dealers.every((dealer, i) => dealer === b.dealers[i])
}
