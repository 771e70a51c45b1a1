/** What eviction looks at, of one peer. */
export interface EvictionCandidate {
  id: string
  /** Netgroup of its address. */
  group: string
  /** Keyed hash of the netgroup: which groups are protected cannot be guessed from outside. */
  groupKey: number
  /** Round-trip time in milliseconds; unknown is never protected. */
  rttMs?: number
  /** When something useful came from it last, 0 for never; any clock. */
  usefulMs: number
  /** When it connected; same clock. */
  connectedMs: number
  discouraged: boolean
  /** 0 to 100, 50 for a stranger: how dependable and quick. */
  quality: number
  /** Its role is one this node prefers. */
  preferred: boolean
  /** XOR distance to this node in key space, for `keepNearest`. */
  distance?: Uint8Array
}

export interface EvictionOptions {
  /** Protect this many neighbours in key space. */
  keepNearest?: number
}

const PROTECTED_GROUPS = 4
const PROTECTED_BY_RTT = 4
const PROTECTED_BY_USE = 8
const BAND_WIDTH = 20
const STRANGERS_BAND = 2

/**
 * Whom to let go of, or nothing when everybody is worth more than a newcomer. Each rule protects peers that an attacker
 * cannot imitate at the same time: netgroups it does not own, low latency, usefulness, age; then the youngest of the most
 * crowded netgroup goes, discouraged peers before all (after Bitcoin Core's `SelectNodeToEvict`). Before the youngest goes
 * one that is clearly worse than a stranger; to be better than a stranger protects nobody, as an attacker can be quick.
 */
export function planEviction (candidates: readonly EvictionCandidate[], options: EvictionOptions = {}): { id: string, why: string } | undefined {
  const discouraged = candidates.filter(peer => peer.discouraged)
  if (discouraged.length > 0) return { id: worst(discouraged).id, why: 'discouraged' }

  let rest = [...candidates]
  const protect = (count: number, order: (a: EvictionCandidate, b: EvictionCandidate) => number, eligible: (peer: EvictionCandidate) => boolean = () => true): void => {
    const kept = new Set(rest.filter(eligible).sort(order).slice(0, count))
    rest = rest.filter(peer => !kept.has(peer))
  }

  for (const peer of onePerGroup(rest)) rest = rest.filter(other => other !== peer)
  protect(PROTECTED_BY_RTT, (a, b) => (a.rttMs ?? 0) - (b.rttMs ?? 0), peer => peer.rttMs != null)
  protect(PROTECTED_BY_USE, (a, b) => b.usefulMs - a.usefulMs, peer => peer.usefulMs > 0)
  // never all of them: an id ground to be near must not push out somebody else by staying
  protect(Math.min(options.keepNearest ?? 0, Math.floor(rest.length / 2)), (a, b) => compareBytes(a.distance, b.distance), peer => peer.distance != null)
  protect(Math.floor(rest.length / 2), (a, b) => Number(b.preferred) - Number(a.preferred) || a.connectedMs - b.connectedMs)
  if (rest.length === 0) return undefined

  const crowded = mostCrowded(rest)
  const victim = worst(crowded)
  return { id: victim.id, why: `${victim === youngest(crowded) ? 'youngest' : 'least dependable'} of ${crowded.length} in ${victim.group}` }
}

/** The oldest peer of each of the protected netgroups. */
function onePerGroup (peers: readonly EvictionCandidate[]): EvictionCandidate[] {
  const oldest = new Map<string, EvictionCandidate>()
  for (const peer of peers) {
    const known = oldest.get(peer.group)
    if (known == null || peer.connectedMs < known.connectedMs) oldest.set(peer.group, peer)
  }
  return [...oldest.values()].sort((a, b) => a.groupKey - b.groupKey).slice(0, PROTECTED_GROUPS)
}

/** Of groups equally crowded, the one whose youngest member is youngest. */
function mostCrowded (peers: readonly EvictionCandidate[]): EvictionCandidate[] {
  const groups = Map.groupBy(peers, peer => peer.group)
  return [...groups.values()].reduce((most, group) => {
    if (group.length !== most.length) return group.length > most.length ? group : most
    return youngest(group).connectedMs > youngest(most).connectedMs ? group : most
  })
}

/** The youngest of those whose quality is of the lowest kind there is. */
function worst (peers: readonly EvictionCandidate[]): EvictionCandidate {
  const lowest = Math.min(...peers.map(qualityBand))
  return youngest(peers.filter(peer => qualityBand(peer) === lowest))
}

/** Coarse, so that chance decides nothing: 0 and 1 are worse than a stranger, who is in 2 with everybody better. */
function qualityBand ({ quality }: EvictionCandidate): number {
  return Math.min(STRANGERS_BAND, Math.floor(quality / BAND_WIDTH))
}

function youngest (peers: readonly EvictionCandidate[]): EvictionCandidate {
  return peers.reduce((young, peer) => peer.connectedMs > young.connectedMs ? peer : young)
}

function compareBytes (a: Uint8Array = new Uint8Array(), b: Uint8Array = new Uint8Array()): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
