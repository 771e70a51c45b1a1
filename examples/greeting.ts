/**
 * A custom protocol: dial a protocol id, send a name, read a greeting.
 *
 *   npm run example:greeting                      (serves, prints its address)
 *   npm run example:greeting -- <address> <name>  (asks)
 */
import { multiaddr } from '@multiformats/multiaddr'
import { lpStream } from '@libp2p/utils'
import { createAppNode } from 'peerkeep'

const protocol = '/greeting-example/1.0.0'
const limits = { maxDataLength: 1024 }
const [address, name = 'stranger'] = process.argv.slice(2)
const node = await createAppNode({ listen: ['/ip4/127.0.0.1/tcp/0'], network: 'greeting-example' })

if (address == null) {
  // whoever dials may send nothing or too much: both have a limit, and either ends the stream, not the node
  await node.handle(protocol, async (stream) => {
    const signal = AbortSignal.timeout(5_000)
    try {
      const frames = lpStream(stream, limits)
      const asked = new TextDecoder().decode((await frames.read({ signal })).subarray())
      await frames.write(new TextEncoder().encode(`hello ${asked}`), { signal })
      await stream.close({ signal })
    } catch (err) {
      stream.abort(err as Error)
    }
  })
  console.log(`others ask with: npm run example:greeting -- ${node.getMultiaddrs()[0]?.toString() ?? ''} <name>`)
  process.once('SIGINT', () => { node.stop().catch(console.error) })
} else {
  const signal = AbortSignal.timeout(10_000)
  try {
    const stream = await node.dialProtocol(multiaddr(address), protocol, { signal })
    const frames = lpStream(stream, limits)
    await frames.write(new TextEncoder().encode(name), { signal })
    console.log(new TextDecoder().decode((await frames.read({ signal })).subarray()))
    await stream.close({ signal })
  } finally {
    await node.stop()
  }
}
