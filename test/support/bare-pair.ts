import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { createLibp2p } from 'libp2p'
import { eventually } from './eventually.ts'
import { stopAll } from './stop-all.ts'
import type { Connection, ComponentLogger, Libp2p, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

let pairs = 0

export interface BareNode extends Libp2p {
  components: { registrar: Registrar, logger: ComponentLogger }
}

/** Two connected libp2p nodes on the memory transport, without any service of ours. */
export interface BarePair {
  client: BareNode
  server: BareNode
  /** As the client sees it. */
  connection: Connection
  /** As the server sees it. */
  inbound: Connection
  /** A stream of the client without framing. */
  raw (protocol: string): Promise<Stream>
  /** Resolves when neither side has a stream of this protocol left. */
  quiet (protocol: string): Promise<void>
  stop (): Promise<void>
}

export async function barePair (): Promise<BarePair> {
  const name = `bare-${pairs++}`
  const [client, server] = await Promise.all([bareNode(`${name}-client`), bareNode(`${name}-server`)])
  const connection = await client.dial(server.getMultiaddrs())
  const inbound = await eventually('the server sees the connection', () => server.getConnections(client.peerId)[0]) as Connection
  return {
    client,
    server,
    connection,
    inbound,
    raw: async protocol => connection.newStream([protocol], { signal: AbortSignal.timeout(5_000), maxOutboundStreams: 1_000 }),
    quiet: async protocol => {
      const left = (): number => [connection, inbound].flatMap(({ streams }) => streams).filter(stream => stream.protocol === protocol).length
      await eventually(`no stream of ${protocol} is left`, () => left() === 0)
    },
    stop: async () => { await stopAll([client, server]) }
  }
}

async function bareNode (name: string): Promise<BareNode> {
  return createLibp2p({
    addresses: { listen: [`/memory/${name}`] },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity },
    connectionMonitor: { enabled: false },
    services: { identify: identify() }
  }) as unknown as Promise<BareNode>
}
