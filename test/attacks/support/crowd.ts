import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import { keyOf } from '../../support/signed-records.ts'
import type { Connection, ConnectionGater, Libp2p, ServiceMap, Stream, StreamMuxer } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { TCPSocketOptions } from '@libp2p/tcp'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { ServiceFactoryMap } from 'libp2p'

/** libp2p with nothing of Peerkeep's; what it has inside is there for those who do not play by the rules. */
export type BareNode<S extends ServiceMap = {}> = Libp2p<S> & { components: { registrar: Registrar } }

export interface MemberInit<S extends ServiceMap = {}> {
  /** Of its identity: `keyOf(seed)`. */
  seed: number
  /** The address of 127.0.0.0/8 that it dials from. */
  from: string
  /** Also listen there, on any port. @default false: nobody can dial it */
  listens?: boolean
  /** Beside identify and ping. */
  services?: ServiceFactoryMap<S>
  /** Without identify and ping: nobody learns what it is. @default false */
  mute?: boolean
  connectionGater?: ConnectionGater
}

const DIAL_LIMIT_MS = 20_000

/** Many light libp2p nodes in this process. `await using`: they stop with the block. */
export class Crowd implements AsyncDisposable {
  readonly #nodes: Libp2p[] = []

  async add<S extends ServiceMap = {}> ({ seed, from, listens = false, services, mute = false, connectionGater }: MemberInit<S>): Promise<BareNode<S>> {
    // libp2p's type leaves it out, `net.connect` takes it
    const dialOpts = { localAddress: from } as TCPSocketOptions
    const node = await createLibp2p({
      privateKey: await keyOf(seed),
      addresses: { listen: listens ? [`/ip4/${from}/tcp/0`] : [] },
      transports: [tcp({ dialOpts })],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater,
      connectionManager: { inboundConnectionThreshold: Infinity, maxIncomingPendingConnections: 1_000, reconnectRetries: 0 },
      connectionMonitor: { enabled: false },
      services: { ...mute ? {} : { identify: identify(), ping: ping() }, ...services }
    })
    this.#nodes.push(node)
    return node as unknown as BareNode<S>
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    for (const node of this.#nodes) for (const connection of node.getConnections()) connection.abort(new Error('the attack is over'))
    await Promise.all(this.#nodes.map(async node => { await node.stop() }))
  }
}

/** A connection that was still open after an exchange with the victim; undefined when it refused. */
export async function tryConnect (node: Libp2p, to: Multiaddr): Promise<Connection | undefined> {
  try {
    const connection = await node.dial(to, { signal: AbortSignal.timeout(DIAL_LIMIT_MS) })
    // refusals after encryption look like success to who dials
    const stream = await connection.newStream('/ipfs/ping/1.0.0', { signal: AbortSignal.timeout(DIAL_LIMIT_MS) })
    await stream.close()
    return connection
  } catch {
    return undefined
  }
}

/** A stream that stays open with nothing said on it, if the victim takes it; with `''` no protocol is agreed on either. */
export async function holdStream (connection: Connection, protocol: string): Promise<Stream | undefined> {
  try {
    if (protocol === '') return await (connection as unknown as { muxer: StreamMuxer }).muxer.createStream()
    return await connection.newStream(protocol, { signal: AbortSignal.timeout(DIAL_LIMIT_MS), maxOutboundStreams: 1_000 })
  } catch {
    return undefined
  }
}

/** `127.<a>.<b>.1`, number `index`, each in a /16 of its own; 256 of them from `first` on. */
export function addressIn (first: number, index: number): string {
  return `127.${first + index}.0.1`
}
