/**
 * A chat room on gossipsub: what one types, all others read.
 *
 *   npm run example:chat -- alice
 *   npm run example:chat -- bob <the address that alice printed>
 */
import { createInterface } from 'node:readline'
import { createAppNode } from 'peerkeep'

const [name = 'somebody', ...bootstrap] = process.argv.slice(2)
const topic = 'chat'

const node = await createAppNode({
  listen: ['/ip4/127.0.0.1/tcp/0'],
  bootstrap,
  network: 'chat-example',
  // talking to an empty room is no error
  gossipsub: { allowPublishToZeroTopicPeers: true }
})
const { pool, pubsub } = node.services

// a connection is not enough: what is published before the others' subscriptions have come in reaches nobody
pubsub.addEventListener('subscription-change', ({ detail }) => {
  for (const { topic: changed, subscribe } of detail.subscriptions) {
    if (changed === topic && subscribe) console.log(`* ${detail.peerId.toString()} joined, others here: ${pubsub.getSubscribers(topic).length}`)
  }
})
pubsub.addEventListener('message', ({ detail }) => {
  if (detail.topic === topic) console.log(new TextDecoder().decode(detail.data))
})
pool.addEventListener('peer:disconnected', ({ detail }) => console.log(`* ${detail.peerId.toString()} left: ${detail.reason}`))
pool.addEventListener('dial:failed', ({ detail }) => console.log(`* cannot reach ${detail.multiaddr.toString()}, trying again in ${Math.ceil(detail.retryInMs / 1_000)} s`))

pubsub.subscribe(topic)
console.log(`others join with: npm run example:chat -- <name> ${node.getMultiaddrs()[0]?.toString() ?? ''}`)

const lines = createInterface({ input: process.stdin })
process.once('SIGINT', () => { lines.close() })
for await (const line of lines) {
  const { recipients } = await pubsub.publish(topic, new TextEncoder().encode(`${name}: ${line}`))
  if (recipients.length === 0) console.log('* nobody else is here yet')
}
await node.stop()
