import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { optionalPeer } from './optional-peer.ts'
import { pause } from './wait.ts'
import type { Duplex } from 'node:stream'
import type { Dialler, Listener } from './dial-ends.ts'

interface Swarm {
  fullyBootstrapped (): Promise<void>
  address (): { port: number }
  createServer (onConnection: (socket: Duplex & { remotePublicKey: Buffer }) => void): { publicKey: Buffer, listen (): Promise<void> }
  connect (publicKey: Buffer): Duplex
  defaultKeyPair: { publicKey: Buffer }
}

interface SwarmClass {
  new (init: { bootstrap: Array<{ host: string, port: number }>, host: string, port?: number, ephemeral?: boolean, firewalled?: boolean }): Swarm
  bootstrapper (port: number, host: string): Swarm
}

const HOST = '127.0.0.1'

async function load (): Promise<SwarmClass> {
  return (await optionalPeer<{ default: SwarmClass }>('hyperdht/index.js')).default
}

/** A DHT of this machine alone, and in it a server that is found by its key; whoever ends a connection gets its end. */
export async function hyperdhtListener (onIdentified: (peer: string) => void): Promise<Listener> {
  const HyperDht = await load()
  const bootstrapper = HyperDht.bootstrapper(await freePort(), HOST)
  await bootstrapper.fullyBootstrapped()
  const bootstrap = [{ host: HOST, port: bootstrapper.address().port }]
  const node = new HyperDht({ bootstrap, host: HOST, ephemeral: false, firewalled: false })
  await node.fullyBootstrapped()
  const server = node.createServer(socket => {
    socket.on('error', () => { socket.destroy() })
    socket.resume().on('end', () => { socket.end() })
    onIdentified(socket.remotePublicKey.toString('hex'))
  })
  await server.listen()
  return { address: `${bootstrap[0]!.port}/${server.publicKey.toString('hex')}` }
}

/** It looks the key up, and the two know each other's keys when the connection is open. */
export async function hyperdhtDialler (address: string): Promise<Dialler> {
  const [port = '', key = ''] = address.split('/')
  const node = new (await load())({ bootstrap: [{ host: HOST, port: Number(port) }], host: HOST, ephemeral: true })
  await node.fullyBootstrapped()
  let theirs = Promise.withResolvers<void>()
  return {
    peer: node.defaultKeyPair.publicKey.toString('hex'),
    identified: () => { theirs.resolve() },
    async dial (holdMs) {
      theirs = Promise.withResolvers()
      const socket = node.connect(Buffer.from(key, 'hex'))
      await Promise.all([once(socket, 'open'), theirs.promise])
      await pause(holdMs)
      const closed = once(socket, 'close')
      socket.resume().end()
      await closed
    }
  }
}

/** Its bootstrapper takes no port 0. */
async function freePort (): Promise<number> {
  const socket = createSocket('udp4').bind(0, HOST)
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}
