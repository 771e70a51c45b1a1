/** Many light libp2p nodes in one process, each of which keeps one connection to `--dial`: neighbours that cost the node under test nothing but themselves. */
import { parseArgs } from 'node:util'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { Libp2p } from '@libp2p/interface'

const DIAL_TIMEOUT_MS = 30_000
/** A busy machine lets a handshake time out: how often each is tried. */
const ATTEMPTS = 10

const { values } = parseArgs({ options: { dial: { type: 'string' }, count: { type: 'string', default: '20' } } })
if (values.dial == null) throw new Error('--dial is required')
const target = multiaddr(values.dial)

const nodes = await Promise.all(Array.from({ length: Number(values.count) }, async () => createLibp2p({
  addresses: { listen: [] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionGater: { denyDialMultiaddr: () => false },
  connectionMonitor: { enabled: false },
  services: { identify: identify(), ping: ping() }
})))
for (const node of nodes) {
  await join(node)
  // a busy machine may also lose one
  node.addEventListener('peer:disconnect', () => { join(node).catch(fail) })
}
process.stdout.write(JSON.stringify({ event: 'ready', peerId: '', addresses: [] }) + '\n')

async function join (node: Libp2p): Promise<void> {
  for (let attempt = 1; node.getConnections().length === 0; attempt++) {
    try {
      await node.dial(target, { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) })
    } catch (err) {
      if (attempt === ATTEMPTS) throw err
    }
  }
}

function fail (err: unknown): void {
  console.error(err)
  process.exit(1)
}
