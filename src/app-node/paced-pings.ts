import { internalsOf } from '../platform/module-internals.ts'
import type { Connection } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'

interface Node {
  components: { connectionMonitor: object }
}

interface Monitor {
  components: { connectionManager: Pick<ConnectionManager, 'getConnections'> }
  pingIntervalMs: number
}

/** How far apart those are that are pinged together. */
const TURN_MS = 250

/**
 * Gives each connection a turn of its own in the interval of libp2p's pings. By itself it pings all of them in the same moment: with
 * 1,000 nothing else is done for a while, most of each round trip is waiting for the others, and what they are made of, 25 MB,
 * outgrows the space that is for the short-lived. Changes the node that it is given, which must not have started.
 */
export function pacePings (node: object): void {
  const { components } = internalsOf<Node>(node, 'components')
  const monitor = internalsOf<Monitor>(components.connectionMonitor, 'components', 'pingIntervalMs')
  const { connectionManager } = internalsOf<{ connectionManager: ConnectionManager }>(monitor.components, 'connectionManager')
  const turns = Math.max(1, Math.round(monitor.pingIntervalMs / TURN_MS))
  const turnOf = new WeakMap<Connection, number>()
  let given = 0
  let turn = 0

  const isDue = (connection: Connection): boolean => {
    let own = turnOf.get(connection)
    if (own == null) turnOf.set(connection, own = given++ % turns)
    return own === turn
  }
  const getConnections = (): Connection[] => {
    turn = (turn + 1) % turns
    return [...connectionManager.getConnectionsMap().values()].flat().filter(isDue)
  }
  monitor.pingIntervalMs /= turns
  monitor.components = { connectionManager: { getConnections } }
}
