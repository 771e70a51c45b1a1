/**
 * A peer that holds shares of others' secrets: that is all there is to it.
 *
 *   node examples/vault-holder.ts <folder> [address of another]
 */
import { createAppNode } from 'peerkeep'
import type { Ready } from './vault-ready.ts'

const [dataDir = 'holder', ...bootstrap] = process.argv.slice(2)
const node = await createAppNode({ dataDir, bootstrap, listen: ['/ip4/127.0.0.1/tcp/0'], network: 'vault-example' })

async function stop (): Promise<void> {
  await node.stop()
  if (process.connected) process.disconnect()
}
// the second: nobody is left to end it
for (const ending of ['SIGTERM', 'disconnect']) process.once(ending, () => { stop().catch(console.error) })
const ready: Ready = { peerId: node.peerId.toString(), address: node.getMultiaddrs()[0]?.toString() ?? '' }
process.send?.(ready)
