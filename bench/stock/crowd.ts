/** Many light libp2p nodes in one process, each with one connection to `--dial`: neighbours that cost the node under test nothing but themselves. */
import { parseArgs } from 'node:util'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

const DIAL_TIMEOUT_MS = 30_000

const { values } = parseArgs({ options: { dial: { type: 'string' }, count: { type: 'string', default: '20' } } })
if (values.dial == null) throw new Error('--dial is required')
const target = multiaddr(values.dial)

for (let i = 0; i < Number(values.count); i++) {
  const node = await createLibp2p({
    addresses: { listen: [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping() }
  })
  await node.dial(target, { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) })
}
process.stdout.write(JSON.stringify({ event: 'ready', peerId: '', addresses: [] }) + '\n')
