/** One of several connections to the same peer. */
export interface DuplicateFacts {
  id: string
  direction: 'inbound' | 'outbound'
  /** Through a relay. */
  limited: boolean
  openedMs: number
}

const MAX_INBOUND_PER_PEER = 2

/**
 * Which connections to one peer this side closes, so that one direct connection stays. Both sides decide alike without
 * talking: the connection dialled by the smaller peer id stays, and who dialled a spare one closes it. Only what a peer
 * could do to hold many slots is closed from the other side: its newest beyond two.
 */
export function spareConnections (connections: readonly DuplicateFacts[], selfIsSmaller: boolean): string[] {
  const direct = connections.filter(connection => !connection.limited).sort((a, b) => a.openedMs - b.openedMs)
  const relayed = connections.filter(connection => connection.limited).sort((a, b) => a.openedMs - b.openedMs)
  if (direct.length === 0) return excess(relayed, selfIsSmaller)
  return [
    ...relayed.filter(connection => connection.direction === 'outbound').map(({ id }) => id),
    ...relayed.filter(connection => connection.direction === 'inbound').slice(MAX_INBOUND_PER_PEER).map(({ id }) => id),
    ...excess(direct, selfIsSmaller)
  ]
}

/** `connections` is oldest first. */
function excess (connections: readonly DuplicateFacts[], selfIsSmaller: boolean): string[] {
  const outbound = connections.filter(({ direction }) => direction === 'outbound')
  const inbound = connections.filter(({ direction }) => direction === 'inbound')
  const keepOutbound = inbound.length === 0 || selfIsSmaller
  return [
    ...outbound.slice(keepOutbound ? 1 : 0),
    ...inbound.slice(MAX_INBOUND_PER_PEER)
  ].map(({ id }) => id)
}
