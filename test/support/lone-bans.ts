import { start, stop } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { TypedEventEmitter } from 'main-event'
import { bans } from '../../src/services/bans/index.ts'
import { seededRng } from '../../src/util/rng.ts'
import { randomPeerId } from './random-peer.ts'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'
import type { PeerBans } from '../../src/services/bans/index.ts'

/** Started bans of a node that nobody is connected to. */
export async function loneBans (datastore: Datastore): Promise<{ bans: PeerBans, stop (): Promise<void> }> {
  const service = bans()({
    peerId: randomPeerId(seededRng(0)),
    connectionGater: {},
    connectionManager: { getConnections: () => [] } as unknown as ConnectionManager,
    datastore,
    events: new TypedEventEmitter(),
    logger: defaultLogger()
  })
  await start(service)
  return { bans: service, stop: async () => { await stop(service) } }
}
