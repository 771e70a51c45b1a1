import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { createLibp2p } from 'libp2p'
import { protocols } from '../../src/services/protocols/index.ts'
import { eventually } from './eventually.ts'
import { stopAll } from './stop-all.ts'
import type { Connection, Libp2p, Metrics, PeerId } from '@libp2p/interface'
import type { Offence, Outcome, Scoring, Standing } from '../../src/components.ts'
import type { Protocols, ProtocolsInit } from '../../src/services/protocols/index.ts'

let nodes = 0

/** What scoring and bans were told, and what they say. */
export class Opinion {
  readonly offences: Array<{ peer: string, offence: Offence, cause: string, evidence?: Uint8Array }> = []
  readonly outcomes: Array<{ peer: string, outcome: Outcome }> = []
  readonly useful: string[] = []
  readonly discouraged = new Set<string>()
  readonly banned = new Set<string>()

  get scoring (): Scoring {
    return {
      score: () => 0,
      standing: (peer): Standing => this.discouraged.has(peer.toString()) ? 'discouraged' : 'good',
      isDiscouraged: peer => this.discouraged.has(peer.toString()),
      quality: () => 50,
      report: (peer, offence, cause, evidence) => { this.offences.push({ peer: peer.toString(), offence, cause, evidence }) },
      observe: (peer, outcome) => { this.outcomes.push({ peer: peer.toString(), outcome }) },
      isOutage: () => false
    }
  }
}

export interface ProtocolNode extends Libp2p<{ protocols: Protocols, scoring: Scoring }> {
  opinion: Opinion
}

/** A node on the memory transport with `protocols`, and with scoring, bans and pool that only take notes. */
export async function protocolNode (init: ProtocolsInit & { start?: boolean, metrics?: Metrics } = {}): Promise<ProtocolNode> {
  const { start, metrics, ...own } = init
  const opinion = new Opinion()
  const node = await createLibp2p({
    start,
    addresses: { listen: [`/memory/protocols-${nodes++}`] },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity },
    connectionMonitor: { enabled: false },
    ...metrics == null ? {} : { metrics: () => metrics },
    services: {
      identify: identify(),
      scoring: () => opinion.scoring,
      bans: () => ({ isDenied: ({ peerId }: { peerId?: PeerId }) => peerId != null && opinion.banned.has(peerId.toString()) }),
      pool: () => ({ useful: (peerId: PeerId) => { opinion.useful.push(peerId.toString()) } }),
      protocols: protocols(own)
    }
  })
  return Object.assign(node, { opinion })
}

/** Two of them, connected, and what is left of their streams. */
export interface ProtocolPair {
  client: ProtocolNode
  server: ProtocolNode
  connection: Connection
  inbound: Connection
  /** Ids of open streams of the application, seen from both ends. */
  streams (): string[]
  /** Resolves when there are no more than `count` streams of the application left, counted at both ends. */
  quiet (count?: number): Promise<void>
  stop (): Promise<void>
}

export async function protocolPair (init: ProtocolsInit = {}): Promise<ProtocolPair> {
  const [client, server] = await Promise.all([protocolNode(init), protocolNode(init)])
  const connection = await client.dial(server.getMultiaddrs())
  const inbound = await eventually('the server sees the connection', () => server.getConnections(client.peerId)[0])
  const streams = (): string[] => [connection, inbound as Connection].flatMap(({ streams }) => streams).map(({ protocol }) => protocol).filter(id => !id.startsWith('/ipfs/') && id !== '')
  return {
    client,
    server,
    connection,
    inbound: inbound as Connection,
    streams,
    quiet: async (count = 0) => { await eventually(`${count} streams are left of ${streams().join(', ')}`, () => streams().length <= count) },
    stop: async () => { await stopAll([client, server]) }
  }
}
