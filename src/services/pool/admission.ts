/** An inbound connection whose handshake is not done: nobody knows yet who it is. */
export interface Handshake {
  /** IPv4 address or IPv6 /64; what else the transport has for a place. */
  host: string
  /** Subnet of a public address, else the host: shares are between these. */
  crowd: string
  /** On the local network, on this machine, or through a relay: many honest peers may share the host. */
  shared: boolean
  /** Monotonic milliseconds. */
  sinceMs: number
}

/** Whom to let in, and whom to break off with for it. */
export type Admission<T extends Handshake> = { admitted: true, instead?: T } | { admitted: false }

/** libp2p's own number, which it counts before it asks anybody. */
export const MAX_PENDING = 10
export const MAX_PENDING_PER_HOST = 3
/** As many nodes as may start at once on a machine that is busy with starting them. */
export const MAX_PENDING_SHARED = 64
/** A handshake takes a few round trips and some milliseconds of CPU: one that is older may have to give way. */
export const PATIENCE_MS = 250
/** Of a machine on which everybody starts at once, CPU is what takes long. */
export const PATIENCE_SHARED_MS = 1_000

/**
 * Whether one more handshake may begin. When there are too many, the oldest of the most crowded subnet gives way: at once
 * if that subnet has more than its share, else if it has had its time. So sockets that say nothing lock nobody out, and
 * honest handshakes, which are quick, are not broken off.
 */
export function planAdmission<T extends Handshake> (pending: readonly T[], newcomer: Handshake): Admission<T> {
  const rivals = pending.filter(({ shared }) => shared === newcomer.shared)
  const patienceMs = newcomer.shared ? PATIENCE_SHARED_MS : PATIENCE_MS
  const after = (victim: T, atOnce = false): Admission<T> =>
    atOnce || newcomer.sinceMs - victim.sinceMs >= patienceMs ? { admitted: true, instead: victim } : { admitted: false }

  const ofHost = newcomer.shared ? [] : rivals.filter(({ host }) => host === newcomer.host)
  if (ofHost.length >= MAX_PENDING_PER_HOST) return after(oldest(ofHost))
  if (rivals.length < (newcomer.shared ? MAX_PENDING_SHARED : MAX_PENDING)) return { admitted: true }
  const crowds = Map.groupBy(rivals, ({ crowd }) => crowd)
  const crowd = [...crowds.values()].reduce((most, other) => {
    if (other.length !== most.length) return other.length > most.length ? other : most
    return oldest(other).sinceMs < oldest(most).sinceMs ? other : most
  })
  return after(oldest(crowd), crowd.length > (crowds.get(newcomer.crowd)?.length ?? 0) + 1)
}

function oldest<T extends Handshake> (handshakes: readonly T[]): T {
  return handshakes.reduce((old, other) => other.sinceMs < old.sinceMs ? other : old)
}
