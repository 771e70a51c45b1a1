import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'
import { stopAll } from '../../support/stop-all.ts'
import type { Libp2p, ServiceMap } from '@libp2p/interface'
import type { Libp2pOptions } from 'libp2p'

const running: Libp2p[] = []

/** A real libp2p node that listens on a loopback port. */
export async function createNode<T extends ServiceMap = ServiceMap> ({ transport = 'tcp', services }: { transport?: 'tcp' | 'ws', services?: Record<string, (components: any) => unknown> } = {}): Promise<Libp2p<T>> {
  const node = await createLibp2p({
    addresses: { listen: [transport === 'tcp' ? '/ip4/127.0.0.1/tcp/0' : '/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ...services }
  } as Libp2pOptions<T>)
  running.push(node)
  return node
}

/** All that `createNode` made. */
export async function stopNodes (): Promise<void> {
  await stopAll(running.splice(0))
}
