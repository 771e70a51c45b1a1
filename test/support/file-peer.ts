/**
 * A node in a process of its own that takes files into a folder, and sends one when asked. Told in lines of JSON; see
 * `FilePeerEvent`. Arguments: the data dir, the folder, where to listen; to send also the path, the address of the receiver
 * and the id.
 */
import { join } from 'node:path'
import { toString } from 'uint8arrays/to-string'
import { multiaddr } from '@multiformats/multiaddr'
import { createAppNode } from '../../src/index.ts'
import { fileSink } from '../../src/platform/file-sink.ts'
import { fileSource } from '../../src/platform/file-source.ts'
import type { FileTransfer } from '../../src/services/messaging/index.ts'
import type { FilePeerEvent } from './file-peer-event.ts'

const [dataDir = '', folder = '', listen = '', path, address = '', id] = process.argv.slice(2)

function say (event: FilePeerEvent): void {
  process.stdout.write(JSON.stringify(event) + '\n')
}

function report (transfer: FileTransfer): void {
  let resumedAt = -1
  transfer.addEventListener('progress', ({ detail }) => {
    if (detail.resumedAt !== resumedAt) say({ event: 'file:resumed', ...detail })
    resumedAt = detail.resumedAt
    say({ event: 'file:progress', ...detail })
  })
  transfer.done.then(
    ({ bytes, root }) => { say({ event: 'file:done', bytes, root: toString(root, 'base16') }) },
    (err: Error & { code?: string }) => { say({ event: 'file:failed', code: err.code ?? err.name, message: err.message }) }
  )
}

const node = await createAppNode({ dataDir, listen: [listen], presence: false, mdns: false, dht: { mode: 'off' } })
node.services.messaging.onFile(async offer => {
  say({ event: 'file:offered', name: offer.name, resumeAt: offer.resumeAt })
  report(offer.accept(await fileSink(join(folder, offer.name), offer)))
})
say({ event: 'ready', peerId: node.peerId.toString(), addresses: node.getMultiaddrs().map(String) })

if (path != null) {
  const { remotePeer } = await node.dial(multiaddr(address))
  report(node.services.messaging.sendFile(remotePeer, await fileSource(path), { name: 'big.bin', id }))
}
