import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import tls from 'node:tls'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { memory } from '@libp2p/memory'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { generateKey } from '@libp2p/pnet'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core/memory'
import { Key } from 'interface-datastore'
import { createAppNode } from '../src/index.ts'
import { AppNodes, TCP } from './support/app-nodes.ts'
import { eventually } from './support/eventually.ts'
import { identified } from './support/identified.ts'
import { rejection } from './support/rejection.ts'
import { selfSignedCertificate } from './support/self-signed.ts'
import { makeTempDir } from './support/temp-dir.ts'
import type { Libp2p } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { AppError, AppNode } from '../src/index.ts'

const WS = '/ip4/127.0.0.1/tcp/0/ws'

describe('createAppNode', function () {
  this.timeout(30_000)

  for (const [name, listen] of [['TCP', TCP], ['WebSockets', WS]] as const) {
    it(`lets nodes talk over ${name}: ping, gossip, a protocol of their own`, async () => {
      await using nodes = new AppNodes()
      const [a, b] = [await nodes.create({ listen: [listen] }), await nodes.create({ listen: [] })]
      await b.dial(a.getMultiaddrs())
      await talk(a, b)
    })
  }

  it('lets nodes talk over secure WebSockets', async function () {
    // from Node 24.5 on
    if (typeof tls.setDefaultCACertificates !== 'function') this.skip()
    const certificate = selfSignedCertificate()
    const before = tls.getCACertificates('default')
    tls.setDefaultCACertificates([...before, certificate.cert])
    try {
      await using nodes = new AppNodes()
      const [a, b] = [await nodes.create({ listen: ['/ip4/127.0.0.1/tcp/0/tls/ws'], tls: certificate }), await nodes.create({ listen: [] })]
      const { remoteAddr } = await b.dial(a.getMultiaddrs())
      expect(remoteAddr.toString()).to.include('/tls/ws')
      await talk(a, b)
    } finally {
      tls.setDefaultCACertificates(before)
    }
  })

  it('lets nodes talk over QUIC', async function () {
    await using nodes = new AppNodes()
    const a = await nodes.create({ listen: ['/ip4/127.0.0.1/udp/0/quic-v1'], quic: true }).catch((err: AppError) => err)
    if (a instanceof Error) {
      expect(a.code).to.equal('QUIC_UNAVAILABLE')
      process.stdout.write(`      not here: ${a.message}\n`)
      this.skip()
    }
    const b = await nodes.create({ listen: [], quic: true })
    const { remoteAddr } = await b.dial(a.getMultiaddrs())
    expect(remoteAddr.toString()).to.include('/quic-v1')
    await talk(a, b)
    await eventually('peer exchange has told the roles', () => rolesSeenBy(a).join() === 'full')
  })

  it('finds the network by one address', async () => {
    await using nodes = new AppNodes()
    const seed = await nodes.create()
    const others = await Promise.all([1, 2, 3].map(() => nodes.create({ bootstrap: seed.getMultiaddrs().map(String) })))
    await eventually('everybody is connected to everybody', () => [seed, ...others].every(node => node.services.pool.peers().length === 3), 20_000)
  })

  it('finds a bootstrap node whose peer id is not given', async () => {
    await using nodes = new AppNodes()
    const seed = await nodes.create()
    const node = await nodes.create({ listen: [], bootstrap: seed.getMultiaddrs().map(address => address.toString().replace(/\/p2p\/.*/, '')) })
    await eventually('connected', () => node.services.pool.peers().some(({ peerId }) => peerId.equals(seed.peerId)))
  })

  it('tells peers what it is', async () => {
    await using nodes = new AppNodes()
    const [a, b] = [await nodes.create({ roles: ['relay', 'full'] }), await nodes.create({ roles: ['light'] })]
    await b.dial(a.getMultiaddrs())
    await eventually('each knows the other\'s roles', () =>
      rolesSeenBy(b).join() === 'full,relay' && rolesSeenBy(a).join() === 'light')
    const { metadata, protocols } = await b.peerStore.get(a.peerId)
    expect(new TextDecoder().decode(metadata.get('AgentVersion'))).to.match(/^peerkeep\/\d+\.\d+\.\d+$/)
    expect(protocols).to.include('/libp2p/circuit/relay/0.2.0/hop')
    expect(a.services.circuitRelay).to.not.equal(undefined)
    expect(b.services.circuitRelay).to.equal(undefined)
  })

  it('lets two nodes meet through a relay', async () => {
    await using nodes = new AppNodes()
    const relay = await nodes.create({ roles: ['relay'] })
    // no DCUtR: it would turn the connection into a direct one
    const hidden = await nodes.create({ listen: [], relay: { client: true }, dcutr: false })
    await hidden.dial(relay.getMultiaddrs())
    const address = await eventually('a reservation', () => hidden.getMultiaddrs().find(address => address.toString().includes('/p2p-circuit')))

    const caller = await nodes.create({ listen: [], dcutr: false })
    const connection = await caller.dial(address as Multiaddr)
    expect(connection.remotePeer.equals(hidden.peerId)).to.be.true
    expect(connection.limits).to.not.equal(undefined)
    expect(await caller.services.ping.ping(hidden.peerId)).to.be.greaterThanOrEqual(0)
  })

  it('keeps strangers out of a private network', async () => {
    await using nodes = new AppNodes()
    const [preSharedKey, anotherKey] = [swarmKey(), swarmKey()]
    const a = await nodes.create({ preSharedKey })
    const friend = await nodes.create({ listen: [], preSharedKey })
    await friend.dial(a.getMultiaddrs())
    await talk(a, friend)

    for (const stranger of [await nodes.create({ listen: [] }), await nodes.create({ listen: [], preSharedKey: anotherKey })]) {
      const outcome = await stranger.dial(a.getMultiaddrs(), { signal: AbortSignal.timeout(3_000) }).then(() => 'connected', () => 'refused')
      expect(outcome).to.equal('refused')
      expect(a.getConnections(stranger.peerId)).to.be.empty
    }
  })

  describe('with libp2p\'s own options', () => {
    it('takes transports, lists and objects in place of ours', async () => {
      await using nodes = new AppNodes()
      const options = { transports: [memory()], listen: [] }
      const a = await nodes.create({ ...options, addresses: { listen: ['/memory/a'] }, nodeInfo: { userAgent: 'mine/1' } })
      const b = await nodes.create({ ...options, streamMuxers: undefined })
      await b.dial(multiaddr('/memory/a'))
      await talk(a, b)
      const { metadata } = await eventually('identified', async () => await b.peerStore.get(a.peerId))
      expect(new TextDecoder().decode(metadata.get('AgentVersion'))).to.equal('mine/1')
    })

    it('adds services, which find ours, and lets them replace ours', async () => {
      await using nodes = new AppNodes()
      const node = await nodes.create({
        services: {
          counter: (components: { pool: AppNode['services']['pool'] }) => ({ peers: () => components.pool.peers().length }),
          ping: () => ({ ping: async () => 42 })
        },
        // it asks for libp2p's ping
        dht: { mode: 'off' }
      })
      expect(node.services.counter.peers()).to.equal(0)
      expect(await node.services.ping.ping(node.peerId)).to.equal(42)
      expect(node.services.dht).to.equal(undefined)
    })

    it('takes an identity and a datastore', async () => {
      await using nodes = new AppNodes()
      await using dir = await makeTempDir()
      const privateKey = await generateKeyPair('Ed25519')
      const datastore = new MemoryDatastore()
      const node = await nodes.create({ privateKey, datastore, dataDir: dir.path })
      expect(node.peerId.equals(peerIdFromPrivateKey(privateKey))).to.be.true
      const other = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
      await node.peerStore.save(other, { multiaddrs: [multiaddr('/ip4/127.0.0.1/tcp/1')] })
      expect(await datastore.has(new Key(`/peers/${other.toCID().toString()}`))).to.be.true
      expect(await readdir(dir.path)).to.not.include.oneOf(['identity.json', 'datastore'])
    })

    it('does not change the caller\'s gater, and asks it', async () => {
      await using nodes = new AppNodes()
      class Gater {
        #asked = 0
        get asked (): number { return this.#asked }
        denyDialMultiaddr (): boolean { return this.#asked++ < 0 }
      }
      const gater = new Gater()
      const [a, b] = [await nodes.create({ connectionGater: gater }), await nodes.create({ listen: [], connectionGater: gater })]
      await b.dial(a.getMultiaddrs())
      expect(gater.asked).to.be.greaterThan(0)
      expect(Object.keys(gater)).to.be.empty
    })
  })

  describe('with a data directory', () => {
    it('is the same node after a restart, and knows whom it knew', async () => {
      await using dir = await makeTempDir()
      await using nodes = new AppNodes()
      const peer = await nodes.create()
      const first = await createAppNode({ dataDir: dir.path, listen: [TCP] })
      await first.dial(peer.getMultiaddrs())
      await identified(first, peer.peerId)
      await first.stop()

      const second = await createAppNode({ dataDir: dir.path, start: false })
      expect(second.peerId.equals(first.peerId)).to.be.true
      expect((await second.peerStore.get(peer.peerId)).addresses).to.not.be.empty
      await second.stop()
    })

    it('is one node\'s alone, and the second is told whose', async () => {
      await using dir = await makeTempDir()
      await using nodes = new AppNodes()
      await nodes.create({ dataDir: dir.path })
      const err = await rejection(createAppNode({ dataDir: dir.path }))
      expect(err.code).to.equal('DATA_DIR_IN_USE')
      expect(err.message).to.include(`pid ${process.pid}`)
    })

    it('stops and starts again', async () => {
      await using dir = await makeTempDir()
      await using nodes = new AppNodes()
      const [node, peer] = [await nodes.create({ dataDir: dir.path }), await nodes.create()]
      await Promise.all([node.stop(), node.stop()])
      await (await createAppNode({ dataDir: dir.path, start: false })).stop()

      await node.start()
      expect((await rejection(createAppNode({ dataDir: dir.path }))).code).to.equal('DATA_DIR_IN_USE')
      await node.dial(peer.getMultiaddrs())
      await talk(peer, node)
    })

    it('lets go of it when the start fails', async () => {
      await using dir = await makeTempDir()
      await using nodes = new AppNodes()
      const taken = (await nodes.create()).getMultiaddrs().map(address => address.toString().replace(/\/p2p\/.*/, ''))
      const failures = [
        { listen: taken },
        { tls: { cert: 'x', key: 'y' } },
        { dnsSeeds: ['not a name'] },
        { probePorts: 'many' }
      ]
      for (const init of failures) {
        const outcome = await createAppNode({ dataDir: dir.path, ...init }).then(() => 'started', (err: Error) => err.message)
        expect(outcome).to.not.equal('started')
        await (await createAppNode({ dataDir: dir.path, start: false })).stop()
      }
    })

    it('says what was damaged, and goes on', async () => {
      await using dir = await makeTempDir()
      await writeFile(join(dir.path, 'datastore'), 'not a datastore')
      const warnings: AppError[] = []
      const node = await createAppNode({ dataDir: dir.path, onWarning: warning => { warnings.push(warning) } })
      await node.stop()
      expect(warnings.map(({ code }) => code)).to.deep.equal(['DATASTORE_REPLACED'])
    })
  })

  it('leaves nothing behind that would keep a process alive', async () => {
    await using dir = await makeTempDir()
    const program = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'support/start-stop.ts'), dir.path], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000, killSignal: 'SIGKILL' })
    let output = ''
    program.stdout.on('data', (bytes: Buffer) => { output += bytes.toString() })
    const [code, signal] = await once(program, 'close') as [number | null, string | null]
    expect({ code, signal, output }).to.deep.equal({ code: 0, signal: null, output: 'stopped\n' })
  })
})

/** `b` is connected to `a`. */
async function talk (a: AppNode, b: AppNode): Promise<void> {
  expect(await b.services.ping.ping(a.peerId)).to.be.greaterThanOrEqual(0)

  const heard = new Promise<string>(resolve => {
    a.services.pubsub.addEventListener('message', ({ detail: { topic, data } }) => {
      if (topic === 'news') resolve(new TextDecoder().decode(data))
    })
  })
  a.services.pubsub.subscribe('news')
  await eventually('the subscription is known', () => b.services.pubsub.getSubscribers('news').length > 0)
  // it may know of the subscription before it has a stream to send on: then nobody gets the message
  await eventually('it goes out', async () => (await b.services.pubsub.publish('news', new TextEncoder().encode('hello'))).recipients.length > 0)
  expect(await heard).to.equal('hello')

  await a.handle('/echo/1.0.0', async stream => {
    for await (const bytes of stream) stream.send(bytes)
    await stream.close()
  })
  const stream = await b.dialProtocol(a.peerId, '/echo/1.0.0')
  stream.send(Uint8Array.of(1, 2, 3))
  await stream.close()
  const echo: number[] = []
  for await (const bytes of stream) {
    echo.push(...bytes.subarray())
    // over QUIC the end of the stream does not arrive once this side has closed
    if (echo.length === 3) break
  }
  expect(echo).to.deep.equal([1, 2, 3])
}

function rolesSeenBy (node: AppNode): string[] {
  return node.services.pool.peers().flatMap(({ roles }) => [...roles]).sort()
}

function swarmKey (): Uint8Array {
  const key = new Uint8Array(95)
  generateKey(key)
  return key
}

// an AppNode is a Libp2p
export const asLibp2p = (node: AppNode): Libp2p => node
