import { FIRST_OUTBOUND } from './constants.ts'
import type { PoolLimits } from './index.ts'

/** Peers, not connections; `dialing` is what dials under way are expected to bring. */
export interface Occupancy {
  inbound: number
  outbound: number
}

/** How many more outbound peers to get. An isolated node always wants one. */
export function wantedPeers ({ inbound, outbound }: Occupancy, limits: PoolLimits): number {
  const total = inbound + outbound
  const room = Math.min(limits.maxOutbound - outbound, limits.maxPeers - total)
  const missing = Math.max(limits.minOutbound - outbound, limits.minPeers - total, total === 0 ? 1 : 0)
  return Math.max(0, Math.min(room, missing))
}

/**
 * How many dials may begin now: the first few at once, one more a beat while those are not there (some may be dead), then
 * one after the other. A handshake costs both sides several milliseconds of CPU; when many nodes start together, what
 * they learn from their first peers is worth more than connections, and comes sooner when it does not wait behind them.
 */
export function dialPace ({ outbound }: Occupancy, dialing: number, isBeat: boolean): number {
  const mayAdd = isBeat && (outbound < FIRST_OUTBOUND || dialing === 0)
  return Math.max(FIRST_OUTBOUND - outbound - dialing, mayAdd ? 1 : 0)
}

/** Whether an inbound peer, already counted, is one too many. */
export function isOverLimit ({ inbound, outbound }: Occupancy, limits: PoolLimits): boolean {
  return inbound > limits.maxInbound || inbound + outbound > limits.maxPeers
}

/** How many peers of either direction are too many, because limits were lowered or other modules dialled. */
export function excessPeers ({ inbound, outbound }: Occupancy, limits: PoolLimits): Occupancy {
  const tooManyOutbound = Math.max(0, outbound - limits.maxOutbound)
  const tooMany = Math.max(0, inbound + outbound - tooManyOutbound - limits.maxPeers)
  const tooManyInbound = Math.max(inbound - limits.maxInbound, Math.min(inbound, tooMany), 0)
  return { inbound: tooManyInbound, outbound: tooManyOutbound + Math.max(0, tooMany - tooManyInbound) }
}
