import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { KnownPeers } from '../../../src/services/shards/peers.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { Opinion } from '../../support/protocol-nodes.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { silentLogger } from '../messaging/direct/silent-log.ts'
import type { PeerId } from '@libp2p/interface'
import type { KnownPeersInit } from '../../../src/services/shards/peers.ts'

const CALL = '/peerkeep/shards/call/1.0.0'
const rng = seededRng(11)

interface Known {
  peerId: PeerId
  /** What it told; undefined when it has not been asked yet. */
  protocols?: string[]
  /** Where it is connected from. */
  from?: string
  booked?: string
}

const peer = (given: Omit<Known, 'peerId'>): Known => ({ peerId: randomPeerId(rng), ...given })

function knownPeers (all: Known[], given: Partial<KnownPeersInit> = {}): { peers: KnownPeers, opinion: Opinion, self: PeerId } {
  const opinion = new Opinion()
  const self = randomPeerId(rng)
  const entries = all.filter(({ booked }) => booked != null).map(({ peerId, booked }) => ({ peerId, multiaddrs: [multiaddr(booked)], firstSeenMs: 1_000 }))
  const connections = all.filter(({ from }) => from != null).map(({ peerId, from }) => ({ remotePeer: peerId, remoteAddr: multiaddr(from), status: 'open' }))
  const stubs = {
    peerStore: {
      all: async () => [{ id: self, protocols: [CALL], metadata: new Map([['AgentVersion', 1]]), addresses: [] }, ...all.map(({ peerId, protocols }) => ({ id: peerId, protocols: protocols ?? ['/ipfs/ping/1.0.0'], metadata: new Map(protocols == null ? [] : [['AgentVersion', 1]]), addresses: [] }))]
    },
    connectionManager: { getConnections: (peerId?: PeerId) => connections.filter(({ remotePeer }) => peerId == null || remotePeer.equals(peerId)) },
    contentRouting: {},
    addressBook: () => ({ get: (peerId: PeerId) => entries.find(entry => entry.peerId.equals(peerId)), select: (count: number, { filter }: { filter: (entry: unknown) => boolean }) => entries.filter(filter).slice(0, count) }),
    pool: () => ({ peers: () => all.slice(0, 1).map(({ peerId }) => ({ peerId, rttMs: 30 })) })
  } as unknown as Pick<KnownPeersInit, 'peerStore' | 'connectionManager' | 'contentRouting' | 'addressBook' | 'pool'>
  const bans = { isDenied: ({ peerId }: { peerId?: PeerId }) => opinion.banned.has(String(peerId)) }
  const peers = new KnownPeers({ ...stubs, self, id: CALL, scoring: () => opinion.scoring, bans: () => bans, clock: new ManualClock(61_000), log: silentLogger().forComponent('peers'), localAsPublic: false, ...given })
  return { peers, opinion, self }
}

describe('shards: who may hold a share', () => {
  it('peers that serve it, connected ones first, then those that nobody has asked; never this node', async () => {
    const [away, here, other, unasked] = [
      peer({ protocols: [CALL], booked: '/ip4/198.51.100.7/tcp/1' }), peer({ protocols: [CALL], from: '/ip4/203.0.113.9/tcp/1' }), peer({ protocols: ['/other/1.0.0'], from: '/ip4/203.0.113.8/tcp/1' }), peer({ booked: '/ip4/192.0.2.1/tcp/1' })
    ]
    const { peers } = knownPeers([away, here, other, unasked])
    const found = await peers.candidates()
    expect(found.map(({ peerId, connected }) => [peerId, connected])).to.deep.equal([[here.peerId, true], [away.peerId, false], [unasked.peerId, false]])
    expect(found.map(({ quality }) => quality)).to.deep.equal([50, 50, 25])
    expect(found[1]).to.deep.include({ latencyMs: 30, knownMs: 60_000 })
  })

  it('one that is connected and has not said yet what it serves', async () => {
    const fresh = peer({ from: '/ip4/203.0.113.9/tcp/1' })
    const { peers } = knownPeers([fresh])
    expect((await peers.candidates()).map(({ peerId }) => peerId)).to.deep.equal([fresh.peerId])
  })

  it('nobody that is banned or thought badly of', async () => {
    const all = [peer({ protocols: [CALL] }), peer({ protocols: [CALL] }), peer({ booked: '/ip4/198.51.100.7/tcp/1' })]
    const { peers, opinion } = knownPeers(all)
    opinion.banned.add(all[0]!.peerId.toString())
    opinion.discouraged.add(all[1]!.peerId.toString())
    opinion.banned.add(all[2]!.peerId.toString())
    expect(await peers.candidates()).to.deep.equal([])
  })

  it('with what they may fail together with: where they are, not where they say', async () => {
    const relay = randomPeerId(rng)
    const cases: Array<[Omit<Known, 'peerId'>, string[]]> = [
      [{ from: '/ip4/8.8.4.4/tcp/1', booked: '/ip4/1.1.1.1/tcp/1' }, ['ip:8.8.4.0/24']],
      [{ booked: '/ip6/2606:4700:10::1/tcp/1' }, ['ip:2606:4700:10::/48']],
      [{ from: `/ip4/8.8.4.4/tcp/1/p2p/${relay.toString()}/p2p-circuit` }, [`relay:${relay.toString()}`]],
      [{ from: '/ip4/127.0.0.1/tcp/1' }, []],
      [{}, []]
    ]
    for (const [given, domains] of cases) {
      const { peers } = knownPeers([peer({ protocols: [CALL], ...given })])
      expect((await peers.candidates())[0]?.domains, JSON.stringify(given)).to.deep.equal(domains)
    }
    const { peers } = knownPeers([peer({ protocols: [CALL], from: '/ip4/127.3.0.1/tcp/1' })], { localAsPublic: true })
    expect((await peers.candidates())[0]?.domains).to.deep.equal(['ip:127.3.0.0/24'])
  })

  it('from the DHT: those that are not banned, until the signal aborts, and nobody where there is none', async () => {
    const [one, banned] = [randomPeerId(rng), randomPeerId(rng)]
    const controller = new AbortController()
    const contentRouting = {
      findProviders: async function * () {
        yield { id: banned }
        yield { id: one }
        // a router that minds no signal
        await new Promise(() => {})
      }
    } as unknown as KnownPeersInit['contentRouting']
    const { peers, opinion } = knownPeers([], { contentRouting })
    opinion.banned.add(banned.toString())
    const found: PeerId[] = []
    for await (const peerId of peers.providers(new Uint8Array(32), controller.signal)) {
      found.push(peerId)
      controller.abort()
    }
    expect(found).to.deep.equal([one])
    const none = knownPeers([], { contentRouting: { findProviders: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => { throw new Error('no routers') } }) }) } as unknown as KnownPeersInit['contentRouting'] })
    for await (const peerId of none.peers.providers(new Uint8Array(32), controller.signal)) throw new Error(`${peerId.toString()} from nowhere`)
  })
})
