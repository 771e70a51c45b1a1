/** The other process of the requests bench: a node of each kind, which answer until they are told to stop. */
import { createAppNode } from 'peerkeep'
import { plainNode } from './plain-node.ts'
import { quoteProtocol } from './quote-protocol.ts'
import { answerQuote, IDS, serveSingle } from './quotes.ts'
import { serveRaw } from './raw-calls.ts'

const LISTEN = ['/ip4/127.0.0.1/tcp/0']
/** libp2p's own limit would be reached with 256 requests at a time. */
const STREAMS = { maxInboundStreams: 1_000 }

const plain = await plainNode(LISTEN)
await plain.handle(IDS.single, serveSingle, STREAMS)
await plain.handle(IDS.unbatched, stream => { serveRaw(stream, { batched: false }, answerQuote) })
await plain.handle(IDS.batched, stream => { serveRaw(stream, { batched: true }, answerQuote) })

const app = await createAppNode({ listen: LISTEN, presence: false, dht: { mode: 'off' } })
await app.services.protocols.handle(quoteProtocol, async quote => quote)

process.once('SIGTERM', () => {
  void Promise.all([plain.stop(), app.stop()]).then(() => { process.exit() }, (err: unknown) => {
    console.error(err)
    process.exit(1)
  })
})
process.stdout.write(JSON.stringify({ event: 'ready', addresses: [plain, app].map(node => String(node.getMultiaddrs()[0])) }) + '\n')
