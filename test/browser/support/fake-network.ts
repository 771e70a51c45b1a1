import { base58btc } from 'multiformats/bases/base58'
import { seededRng } from '../../../src/util/rng.ts'
import type { Ban } from '../../../src/http/schemas/ban.ts'
import type { NetworkInfo, Stats } from '../../../src/http/schemas/network.ts'
import type { NodeInfo } from '../../../src/http/schemas/node.ts'
import type { Peer, PeerDetail, PeerPage } from '../../../src/http/schemas/peer.ts'
import type { Rng } from '../../../src/util/rng.ts'

const MINUTE_MS = 60_000
const ROLES = ['full', 'full', 'full', 'relay', 'light'] as const
const AGENTS = ['peerkeep/0.1.0 node/24.21.0', 'js-libp2p/3.3.11 UserAgent=v24.21.0', 'kubo/0.38.1', 'rust-libp2p/0.56.0', undefined]
/** What protobuf and multihash put before the 32 bytes of an Ed25519 key. */
const ED25519_HEAD = [0, 36, 8, 1, 18, 32]

type Sort = keyof Peer & ('peerId' | 'score' | 'quality' | 'rttMs' | 'connectedMs')

/** Made-up peers, the same for every run with one seed; `step` lets something happen to one of them. */
export class FakeNetwork {
  readonly self: string
  readonly peers: Peer[]
  readonly #rng: Rng
  readonly #startedMs = Date.now() - 90 * MINUTE_MS

  constructor (seed: number, count: number) {
    this.#rng = seededRng(seed)
    this.self = this.#peerId()
    this.peers = Array.from({ length: count }, () => this.#peer())
  }

  node (): NodeInfo {
    const connected = this.#connected()
    const inbound = connected.filter(({ direction }) => direction === 'inbound').length
    return {
      peerId: this.self,
      network: 'main',
      addresses: [`/ip4/127.0.0.1/tcp/4701/p2p/${this.self}`, `/ip4/127.0.0.1/tcp/4702/ws/p2p/${this.self}`],
      roles: ['full'],
      startedMs: this.#startedMs,
      uptimeMs: Date.now() - this.#startedMs,
      versions: { peerkeep: '0.1.0', libp2p: '3.3.11', node: 'v24.21.0' },
      health: { state: 'healthy', reasons: [] },
      counts: {
        connected: connected.length, inbound, outbound: connected.length - inbound, dialing: 2, known: this.peers.length,
        banned: this.bans().length, outbox: 0, vaultsOwned: 0, vaultsHeld: 0
      },
      protocols: [{ id: '/peerkeep/pex/1.0.0', calls: 1_234, failures: 5 }, { id: '/ipfs/ping/1.0.0' }],
      process: { pid: 4_242, rssBytes: 180 * 2 ** 20, heapBytes: 90 * 2 ** 20, cpuSeconds: 321 }
    }
  }

  network (): NetworkInfo {
    const connected = this.#connected()
    return {
      network: 'main',
      health: { state: 'healthy', reasons: [] },
      state: 'connected',
      known: this.peers.length,
      active: connected.length,
      wanted: 8,
      lastDiscoveryMs: Date.now() - MINUTE_MS,
      sources: [{ name: 'bootstrap', found: 1, lastFoundMs: this.#startedMs }, { name: 'pex', found: connected.length, lastFoundMs: Date.now() - MINUTE_MS }],
      topology: {
        self: this.self,
        peers: connected.map(({ peerId, roles, direction = 'outbound', rttMs, score, standing }) => ({ peerId, roles, direction, rttMs, score, standing }))
      },
      topics: [{ topic: 'news', peers: 12, subscribed: true }],
      dht: { mode: 'server', peers: 40 },
      outage: false
    }
  }

  page (query: URLSearchParams): PeerPage {
    const [state, standing, search] = [query.get('state') ?? 'all', query.get('standing'), query.get('search')]
    const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 200)]
    const [sort, sign] = [query.get('sort') as Sort | null, query.get('order') === 'desc' ? -1 : 1]
    const found = this.peers.filter(peer =>
      (state === 'all' || peer.connected === (state === 'connected')) &&
      (standing == null || peer.standing === standing) &&
      (search == null || `${peer.peerId} ${peer.address} ${peer.agent} ${peer.roles.join(' ')}`.includes(search)))
    if (sort != null) found.sort((a, b) => sign * ((a[sort] ?? 0) < (b[sort] ?? 0) ? -1 : 1))
    return { peers: found.slice(offset, offset + limit), total: found.length, offset, connected: this.#connected().length }
  }

  detail (peerId: string): PeerDetail | undefined {
    const peer = this.peers.find(peer => peer.peerId === peerId)
    if (peer == null) return undefined
    const address = peer.address ?? '/ip4/192.0.2.1/tcp/4701'
    return {
      ...peer,
      addresses: [{ address, source: 'pex' }],
      connections: peer.connected && peer.direction != null
        ? [{ id: 'a', address, direction: peer.direction, openedMs: peer.connectedMs ?? 0, streams: [], muxer: '/yamux/1.0.0', encryption: '/noise', limited: false }]
        : [],
      protocols: ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0'],
      tags: [],
      strikes: 0,
      history: Array.from({ length: 60 }, (_, i) => ({ timeMs: Date.now() - (60 - i) * MINUTE_MS, score: Math.sin(i / 9) * 10 })),
      evidence: [],
      decisions: []
    }
  }

  bans (): Ban[] {
    return this.peers.filter(({ banned }) => banned).map(({ peerId }) => ({ kind: 'peer', key: peerId, by: 'score', reason: 'score', sinceMs: this.#startedMs, strikes: 1, severity: 10 }))
  }

  stats (): Stats {
    const { connected, inbound, outbound } = this.node().counts
    const some = (most: number): number => Math.round(most * this.#rng.float())
    return {
      timeMs: Date.now(), connected, inbound, outbound,
      bytesInPerSecond: some(2e6), bytesOutPerSecond: some(1e6), messagesInPerSecond: some(300), messagesOutPerSecond: some(200),
      broadcastsInPerSecond: some(100), rssBytes: 180 * 2 ** 20, eventLoopP99Ms: 2 + some(5)
    }
  }

  /** Something happens to one of the peers, and is told. */
  step (): { event: string, peerId: string } {
    const peer = this.peers[this.#rng.int(this.peers.length)]!
    const { peerId } = peer
    if (!peer.connected) {
      Object.assign(peer, { connected: true, direction: 'outbound', connectedMs: Date.now(), rttMs: this.#rtt() })
      return { event: 'peer:connected', peerId, direction: 'outbound', address: peer.address } as { event: string, peerId: string }
    }
    if (this.#rng.float() < 0.3) {
      Object.assign(peer, { connected: false, direction: undefined, connectedMs: undefined, rttMs: undefined })
      return { event: 'peer:disconnected', peerId, reason: 'closed', by: 'remote' } as { event: string, peerId: string }
    }
    peer.score = Math.max(-100, peer.score - 5)
    peer.rttMs = this.#rtt()
    return { event: 'peer:misbehaviour', peerId, offence: 'minor', cause: 'pex:rate', points: 5, misbehaviour: -peer.score } as { event: string, peerId: string }
  }

  #connected (): Peer[] {
    return this.peers.filter(({ connected }) => connected)
  }

  #peerId (): string {
    return base58btc.encode(Uint8Array.of(...ED25519_HEAD, ...this.#rng.bytes(32))).slice(1)
  }

  #rtt (): number {
    return 1 + this.#rng.float() * 250
  }

  #peer (): Peer {
    const bad = this.#rng.float() < 0.1
    return {
      peerId: this.#peerId(),
      connected: true,
      direction: this.#rng.float() < 0.5 ? 'inbound' : 'outbound',
      address: `/ip4/${11 + this.#rng.int(80)}.${this.#rng.int(256)}.${this.#rng.int(256)}.7/tcp/4701`,
      relayed: false,
      roles: [ROLES[this.#rng.int(ROLES.length)]!],
      connectedMs: this.#startedMs + this.#rng.int(80 * MINUTE_MS),
      rttMs: this.#rtt(),
      explicit: false,
      agent: AGENTS[this.#rng.int(AGENTS.length)],
      score: bad ? -60 * this.#rng.float() : 20 * this.#rng.float(),
      quality: 100 * this.#rng.float(),
      standing: bad ? 'discouraged' : 'good',
      banned: false
    }
  }
}
