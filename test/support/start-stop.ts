// Makes two nodes, has them meet, stops them. Nothing but an empty event loop ends it.
import { createAppNode } from '../../src/index.ts'

const [, , dataDir] = process.argv
const listen = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']
const a = await createAppNode({ listen, dataDir, roles: ['relay', 'full'] })
const b = await createAppNode({ listen, bootstrap: a.getMultiaddrs().map(String), relay: { client: true }, probePorts: '1-3' })
await b.services.ping.ping(a.getMultiaddrs())
await Promise.all([a.stop(), b.stop()])
process.stdout.write('stopped\n')
