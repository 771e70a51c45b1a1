import { replaceableByHolders } from '../model/succession.ts'
import type { HolderHealth } from '../index.ts'

export interface DutyFacts {
  threshold: number
  /** By index: all holders, this node included. */
  healths: ReadonlyMap<number, HolderHealth>
  /** Of these, those that are to be replaced. */
  lost: ReadonlySet<number>
  /** How long the epoch has lasted. */
  ageMs: number
  /** 0: never. */
  refreshEveryMs: number
  /** Whether somebody may have got at shares of this epoch. */
  suspected: boolean
  /** Whether this node has just replaced as many as one change may, and others are left. */
  unfinished: boolean
  /** Whether a change that has been accepted here has not been decided, nor given up, for too long. */
  pending: boolean
}

/** What is to be done with a vault. */
export interface Duty {
  why: 'schedule' | 'suspicion' | 'too-few-healthy' | 'unfinished' | 'pending'
  /** Indices of holders that others take the place of. */
  replace: number[]
  /** Whether new shares are of use even when nobody can be found to take their places. */
  refresh: boolean
}

/** Fewer than so many: what is lost is replaced at once. Half of what can be lost is lost then. */
export function healthyMark (threshold: number, holders: number): number {
  return threshold + Math.ceil((holders - threshold) / 2)
}

/** Those of which nothing is known yet count as well: a node that has just started is no reason for anything. */
export function countHealthy (healths: ReadonlyMap<number, HolderHealth>): number {
  return [...healths.values()].filter(health => health === 'healthy' || health === 'unknown').length
}

/** Undefined: all is well, or can wait. */
export function dutyOf ({ threshold, healths, lost, ageMs, refreshEveryMs, suspected, unfinished, pending }: DutyFacts): Duty | undefined {
  const replace = replacedNow(lost, healths).slice(0, replaceableByHolders(threshold))
  // whatever else there is to do, that has to be finished first
  if (pending) return { why: 'pending', replace: [], refresh: true }
  if (suspected) return { why: 'suspicion', replace, refresh: true }
  if (refreshEveryMs > 0 && ageMs >= refreshEveryMs) return { why: 'schedule', replace, refresh: true }
  if (unfinished && replace.length > 0) return { why: 'unfinished', replace, refresh: false }
  if (countHealthy(healths) >= healthyMark(threshold, healths.size)) return undefined
  // who is there without a share gets one
  const inert = [...healths.values()].includes('inert')
  return replace.length > 0 || inert ? { why: 'too-few-healthy', replace, refresh: inert } : undefined
}

/**
 * Those that are silent go first, one change before those that are there and lie: no liar agrees to leave, and it may take some of them to
 * deal and to decide. What they deal and say there can be checked.
 */
function replacedNow (lost: ReadonlySet<number>, healths: ReadonlyMap<number, HolderHealth>): number[] {
  const all = [...lost].sort((a, b) => a - b)
  const absent = all.filter(index => healths.get(index) !== 'lying')
  return absent.length > 0 ? absent : all
}

/**
 * How many are asked before this node to see to it: those that are healthy and have a lower index, but in each epoch another one begins,
 * so that no holder can be in the way for ever.
 */
export function rankOf (index: number, healths: ReadonlyMap<number, HolderHealth>, epoch: number): number {
  const able = [...healths].filter(([each, health]) => each === index || health === 'healthy').map(([each]) => each).sort((a, b) => a - b)
  const first = epoch % able.length
  return (able.indexOf(index) - first + able.length) % able.length
}
