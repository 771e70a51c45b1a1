/**
 * `stock`: js-libp2p with its gossipsub. `options`: the same with what gossipsub's options can do. `gossip`: Peerkeep's
 * node, whose gossipsub is used as libp2p's is. `broadcast`: Peerkeep's broadcasts over it.
 */
export type ArmName = 'stock' | 'options' | 'gossip' | 'broadcast'

/** Where an event is said, in the network `main`. */
export function networkTopic (event: string): string {
  return `/peerkeep/main/event/1.0.0/${event}`
}

/** What a process that hosts speakers is told to do. */
export type HostCommand =
  | { what: 'start', arm: ArmName, count: number, degree: number }
  | { what: 'dial', links: Array<[from: number, address: string]> }
  | { what: 'neighbours' }
  /** Its speakers, in turns, say so many in that time; 0 ms is at once. Answered when the last is said. */
  | { what: 'say', run: number, count: number, overMs: number, bytes: number }
  | { what: 'heard', run: number }
  | { what: 'latencies', run: number }

/** In the order of the commands. */
export interface HostAnswers {
  start: string[]
  dial: null
  neighbours: number[]
  /** How many could be said, and when it began, by the clock that all processes share. */
  say: { said: number, startMs: number }
  /** How many were heard in the run, how often something was heard twice, when the last came; the process's CPU so far. */
  heard: { count: number, twice: number, lastMs: number, cpuMs: number }
  /** Milliseconds from saying to hearing. */
  latencies: number[]
}
