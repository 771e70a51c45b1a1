import { ShardsError } from '../errors.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Candidate } from '../parts.ts'

export interface ChoiceInit {
  /** How many to choose. */
  count: number
  /** Of the vault: with it goes how many may fail together. */
  threshold: number
  /** Those that hold a share already, and stay. */
  taken: ReadonlyArray<Pick<Candidate, 'peerId' | 'domains'>>
  rng: Rng
}

/** Greedy draws at one limit: where a peer is of several domains, one draw may end in a corner that another does not. */
const DRAWS = 8
const FULL_AGE_MS = 7 * 86_400_000
const HALF_LATENCY_MS = 200
/** Of a peer whose latency is not known. */
const UNKNOWN_LATENCY_MS = 200
/** The least that quality, age and latency can make of a weight: the worst of those in good standing is drawn sometimes, too. */
const MIN_FACTOR = 0.1

/**
 * Who is to hold shares: a weighted random draw without replacement (Efraimidis and Spirakis, 2006), so that nobody can place
 * itself where it wants to be chosen. Distance in the DHT plays no part: it can be chosen, by making keys. One peer of each
 * failure domain; where that does not suffice more, but never so many that losing one domain loses the secret, or that one
 * domain could open it. Throws `SHARDS_TOO_FEW_PEERS` with `details.missing`.
 */
export function chooseHolders (candidates: readonly Candidate[], init: ChoiceInit): Candidate[] {
  const drawn = chooseUpTo(candidates, init)
  const { count, taken, threshold } = init
  if (drawn.length === count) return drawn
  const [missing, n] = [count - drawn.length, taken.length + count]
  const apart = candidates.length >= count ? ` that do not fail together (at most ${domainCap(threshold, n)} of one address range, relay or operator)` : ''
  throw new ShardsError('SHARDS_TOO_FEW_PEERS', `${missing} more peers${apart} are needed for ${n} holders: connect to more of them, or ask for fewer holders`, { details: { missing, found: drawn.length } })
}

/** The same, but as many as there are. */
export function chooseUpTo (candidates: readonly Candidate[], { count, threshold, taken, rng }: ChoiceInit): Candidate[] {
  const holders = new Set(taken.map(({ peerId }) => peerId.toString()))
  const eligible = [...new Map(candidates.map(candidate => [candidate.peerId.toString(), candidate])).values()].filter(({ peerId }) => !holders.has(peerId.toString()))
  const cap = domainCap(threshold, taken.length + count)
  let most: Candidate[] = []
  for (let limit = 1; limit <= cap; limit++) {
    for (let i = 0; i < DRAWS; i++) {
      const drawn = draw(eligible, { count, limit, taken, rng })
      if (drawn.length === count) return drawn
      if (drawn.length > most.length) most = drawn
    }
  }
  return most
}

/** How many of n holders may share a failure domain: too few to open, and few enough to do without. */
export function domainCap (threshold: number, n: number): number {
  return Math.max(1, Math.min(threshold - 1, n - threshold))
}

/** What a peer has for it, as a positive number. */
export function weightOf ({ quality, latencyMs = UNKNOWN_LATENCY_MS, knownMs }: Pick<Candidate, 'quality' | 'latencyMs' | 'knownMs'>): number {
  return factor((quality / 100) ** 2) * factor(knownMs / FULL_AGE_MS) * factor(HALF_LATENCY_MS / (HALF_LATENCY_MS + Math.max(0, latencyMs)))
}

function draw (eligible: readonly Candidate[], { count, limit, taken, rng }: Omit<ChoiceInit, 'threshold'> & { limit: number }): Candidate[] {
  const used = new Map<string, number>()
  const add = (domains: readonly string[]): void => {
    for (const domain of new Set(domains)) used.set(domain, (used.get(domain) ?? 0) + 1)
  }
  for (const { domains } of taken) add(domains)
  const drawn: Candidate[] = []
  for (const candidate of inDrawnOrder(eligible, rng)) {
    if (drawn.length === count) break
    if (candidate.domains.some(domain => (used.get(domain) ?? 0) >= limit)) continue
    drawn.push(candidate)
    add(candidate.domains)
  }
  return drawn
}

/** As if each were drawn from the rest with chances by weight. */
export function inDrawnOrder<T extends Pick<Candidate, 'quality' | 'latencyMs' | 'knownMs'>> (candidates: readonly T[], rng: Rng): T[] {
  return candidates
    // 1 - u is never 0
    .map(candidate => ({ candidate, waiting: -Math.log(1 - rng.float()) / weightOf(candidate) }))
    .sort((a, b) => a.waiting - b.waiting)
    .map(({ candidate }) => candidate)
}

function factor (value: number): number {
  return MIN_FACTOR + (1 - MIN_FACTOR) * Math.min(1, Math.max(0, Number.isFinite(value) ? value : 0))
}
