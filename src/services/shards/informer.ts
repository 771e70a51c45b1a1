import { bytesToHex } from '@noble/hashes/utils.js'
import { describeError } from '../../errors.ts'
import { BoundedMap } from '../../util/bounded-map.ts'
import { RateLimiter } from '../../wire/rate-limiter.ts'
import { ShardsError } from './errors.ts'
import { checkEvidence, readEvidence } from './model/evidence.ts'
import { Evidence } from './pb/shards.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { ShardsEvents } from './index.ts'
import type { Lie as FoundLie } from './model/evidence.ts'
import type { Informer } from './parts.ts'

export type Lie = ShardsEvents['holder:lied']['detail']

/** Liars that are remembered, each for one vault. */
const MAX_KNOWN = 4_096
/** Pieces of evidence that wait to be checked: more are dropped, somebody else tells the same. */
const MAX_WAITING = 64
/** Of others' evidence that this node passes on: liars are few. */
const PASS_ON_RATE = { perSecond: 0.1, burst: 32 }
/** Peers told at a time. */
const CONCURRENT = 8

export interface LieInformerInit {
  clock: Clock
  log: Logger
  scoring: () => Scoring
  /** Connected peers that take evidence. */
  listeners: () => Promise<PeerId[]>
  /** Whether this node has had to do with that peer. */
  knows: (peerId: PeerId) => boolean
  tell: (peer: PeerId, bytes: Uint8Array, signal: AbortSignal) => Promise<void>
  emit: (lie: Lie) => void
}

/** Checks evidence, charges the liar once for a vault, and passes on what is new to those that are connected. */
export class LieInformer implements Informer {
  readonly #init: LieInformerInit
  readonly #known = new BoundedMap<string, true>(MAX_KNOWN)
  readonly #passOn: RateLimiter
  readonly #counts = { found: 0, told: 0, refused: 0, dropped: 0, passedOn: 0 }
  /** Checks one after the other: each takes milliseconds of this thread. */
  #checking: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #telling = new Set<Promise<void>>()
  #stopping = new AbortController()

  constructor (init: LieInformerInit) {
    this.#init = init
    this.#passOn = new RateLimiter({ ...PASS_ON_RATE, maxKeys: 1, clock: init.clock })
  }

  get gauges (): Record<string, number> {
    return { liars: this.#known.size, evidenceWaiting: this.#waiting, evidenceTold: this.#telling.size }
  }

  get counts (): Readonly<Record<string, number>> {
    return { ...this.#counts }
  }

  start (): void {
    this.#stopping = new AbortController()
  }

  async stop (): Promise<void> {
    this.#stopping.abort(new Error('this node stops'))
    await Promise.all(this.#telling)
  }

  /** What this node found out itself. Resolves when it is checked and charged: others are told behind the back of the caller. */
  async inform (evidence: Evidence): Promise<void> {
    const bytes = Evidence.encode(evidence)
    const lie = await this.#inTurn(async () => await checkEvidence(evidence))
    if (lie == null) {
      // an answer that is wrong in a way nobody else can see: its peer has been judged by who asked
      this.#init.log.error('what a holder said is no evidence of %s', evidence.kind)
      return
    }
    this.#counts.found++
    this.#charge(lie, bytes)
  }

  /** What a peer tells: charged to it when it is false. */
  async receive (from: PeerId, bytes: Uint8Array): Promise<void> {
    if (this.#waiting >= MAX_WAITING) {
      this.#counts.dropped++
      return
    }
    const lie = await this.#inTurn(async () => await checked(bytes))
    if (lie === 'unsupported') return
    if (lie == null) {
      this.#counts.refused++
      this.#init.scoring().report(from, 'severe', 'shards:evidence', bytes)
      return
    }
    this.#counts.told++
    this.#charge(lie, bytes, from)
  }

  #charge (lie: FoundLie, bytes: Uint8Array, from?: PeerId): void {
    const { scoring, emit, knows } = this.#init
    const vault = bytesToHex(lie.vault)
    const key = `${lie.peerId.toString()} ${vault}`
    if (this.#known.get(key) != null) return
    this.#known.set(key, true)
    scoring().report(lie.peerId, 'severe', `shards:${lie.kind}`, bytes)
    emit({ peerId: lie.peerId, vault, kind: lie.kind, told: from != null })
    // anybody can make up peers that lie to themselves: nobody is told of those that nobody knows
    if (from != null && (!knows(lie.peerId) || !this.#passOn.take('others'))) return
    const telling: Promise<void> = this.#tellAll(bytes, [lie.peerId, ...from == null ? [] : [from]])
      .catch((err: unknown) => { this.#init.log.error('who is to be told of a lie is not known: %s', describeError(err)) })
      .finally(() => { this.#telling.delete(telling) })
    this.#telling.add(telling)
  }

  /** Whoever cannot be told hears it from others. */
  async #tellAll (bytes: Uint8Array, but: PeerId[]): Promise<void> {
    const { listeners, tell, log } = this.#init
    const { signal } = this.#stopping
    const left = (await listeners()).filter(peer => !but.some(other => other.equals(peer)))
    const tellNext = async (): Promise<void> => {
      for (let peer = left.pop(); peer != null && !signal.aborted; peer = left.pop()) {
        try {
          await tell(peer, bytes, signal)
          this.#counts.passedOn++
        } catch (err) {
          log('%p has not been told: %s', peer, describeError(err))
        }
      }
    }
    await Promise.all(Array.from({ length: CONCURRENT }, tellNext))
  }

  async #inTurn<T> (work: () => Promise<T>): Promise<T> {
    this.#waiting++
    const done = this.#checking.then(work)
    this.#checking = done.catch(() => undefined)
    try {
      return await done
    } finally {
      this.#waiting--
    }
  }
}

/** Of a later version nothing can be said. */
async function checked (bytes: Uint8Array): Promise<FoundLie | 'unsupported' | undefined> {
  try {
    return await checkEvidence(readEvidence(bytes))
  } catch (err) {
    if (!(err instanceof ShardsError)) throw err
    return err.code === 'SHARDS_UNSUPPORTED' ? 'unsupported' : undefined
  }
}
