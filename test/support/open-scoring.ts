import { start, stop } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { TypedEventEmitter } from 'main-event'
import { scoring } from '../../src/services/scoring/index.ts'
import { seededRng } from '../../src/util/rng.ts'
import { ManualClock } from './manual-clock.ts'
import { START_MS } from './open-book.ts'
import { randomPeerId } from './random-peer.ts'
import { StubConnection } from './stub-connection.ts'
import type { ComponentLogger, Connection, Libp2pEvents, PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'
import type { PeerScoring, ScoringInit } from '../../src/services/scoring/index.ts'
import type { StubConnectionInit } from './stub-connection.ts'

export interface OpenScoringInit extends ScoringInit {
  clock?: ManualClock
  datastore?: Datastore
  self?: PeerId
  logger?: ComponentLogger
  /** Called before it starts, to add listeners. */
  prepare? (scoring: PeerScoring): void
}

export interface OpenScoring {
  scoring: PeerScoring
  datastore: Datastore
  clock: ManualClock
  self: PeerId
  /** Somebody connects. */
  connect (peer: PeerId, init?: StubConnectionInit): StubConnection
  stop (): Promise<void>
  /** Forgets without a word what is not in the datastore, and starts another one on it, as after a crash. */
  crash (init?: Partial<OpenScoringInit>): Promise<OpenScoring>
  /** Stops and starts another one on the same datastore, as after a restart of the program. */
  reopen (init?: Partial<OpenScoringInit>): Promise<OpenScoring>
}

/** A started scoring service with a clock moved by hand, connections without wires and a datastore in memory. */
export async function openScoring (init: OpenScoringInit = {}): Promise<OpenScoring> {
  const { clock = new ManualClock(START_MS), datastore = new MemoryDatastore(), self = randomPeerId(seededRng(0)), logger = defaultLogger(), prepare, ...rest } = init
  const events = new TypedEventEmitter<Libp2pEvents>()
  const connections: StubConnection[] = []
  const connectionManager = { getConnections: () => connections.filter(({ status }) => status === 'open') as unknown as Connection[] } as unknown as ConnectionManager
  const service = scoring({ ...rest, clock })({ peerId: self, connectionManager, datastore, events, logger })
  prepare?.(service)
  await start(service)
  const close = async (): Promise<void> => { await stop(service) }
  const again = async (over: Partial<OpenScoringInit> = {}): Promise<OpenScoring> => await openScoring({ ...init, clock, datastore, self, ...over })
  return {
    scoring: service,
    datastore,
    clock,
    self,
    connect (peer, init) {
      const connection = StubConnection.open(events, peer, init)
      connections.push(connection)
      return connection
    },
    stop: close,
    crash: again,
    async reopen (over) {
      await close()
      return await again(over)
    }
  }
}
