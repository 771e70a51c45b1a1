import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { checkInit } from '../../src/app-node/checked.ts'
import { libp2pOptions } from '../../src/app-node/libp2p-options.ts'
import { dhtInit, gossipsubInit, servicesOf } from '../../src/app-node/services.ts'
import { mdnsInit, sourcesOf } from '../../src/app-node/sources.ts'
import { neutralScoring } from '../../src/components.ts'
import { createResolver } from '../../src/platform/dns.ts'
import type { AppError, AppNodeInit } from '../../src/index.ts'

const PEER = '12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV'
const SWARM_KEY = new TextEncoder().encode(`/key/swarm/psk/1.0.0/\n/base16/\n${'0'.repeat(64)}\n`)

function refusal (init: AppNodeInit): AppError {
  try {
    checkInit(init)
  } catch (err) {
    return err as AppError
  }
  throw new Error('expected it to be refused')
}

describe('app-node options', () => {
  it('have defaults', () => {
    expect(checkInit({})).to.deep.equal({ network: 'main', roles: ['full'], listen: [], bootstrap: [], peers: [], dhtMode: 'auto', relayServer: false })
  })

  const derived: Array<[AppNodeInit, Partial<ReturnType<typeof checkInit>>]> = [
    [{ roles: ['light'] }, { dhtMode: 'client' }],
    [{ roles: ['light'], dht: { mode: 'server' } }, { dhtMode: 'server' }],
    [{ dht: { lan: true } }, { dhtMode: 'server' }],
    [{ dht: { lan: true, mode: 'client' } }, { dhtMode: 'client' }],
    [{ roles: ['full', 'relay'] }, { relayServer: true }],
    [{ roles: ['relay'], relay: { server: false } }, { relayServer: false }],
    [{ relay: { server: true } }, { relayServer: true }],
    [{ listen: ['/ip4/127.0.0.1/tcp/1'], relay: { client: true } }, { listen: ['/ip4/127.0.0.1/tcp/1', '/p2p-circuit'] }]
  ]
  for (const [init, expected] of derived) {
    it(`make ${JSON.stringify(expected)} of ${JSON.stringify(init)}`, () => { expect(checkInit(init)).to.deep.include(expected) })
  }

  const refused: Array<[option: string, init: AppNodeInit, words: string]> = [
    ['network', { network: '' }, 'name'],
    ['network', { network: 'a/b' }, '"a/b"'],
    ['network', { network: 'x'.repeat(65) }, 'name'],
    ['roles', { roles: [] }, 'empty'],
    ['roles', { roles: ['boss' as 'full'] }, '"boss"'],
    ['dht.mode', { dht: { mode: 'on' as 'off' } }, 'auto, server, client, off'],
    ['listen[1]', { listen: ['/ip4/127.0.0.1/tcp/1', 'nonsense'] }, '"nonsense"'],
    ['announce[0]', { announce: ['nonsense'] }, 'multiaddr'],
    ['bootstrap[0]', { bootstrap: ['1.2.3.4:5'] }, '/ip4/192.0.2.1/tcp/4701'],
    ['peers[0]', { peers: ['/ip4/1.2.3/tcp/1'] }, 'multiaddr'],
    ['listen', { listen: ['/ip4/127.0.0.1/tcp/1/tls/ws'] }, 'tls: { cert, key }'],
    ['listen', { listen: ['/ip4/127.0.0.1/tcp/1/wss'] }, 'tls: { cert, key }'],
    ['passphrase', { passphrase: 'x' }, 'give dataDir'],
    ['preSharedKey', { preSharedKey: new Uint8Array(95) }, 'three lines'],
    ['preSharedKey', { preSharedKey: new TextEncoder().encode(`/key/swarm/psk/1.0.0/\n/base16/\n${'0'.repeat(63)}`) }, '64'],
    ['quic', { quic: true, transports: [] }, 'among them'],
    ['tls', { tls: { cert: '', key: '' }, transports: [] }, 'among them'],
    ['preSharedKey', { preSharedKey: SWARM_KEY, connectionProtector: () => ({ protect: async connection => connection }) }, 'connectionProtector'],
    ['quic', { quic: true, preSharedKey: SWARM_KEY }, 'does not protect']
  ]
  for (const [option, init, words] of refused) {
    it(`refuse ${option} in ${JSON.stringify(init).slice(0, 60)}`, () => {
      const err = refusal(init)
      expect(err.code).to.equal('APP_NODE_OPTION_INVALID')
      expect(err.details.option).to.equal(option)
      expect(err.message).to.include(words)
    })
  }

  describe('for libp2p', () => {
    const options = (init: AppNodeInit): ReturnType<typeof libp2pOptions> => libp2pOptions(init, checkInit(init), { transports: [] })

    it('leave connections to the pool, and find dead ones in time', () => {
      const { connectionManager, connectionMonitor } = options({})
      expect(connectionManager).to.deep.equal({ maxConnections: 1_000, inboundConnectionThreshold: Infinity, maxIncomingPendingConnections: 256, reconnectRetries: 0 })
      expect((connectionMonitor?.pingInterval ?? 0) + (connectionMonitor?.pingTimeout?.maxTimeout ?? 0)).to.be.within(1, 30_000)
      expect(options({ pool: { limits: { maxPeers: 5_000 } } }).connectionManager?.maxConnections).to.equal(20_000)
    })

    it('merge objects one level deep, replace lists, and do not take undefined for an answer', () => {
      const { connectionManager, addresses, streamMuxers, nodeInfo } = options({
        listen: ['/ip4/127.0.0.1/tcp/1'],
        announce: ['/ip4/192.0.2.1/tcp/1'],
        addresses: { noAnnounce: ['/ip4/127.0.0.1/tcp/1'], announce: undefined },
        connectionManager: { maxConnections: 5 },
        streamMuxers: [],
        nodeInfo: undefined
      })
      expect(connectionManager).to.deep.include({ maxConnections: 5, reconnectRetries: 0 })
      expect(addresses).to.deep.equal({ listen: ['/ip4/127.0.0.1/tcp/1'], announce: ['/ip4/192.0.2.1/tcp/1'], noAnnounce: ['/ip4/127.0.0.1/tcp/1'] })
      expect(streamMuxers).to.deep.equal([])
      expect(nodeInfo?.name).to.equal('peerkeep')
    })
  })

  describe('for services', () => {
    const names = (init: AppNodeInit): string[] => Object.keys(servicesOf(init, checkInit(init), { sources: [] }))

    it('have all but what is switched off', () => {
      expect(names({})).to.have.members(['identify', 'identifyPush', 'ping', 'pubsub', 'dht', 'autoNAT', 'dcutr', 'scoring', 'bans', 'addressBook', 'pool', 'pex', 'discovery', 'gossipGuard', 'protocols', 'messaging', 'shards'])
      expect(names({ dht: { mode: 'off' }, autonat: false, dcutr: false })).to.not.include.oneOf(['dht', 'autoNAT', 'dcutr'])
      expect(names({ roles: ['relay'] })).to.include('circuitRelay')
    })

    it('set the DHT and gossip up', () => {
      expect(dhtInit('test', 'auto', false)).to.deep.include({ protocol: '/peerkeep/test/kad/1.0.0', clientMode: undefined })
      expect(dhtInit('test', 'client', true).clientMode).to.equal(true)
      expect(dhtInit('test', 'server', false).clientMode).to.equal(false)
      const { D, scoreParams } = gossipsubInit({ D: 3, scoreParams: { decayInterval: 2_000 } })
      expect({ D, decayInterval: scoreParams?.decayInterval }).to.deep.equal({ D: 3, decayInterval: 2_000 })
    })

    it('ask bans before the DHT tells an address, and scoring what gossip should think of a peer', () => {
      const local = { id: peerIdFromString(PEER), multiaddrs: [multiaddr('/ip4/127.0.0.1/tcp/1')] }
      const told = (lan: boolean, denied: boolean): number | undefined => dhtInit('test', 'auto', lan, () => ({ isDenied: () => denied })).peerInfoMapper?.(local).multiaddrs.length
      expect([told(true, false), told(false, false), told(true, true)]).to.deep.equal([1, 0, 0])
      expect(gossipsubInit({}, () => ({ ...neutralScoring, isDiscouraged: () => true, score: () => -30 })).scoreParams?.appSpecificScore?.(PEER)).to.equal(-30)
    })
  })

  describe('for discovery', () => {
    const count = (init: AppNodeInit): number => sourcesOf(init, checkInit(init), { resolver: createResolver() }).length

    it('have the sources that are asked for', () => {
      expect(count({ presence: false, dht: { mode: 'off' } })).to.equal(0)
      expect(count({})).to.equal(2)
      expect(count({ bootstrap: ['/ip4/127.0.0.1/tcp/1'] })).to.equal(2)
      expect(count({ bootstrap: ['/ip4/127.0.0.1/tcp/1', `/ip4/127.0.0.1/tcp/1/p2p/${PEER}`], dnsSeeds: ['seed.test'], probePorts: '1-2' })).to.equal(5)
    })

    it('keep networks apart on one LAN', () => {
      expect(mdnsInit(undefined, 'main')).to.equal(undefined)
      expect(mdnsInit(false, 'main')).to.equal(undefined)
      expect(mdnsInit(true, 'my.net')).to.deep.equal({ serviceTag: '_peerkeep-my-net._udp.local', interval: 10_000 })
      expect(mdnsInit({ serviceTag: '_p2p._udp.local', intervalMs: 5 }, 'main')).to.deep.equal({ serviceTag: '_p2p._udp.local', interval: 5 })
    })
  })
})
