/**
 * The named peer of the benches: plain js-libp2p with the modules that Peerkeep uses, set up as well as its documentation
 * allows, speaking the same flags and JSON events. No limit that would slow down a local network is left in place.
 */
import { parseArgs } from 'node:util'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { bootstrap } from '@libp2p/bootstrap'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { createLibp2p } from 'libp2p'
import { stockServices } from './services.ts'
import type { PrivateKey } from '@libp2p/interface'

const { values } = parseArgs({
  options: {
    bootstrap: { type: 'string', multiple: true, default: [] },
    listen: { type: 'string', multiple: true, default: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] },
    'data-dir': { type: 'string' },
    'max-connections': { type: 'string', default: '1000' }
  }
})
if (values['data-dir'] == null) throw new Error('--data-dir is required')

const say = (event: string, details: object): void => { process.stdout.write(JSON.stringify({ event, ...details }) + '\n') }

const datastore = new LevelDatastore(values['data-dir'])
await datastore.open()

const node = await createLibp2p({
  privateKey: await identity(datastore),
  datastore,
  addresses: { listen: values.listen },
  transports: [tcp(), webSockets(), circuitRelayTransport()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  peerDiscovery: values.bootstrap.length > 0 ? [bootstrap({ list: values.bootstrap, timeout: 0 })] : [],
  connectionGater: { denyDialMultiaddr: () => false },
  connectionManager: {
    maxConnections: Number(values['max-connections']),
    maxIncomingPendingConnections: 1_000,
    inboundConnectionThreshold: Infinity
  },
  services: stockServices(),
  start: false
})

node.addEventListener('peer:discovery', ({ detail }) => say('peer:discovered', { peerId: detail.id.toString(), source: 'libp2p' }))
node.addEventListener('peer:connect', ({ detail }) => say('peer:connected', { peerId: detail.toString() }))
node.addEventListener('peer:disconnect', ({ detail }) => say('peer:disconnected', { peerId: detail.toString() }))

await node.start()
say('ready', { peerId: node.peerId.toString(), addresses: node.getMultiaddrs().map(String) })

const stop = async (): Promise<void> => {
  await node.stop()
  await datastore.close()
}
const onSignal = (): void => {
  stop().then(() => process.exit(0), (err: unknown) => {
    console.error(err)
    process.exit(1)
  })
}
process.once('SIGTERM', onSignal)
process.once('SIGINT', onSignal)

async function identity (store: LevelDatastore): Promise<PrivateKey> {
  const key = new Key('/self')
  if (await store.has(key)) return privateKeyFromProtobuf(await store.get(key))
  const privateKey = await generateKeyPair('Ed25519')
  await store.put(key, privateKeyToProtobuf(privateKey))
  return privateKey
}
