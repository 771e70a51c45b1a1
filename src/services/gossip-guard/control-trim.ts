import type { RPC } from '@libp2p/gossipsub/message'

/** A peer may ask to be left out of a mesh for this long; gossipsub would remember whatever it asked for. */
const MAX_BACKOFF_S = 3_600

/**
 * What gossipsub gets to see of control messages: one GRAFT and one PRUNE a topic, as honest peers send them. It writes to
 * the peer store for each that it gets.
 */
export function trimControl (control: RPC.ControlMessage): RPC.ControlMessage {
  return {
    ...control,
    graft: oncePerTopic(control.graft),
    prune: oncePerTopic(control.prune).map(prune => prune.backoff == null ? prune : { ...prune, backoff: Math.min(prune.backoff, MAX_BACKOFF_S) })
  }
}

function oncePerTopic<T extends { topicID?: string }> (entries: T[]): T[] {
  if (entries.length < 2) return entries
  return [...new Map(entries.map(entry => [entry.topicID, entry])).values()]
}
