import { MAX_EVIDENCE, MAX_EVIDENCE_PER_PEER, MAX_SAMPLE_BYTES } from './constants.ts'
import { EvidenceShelf } from './evidence-shelf.ts'
import type { Evidence } from './index.ts'

/** Of the entries: so many are there for peers that are not banned, however many are. */
const OPEN_SHARE = 0.25
/** Peers found to be banned meanwhile, each of which is put away once; then the oldest goes all the same. */
const MAX_TRIES = 64

export interface EvidenceBookInit {
  /** The evidence against this peer is another now, or none. */
  changed (peer: string): void
  /** Evidence against banned peers is forgotten last. */
  isBanned (peer: string): boolean
  maxEntries?: number
}

/** What peers did. To add takes the same time however much there is: every report of misbehaviour does. */
export class EvidenceBook {
  readonly #init: EvidenceBookInit
  readonly #maxEntries: number
  readonly #open = new EvidenceShelf()
  readonly #banned = new EvidenceShelf()

  constructor (init: EvidenceBookInit) {
    this.#init = init
    this.#maxEntries = init.maxEntries ?? MAX_EVIDENCE
  }

  /** Entries, of all peers. */
  get size (): number {
    return this.#open.entries + this.#banned.entries
  }

  has (peer: string): boolean {
    return this.#find(peer) != null
  }

  /** The latest first. */
  get (peer: string): Evidence[] {
    return this.#find(peer)?.toReversed() ?? []
  }

  add (peer: string, evidence: Evidence): void {
    const open = this.#open.take(peer)
    const putAway = open == null ? this.#banned.take(peer) : undefined
    const charges = open ?? putAway ?? []
    const { sample, ...rest } = evidence
    charges.push(sample == null ? rest : { ...rest, sample: Uint8Array.from(sample.subarray(0, MAX_SAMPLE_BYTES)) })
    if (charges.length > MAX_EVIDENCE_PER_PEER) charges.shift()
    const shelf = putAway != null && this.#init.isBanned(peer) ? this.#banned : this.#open
    shelf.put(peer, charges)
    this.#init.changed(peer)
    this.#makeRoom()
  }

  /** As `get` gave it; the least recently charged peer first. */
  restore (peer: string, evidence: readonly Evidence[]): void {
    if (this.size + evidence.length <= this.#maxEntries) this.#open.put(peer, evidence.toReversed())
    else this.#init.changed(peer)
  }

  #find (peer: string): Evidence[] | undefined {
    return this.#open.get(peer) ?? this.#banned.get(peer)
  }

  #makeRoom (): void {
    for (let tries = 0; this.size > this.#maxEntries;) {
      const isOpen = this.#banned.entries === 0 || this.#open.entries > this.#maxEntries * OPEN_SHARE
      const oldest = (isOpen ? this.#open : this.#banned).takeOldest()
      if (oldest == null) return
      const [peer, charges] = oldest
      if (isOpen && tries++ < MAX_TRIES && this.#init.isBanned(peer)) this.#banned.put(peer, charges)
      else this.#init.changed(peer)
    }
  }
}
