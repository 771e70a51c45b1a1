/**
 * A typed protocol: messages are checked on both sides, rates are limited, errors have a code.
 *
 *   npm run example:quote                      (serves, prints its address)
 *   npm run example:quote -- <address> <item>  (asks)
 */
import { multiaddr } from '@multiformats/multiaddr'
import { createAppNode, defineProtocol, json, ProtocolError, ProtocolFailure } from 'peerkeep'
import * as z from 'zod'

const quote = defineProtocol({
  id: '/quote-example/1.0.0',
  request: json(z.object({ item: z.string().max(50) })),
  response: json(z.object({ item: z.string(), cents: z.number() })),
  rate: { perSecond: 10, burst: 20 }
})
const PRICES: Record<string, number> = { tea: 250, coffee: 320 }

const [address, item = 'tea'] = process.argv.slice(2)
const node = await createAppNode({ listen: ['/ip4/127.0.0.1/tcp/0'], network: 'quote-example' })
const { protocols } = node.services

if (address == null) {
  await protocols.handle(quote, ({ item }) => {
    const cents = PRICES[item]
    if (cents == null) throw new ProtocolFailure('not-sold', `there is no ${item} here`)
    return { item, cents }
  })
  console.log(`others ask with: npm run example:quote -- ${node.getMultiaddrs()[0]?.toString() ?? ''} <item>`)
  process.once('SIGINT', () => { node.stop().catch(console.error) })
} else {
  try {
    const { cents } = await protocols.request(multiaddr(address), quote, { item })
    console.log(`${item} costs ${cents} cents`)
  } catch (err) {
    if (!(err instanceof ProtocolError)) throw err
    console.log(`${err.code}: ${err.message}`)
    process.exitCode = 1
  } finally {
    await node.stop()
  }
}
