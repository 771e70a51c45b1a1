/** `messaging`: Peerkeep's broadcasts. `bare`: libp2p's gossipsub alone. */
export type ArmName = 'messaging' | 'bare'

/** Where an event is said, in the network `main`. */
export function networkTopic (event: string): string {
  return `/peerkeep/main/event/1.0.0/${event}`
}

/** What a process that hosts speakers is told to do. */
export type HostCommand =
  | { what: 'start', arm: ArmName, count: number, degree: number }
  | { what: 'dial', arm: ArmName, links: Array<[from: number, address: string]> }
  | { what: 'neighbours', arm: ArmName }
  /** Its speakers, in turns, say so many in that time; 0 ms is at once. Answered when the last is said. */
  | { what: 'say', arm: ArmName, run: number, count: number, overMs: number, bytes: number }
  | { what: 'heard', arm: ArmName, run: number }

/** In the order of the commands. */
export interface HostAnswers {
  start: string[]
  dial: null
  neighbours: number[]
  /** How many could be said. */
  say: number
  /** Milliseconds from saying to hearing, of the run; and how often something was heard twice. */
  heard: { latenciesMs: number[], twice: number }
}
