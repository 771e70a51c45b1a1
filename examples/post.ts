/**
 * Messages that wait for whoever is away: write while the inbox is closed, stop, start again; what was written arrives
 * once, in order, when both are there.
 *
 *   npm run example:post -- inbox <folder>                (prints its address)
 *   npm run example:post -- write <folder> <address>      (each line that is typed is a message)
 */
import { createInterface } from 'node:readline'
import { multiaddr } from '@multiformats/multiaddr'
import { createAppNode } from 'peerkeep'
import * as z from 'zod'

const [role, dataDir, address] = process.argv.slice(2)
const port = role === 'inbox' ? process.env['PORT'] ?? '4790' : '0'
const node = await createAppNode({ dataDir, listen: [`/ip4/127.0.0.1/tcp/${port}`], network: 'post-example' })
const { messaging } = node.services

if (role === 'inbox') {
  messaging.on('letter', z.object({ text: z.string() }), ({ text }, { sentMs }) => {
    console.log(`${new Date(sentMs).toISOString()} ${text}`)
  })
  console.log(`others write with: npm run example:post -- write <folder> ${node.getMultiaddrs()[0]?.toString() ?? ''}`)
  process.once('SIGINT', () => { node.stop().catch(console.error) })
} else {
  const to = multiaddr(address ?? '')
  const peer = to.getComponents().findLast(({ name }) => name === 'p2p')?.value ?? ''
  node.services.pool.keep(to)
  messaging.addEventListener('message:delivered', () => { console.log(`* delivered, waiting: ${messaging.outbox().length}`) })

  const lines = createInterface({ input: process.stdin })
  process.once('SIGINT', () => { lines.close() })
  console.log(`* waiting from last time: ${messaging.outbox().length}`)
  for await (const text of lines) {
    const { state } = await messaging.send(peer, 'letter', { text })
    if (state === 'queued') console.log('* nobody there: kept until they are')
  }
  await node.stop()
}
