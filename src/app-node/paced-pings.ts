import { internalsOf } from '../platform/module-internals.ts'
import { systemClock } from '../util/clock.ts'
import type { Connection } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Clock } from '../util/clock.ts'

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
export function pacePings (node: object, clock: Pick<Clock, 'monotonic'> = systemClock): void {
  const { components } = internalsOf<Node>(node, 'components')
  const monitor = internalsOf<Monitor>(components.connectionMonitor, 'components', 'pingIntervalMs')
  const { connectionManager } = internalsOf<{ connectionManager: ConnectionManager }>(monitor.components, 'connectionManager')
  const turns = Math.max(1, Math.round(monitor.pingIntervalMs / TURN_MS))
  const turnMs = monitor.pingIntervalMs / turns
  const turnOf = new WeakMap<Connection, number>()
  let given = 0
  let sinceMs: number | undefined
  /** How many turns there have been. */
  let past = 0

  const getConnections = (): Connection[] => {
    const nowMs = clock.monotonic()
    sinceMs ??= nowMs - turnMs
    // timers come late, and by themselves do not make up for it
    const due = Math.round((nowMs - sinceMs) / turnMs) - past
    const first = past % turns
    past += due
    return [...connectionManager.getConnectionsMap().values()].flat().filter((connection) => {
      let own = turnOf.get(connection)
      if (own == null) turnOf.set(connection, own = given++ % turns)
      return (own - first + turns) % turns < due
    })
  }
  monitor.pingIntervalMs = turnMs
  monitor.components = { connectionManager: { getConnections } }
}
