import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { ping } from '@libp2p/ping'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { addressBook } from '../../src/services/address-book/index.ts'
import { bans } from '../../src/services/bans/index.ts'
import { discovery } from '../../src/services/discovery/index.ts'
import { pex } from '../../src/services/pex/index.ts'
import { pool } from '../../src/services/pool/index.ts'
import { scoring } from '../../src/services/scoring/index.ts'
import { seededRng } from '../../src/util/rng.ts'
import type { Libp2p } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerBans } from '../../src/services/bans/index.ts'
import type { PeerScoring } from '../../src/services/scoring/index.ts'
import type { Clock } from '../../src/util/clock.ts'

/** What libp2p and its own timers see; the services under test have the manual clock. */
const UNLIMITED = { maxConnections: 10_000, maxIncomingPendingConnections: 10_000, inboundConnectionThreshold: Infinity }

interface SimNodeInit {
  /** Unique in this process. */
  name: string
  seed: number
  clock: Clock
  bootstrap: Multiaddr[]
  /** To keep for ever. */
  peers?: Multiaddr[]
  /** With scoring and bans, which take time that simulations of other things need not take. */
  trust?: boolean
  /** While this holds nobody gets through to it. */
  isCutOff? (): boolean
}

/** A real libp2p node on the memory transport, real cryptography included, with the services that find and keep peers. */
export class SimNode {
  readonly id: string
  readonly multiaddr: Multiaddr
  readonly libp2p: Awaited<ReturnType<typeof createSimLibp2p>>
  /** Peers that the pool reported as connected or disconnected, but for the feelers of others, which are no change of neighbours. */
  changes = 0
  /** Visits of peers that only tested this node's address, and said so. */
  feelers = 0
  alive = true

  constructor (name: string, libp2p: Awaited<ReturnType<typeof createSimLibp2p>>) {
    this.id = libp2p.peerId.toString()
    this.multiaddr = multiaddr(`/memory/${name}/p2p/${this.id}`)
    this.libp2p = libp2p
    libp2p.services.pool.addEventListener('peer:connected', () => { this.changes++ })
    libp2p.services.pool.addEventListener('peer:disconnected', ({ detail: { reason } }) => {
      if (reason === 'feeler') {
        this.feelers++
        this.changes--
      } else {
        this.changes++
      }
    })
  }

  static async create (init: SimNodeInit): Promise<SimNode> {
    return new SimNode(init.name, await createSimLibp2p(init))
  }

  /** Everybody in the address book or connected. */
  known (): Set<string> {
    const { addressBook, pool } = this.libp2p.services
    return new Set([...[...addressBook.entries()].map(({ peerId }) => peerId.toString()), ...pool.peers().map(({ peerId }) => peerId.toString())])
  }

  connected (): Set<string> {
    return new Set(this.libp2p.services.pool.peers().map(({ peerId }) => peerId.toString()))
  }

  get dialing (): number {
    return this.libp2p.services.pool.snapshot().dialing
  }

  /** Like `kill -9`: every connection is reset before anybody can say goodbye. */
  async die (): Promise<void> {
    this.alive = false
    for (const connection of this.libp2p.getConnections()) connection.abort(new Error('killed'))
    await this.libp2p.stop()
  }

  async stop (): Promise<void> {
    this.alive = false
    await this.libp2p.stop()
  }

  /** After `die` or `stop`, with what it knew. */
  async revive (): Promise<void> {
    this.alive = true
    await this.libp2p.start()
  }
}

async function createSimLibp2p ({ name, seed, clock, bootstrap, peers, trust = false, isCutOff = () => false }: SimNodeInit): Promise<Libp2p<{
  identify: ReturnType<ReturnType<typeof identify>>
  addressBook: ReturnType<ReturnType<typeof addressBook>>
  pool: ReturnType<ReturnType<typeof pool>>
  pex: ReturnType<ReturnType<typeof pex>>
  discovery: ReturnType<ReturnType<typeof discovery>>
  scoring?: PeerScoring
  bans?: PeerBans
}>> {
  const chance = { clock, rng: seededRng(seed) }
  return createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', seededRng(seed).bytes(32)),
    addresses: { listen: [`/memory/${name}`] },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: UNLIMITED,
    connectionMonitor: { enabled: false },
    connectionGater: { denyDialMultiaddr: () => false, denyInboundConnection: isCutOff },
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      addressBook: addressBook(chance),
      pool: pool({ ...chance, bootstrap, ...peers == null ? {} : { peers } }),
      pex: pex(chance),
      discovery: discovery(chance),
      ...trust ? { scoring: scoring(chance), bans: bans(chance) } : {}
    }
  })
}
