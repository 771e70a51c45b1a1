import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { createLibp2p } from 'libp2p'
import { addressBook } from '../../../src/services/address-book/index.ts'
import { pex } from '../../../src/services/pex/index.ts'
import { pool } from '../../../src/services/pool/index.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { eventually } from '../../support/eventually.ts'
import { keyOf } from '../../support/signed-records.ts'
import type { Libp2p, ServiceMap } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Datastore } from 'interface-datastore'
import type { ServiceFactoryMap } from 'libp2p'
import type { AddressBook } from '../../../src/services/address-book/index.ts'
import type { Pex } from '../../../src/services/pex/index.ts'
import type { Pool } from '../../../src/services/pool/index.ts'
import type { ManualClock } from '../../support/manual-clock.ts'
import type { PretendNet } from './pretend-net.ts'

export interface PretendInit<S extends ServiceMap> {
  net: PretendNet
  /** Where it is, and listens. */
  at: Multiaddr
  seed: number
  datastore?: Datastore
  services?: ServiceFactoryMap<S>
}

const STEP_MS = 250
const TURNS = 20

/** A libp2p node on the pretended internet; started. */
export async function pretendNode<S extends ServiceMap> ({ net, at, seed, datastore, services }: PretendInit<S>): Promise<Libp2p<S>> {
  return await createLibp2p({
    privateKey: await keyOf(seed),
    datastore,
    // libp2p tells no public address that nobody has verified, unless told to
    addresses: { listen: [at.toString()], announce: [at.toString()] },
    transports: [net.transport(at)],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: { inboundConnectionThreshold: Infinity, maxIncomingPendingConnections: 1_000, reconnectRetries: 0 },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping(), ...services }
  }) as unknown as Libp2p<S>
}

export type PretendPeer = Libp2p<{ addressBook: AddressBook, pool: Pool, pex: Pex }>

/** One with an address book, a pool and peer exchange that live by this clock. */
export async function pretendPeer (init: Omit<PretendInit<ServiceMap>, 'services'> & { clock: ManualClock }): Promise<PretendPeer> {
  const { clock, seed } = init
  return await pretendNode<{ addressBook: AddressBook, pool: Pool, pex: Pex }>({
    ...init,
    services: {
      addressBook: addressBook({ clock, rng: seededRng(seed) }),
      pool: pool({ clock, rng: seededRng(seed + 1) }),
      pex: pex({ clock, rng: seededRng(seed + 2) })
    }
  })
}

/** Lets time pass, and real work (handshakes, streams) end between its steps, until the condition holds. Resolves to the milliseconds passed; undefined when it never held. */
export async function pass (net: PretendNet, clock: ManualClock, ms: number, until: () => boolean = () => false): Promise<number | undefined> {
  const startMs = clock.monotonic()
  for (;;) {
    await eventually('dials have ended', () => net.busy === 0, 30_000)
    for (let i = 0; i < TURNS; i++) await new Promise(resolve => setImmediate(resolve))
    if (until()) return clock.monotonic() - startMs
    if (clock.monotonic() - startMs >= ms) return undefined
    clock.advance(STEP_MS)
  }
}
