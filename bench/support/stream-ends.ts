import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { checkInit } from '../../src/app-node/checked.ts'
import { libp2pOptions } from '../../src/app-node/libp2p-options.ts'
import { createTransports } from '../../src/platform/transports.ts'
import { CHUNK_BYTES, rawDialler, rawListener, wsDialler, wsListener } from './raw-ends.ts'
import type { Libp2p } from '@libp2p/interface'
import type { Send } from './raw-ends.ts'
import type { StreamArm } from './stream-contract.ts'

const PROTOCOL = '/bench/sink/1.0.0'
const PORT = '/ip4/127.0.0.1/tcp/0'

export async function streamListener (arm: StreamArm): Promise<string> {
  if (arm === 'raw ws') return wsListener()
  if (arm === 'raw TCP' || arm === 'raw TLS') return rawListener(arm)
  const node = await made(arm, [arm.endsWith('TCP') ? PORT : `${PORT}/ws`])
  await node.handle(PROTOCOL, async stream => {
    try {
      let bytes = 0
      for await (const data of stream) bytes += data.byteLength
      stream.send(new TextEncoder().encode(String(bytes)))
      await stream.close()
    } catch (err) {
      stream.abort(err as Error)
    }
  })
  return String(node.getMultiaddrs()[0])
}

export async function streamDialler (arm: StreamArm, address: string): Promise<Send> {
  if (arm === 'raw ws') return wsDialler(address)
  if (arm === 'raw TCP' || arm === 'raw TLS') return rawDialler(arm, Number(address))
  const node = await made(arm, [])
  const connection = await node.dial(multiaddr(address))
  return async bytes => {
    const stream = await connection.newStream(PROTOCOL)
    const chunk = new Uint8Array(CHUNK_BYTES)
    for (let sent = 0; sent < bytes; sent += CHUNK_BYTES) if (!stream.send(chunk)) await stream.onDrain()
    await stream.close()
    let read = ''
    for await (const data of stream) read += new TextDecoder().decode(data.subarray())
    if (Number(read) !== bytes) throw new Error(`of ${bytes} bytes arrived ${read}`)
  }
}

async function made (arm: StreamArm, listen: string[]): Promise<Libp2p> {
  if (arm.startsWith('stock')) {
    return createLibp2p({
      addresses: { listen },
      transports: [tcp(), webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: { denyDialMultiaddr: () => false },
      connectionMonitor: { enabled: false }
    })
  }
  const [ownTcp, ownWebSockets] = await createTransports({})
  const parts = { privateKey: await generateKeyPair('Ed25519'), transports: [ownTcp!, ownWebSockets!] }
  return createLibp2p(libp2pOptions({ connectionMonitor: { enabled: false } }, checkInit({ listen }), parts))
}
