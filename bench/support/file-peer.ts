/** A node in a process of its own that takes what another sends, and sends when asked: see `file-peer-contract.ts`. Argument: a folder for what it takes. */
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { createAppNode, fileSink, fileSource } from 'peerkeep'
import type { Connection, Stream } from '@libp2p/interface'
import type { FilePeerCommand, FilePeerEvent } from './file-peer-contract.ts'

const RAW = '/bench/raw/1.0.0'
const SEND_BYTES = 256 * 1024
const [folder = '.'] = process.argv.slice(2)

function say (event: FilePeerEvent): void {
  process.send?.(event)
}

const node = await createAppNode({ listen: ['/ip4/127.0.0.1/tcp/0'], presence: false, mdns: false, dht: { mode: 'off' } })
let connection: Connection | undefined

// raw: bytes are counted, and that is all
await node.handle(RAW, (stream: Stream) => {
  stream.addEventListener('message', () => {})
  stream.addEventListener('remoteCloseWrite', () => { stream.close().catch((err: unknown) => { stream.abort(err as Error) }) })
})

node.services.messaging.onFile(async offer => {
  const path = join(folder, `${offer.id}.bin`)
  await offer.accept(await fileSink(path, offer)).done
  await rm(path)
})

const ways = {
  raw: async (_path: string, bytes: number) => {
    const part = new Uint8Array(SEND_BYTES).fill(7)
    const stream = await connection!.newStream(RAW)
    const ended = once(stream as unknown as EventTarget, 'close')
    for (let sent = 0; sent < bytes; sent += SEND_BYTES) if (!stream.send(part)) await stream.onDrain()
    await stream.close()
    await ended
  },
  sendFile: async (path: string) => {
    await node.services.messaging.sendFile(connection!.remotePeer, await fileSource(path), { name: 'bench.bin' }).done
  }
}

async function obey (command: FilePeerCommand): Promise<void> {
  if (command.do === 'dial') {
    connection = await node.dial(multiaddr(command.address))
    say({ event: 'dialled' })
    return
  }
  const startMs = performance.now()
  await ways[command.way](command.path, command.bytes)
  say({ event: 'sent', ms: performance.now() - startMs })
}

process.on('message', (command: FilePeerCommand) => {
  obey(command).catch((err: unknown) => { say({ event: 'failed', message: err instanceof Error ? err.stack ?? err.message : String(err) }) })
})
// the bench has ended
process.on('disconnect', () => { process.exit() })

say({ event: 'ready', address: node.getMultiaddrs()[0]!.toString() })
