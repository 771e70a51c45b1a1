/**
 * `stock`, `ours`: a transport, encryption, a muxer and identify, and nothing else. `stock, all modules`: with the DHT, gossip,
 * autonat and dcutr. `AppNode`: the node as it is, which has these and its own services. `TLS`: of Node alone, with a
 * certificate on both sides. `hyperdht`: that package, over UDP.
 */
export const ARMS = ['stock', 'ours', 'stock, all modules', 'AppNode', 'TLS', 'hyperdht'] as const
export type ArmName = typeof ARMS[number]

/** What a process with an end of the connections is told. */
export type DialCommand =
  | { do: 'listen', arm: ArmName }
  /** `diallers` nodes that dial one after the other, each on its own. */
  | { do: 'prepare', arm: ArmName, diallers: number, address: string }
  /** So many connections together; each is closed `holdMs` after both sides know each other. */
  | { do: 'dial', count: number, holdMs: number }
  /** From the other side: it knows this peer. */
  | { do: 'identified', peer: string }

/** Told by the side that is dialled: it knows this peer. */
export interface Identified {
  event: 'identified'
  peer: string
}
