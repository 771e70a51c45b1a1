import { start, stop } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { TypedEventEmitter } from 'main-event'
import { bans } from '../../../src/services/bans/index.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { START_MS } from '../../support/open-book.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Connection, ConnectionGater, Libp2pEvents, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'
import type { Offence, Standing } from '../../../src/components.ts'
import type { BansComponents, BansEvents, BansInit, PeerBans } from '../../../src/services/bans/index.ts'
import type { BanFeedback, PeerScore, PeerScoring, ScoringEvents } from '../../../src/services/scoring/index.ts'
import type { Rng } from '../../../src/util/rng.ts'

export const SELF = randomPeerId(seededRng(0))

export interface Condemnation {
  misbehaviour?: number
  credit?: number
  /** When scoring first noted its score. */
  knownSinceMs?: number
  cause?: string
  timeMs?: number
  offence?: Offence
}

/** As much of scoring as bans ask, moved by hand. */
export class StubScoring extends TypedEventEmitter<ScoringEvents> implements BanFeedback {
  readonly known = new Map<string, Pick<PeerScore, 'peerId' | 'misbehaviour' | 'credit' | 'standing' | 'history'>>()
  readonly goodHosts = new Set<string>()
  /** What bans have told. */
  readonly told: string[] = []

  get (peer: PeerId | string): PeerScore | undefined {
    return this.known.get(peer.toString()) as unknown as PeerScore | undefined
  }

  peers (): Iterable<PeerScore> {
    return this.known.values() as unknown as Iterable<PeerScore>
  }

  standing (peer: PeerId | string): Standing {
    return this.known.get(peer.toString())?.standing ?? 'good'
  }

  hasGoodPeerAt (host: string): boolean {
    return this.goodHosts.has(host)
  }

  banned (peerId: PeerId, strikes: number): void {
    this.told.push(`banned ${peerId.toString()} ${strikes}`)
    this.#set(peerId, { standing: 'banned' })
  }

  released (peerId: PeerId, how: 'expired' | 'lifted'): void {
    this.told.push(`released ${peerId.toString()} ${how}`)
    this.#set(peerId, { standing: how === 'lifted' ? 'good' : 'discouraged', misbehaviour: how === 'lifted' ? 0 : 30 })
  }

  /** It is found banned. */
  condemn (peerId: PeerId, { misbehaviour = 60, credit = 0, knownSinceMs, cause = 'test:deed', timeMs = START_MS, offence = 'severe' }: Condemnation = {}): void {
    const before = this.standing(peerId)
    this.#set(peerId, { misbehaviour, credit, standing: 'banned', ...(knownSinceMs == null ? {} : { history: [{ timeMs: knownSinceMs, score: 0 }] }) })
    if (before !== 'banned') this.safeDispatchEvent('standing:change', { detail: { peerId, standing: 'banned', before, cause } })
    const evidence = new TextEncoder().encode(cause)
    this.safeDispatchEvent('peer:misbehaviour', { detail: { peerId, offence, points: 25, cause, timeMs, misbehaviour, evidence, evidenceHash: evidence } })
  }

  /** It is found refused: bad, but not bad enough for a ban. */
  refuse (peerId: PeerId, misbehaviour: number, credit = 0): void {
    const before = this.standing(peerId)
    this.#set(peerId, { misbehaviour, credit, standing: 'refused' })
    this.safeDispatchEvent('standing:change', { detail: { peerId, standing: 'refused', before, cause: 'test:deed' } })
  }

  #set (peerId: PeerId, change: object): void {
    const known = this.known.get(peerId.toString()) ?? { peerId, misbehaviour: 0, credit: 0, standing: 'good' as const, history: [] }
    this.known.set(peerId.toString(), { ...known, ...change })
  }
}

/** Connections that exist only for whoever asks who is connected. */
export class StubConnections {
  readonly events = new TypedEventEmitter<Libp2pEvents>()
  readonly #open = new Set<Connection>()

  get peers (): string[] {
    return [...new Set([...this.#open].map(({ remotePeer }) => remotePeer.toString()))]
  }

  getConnections (peerId?: PeerId): Connection[] {
    return [...this.#open].filter(({ remotePeer }) => peerId == null || remotePeer.equals(peerId))
  }

  open (remotePeer: PeerId, address: string, direction: 'inbound' | 'outbound' = 'inbound'): Connection {
    const connection = {
      remotePeer, remoteAddr: multiaddr(address), direction, status: 'open',
      abort: () => { this.close(connection) }
    } as unknown as Connection
    this.#open.add(connection)
    this.events.safeDispatchEvent('connection:open', { detail: connection })
    return connection
  }

  close (connection: Connection): void {
    this.#open.delete(connection)
    if (this.getConnections(connection.remotePeer).length === 0) this.events.safeDispatchEvent('peer:disconnect', { detail: connection.remotePeer })
  }
}

export interface OpenBans {
  bans: PeerBans
  clock: ManualClock
  datastore: Datastore
  scoring: StubScoring
  connections: StubConnections
  gater: ConnectionGater
  /** What was announced: `added <key>`, ... */
  events: string[]
  /** As after a restart of the program, with the same datastore and scoring. */
  reopen (init?: BansInit): Promise<OpenBans>
  stop (): Promise<void>
}

export interface OpenBansInit extends BansInit {
  clock?: ManualClock
  datastore?: Datastore
  scoring?: StubScoring | null
}

const EVENTS: Array<keyof BansEvents> = ['ban:added', 'ban:expired', 'ban:lifted', 'ban:displaced', 'ban:spared']

/** A started service among stubs, with a clock moved by hand. */
export async function openBans (init: OpenBansInit = {}): Promise<OpenBans> {
  const { clock = new ManualClock(START_MS), datastore = new MemoryDatastore(), scoring = new StubScoring(), ...rest } = init
  const connections = new StubConnections()
  const gater: ConnectionGater = {}
  const components: BansComponents & { scoring?: PeerScoring } = {
    peerId: SELF, connectionGater: gater, connectionManager: connections as unknown as ConnectionManager, datastore, events: connections.events, logger: defaultLogger(),
    ...(scoring == null ? {} : { scoring: scoring as unknown as PeerScoring })
  }
  const service = bans({ ...rest, clock })(components)
  const events: string[] = []
  for (const type of EVENTS) service.addEventListener(type, ({ detail }) => { events.push([type.slice(4), detail.key, ...'why' in detail ? [detail.why] : []].join(' ')) })
  await start(service)
  const close = async (): Promise<void> => { await stop(service) }
  return {
    bans: service, clock, datastore, scoring: scoring ?? new StubScoring(), connections, gater, events, stop: close,
    async reopen (changed = {}) {
      await close()
      return await openBans({ ...init, ...changed, clock, datastore, scoring })
    }
  }
}

/** Turns of the event loop: whatever was to be written in memory is. */
export async function settled (): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
}

export function inbound (address: string): MultiaddrConnection {
  return { remoteAddr: multiaddr(address) } as MultiaddrConnection
}

/** `openBans` for a suite: what a test has opened, or opened again, is stopped after it. */
export function openedBans (): typeof openBans {
  const opened: OpenBans[] = []
  const track = (one: OpenBans): OpenBans => {
    opened.push(one)
    return { ...one, reopen: async init => track(await one.reopen(init)) }
  }
  afterEach(async () => { for (const one of opened.splice(0)) await one.stop() })
  return async (init) => track(await openBans(init))
}

/** Has an id, a new one unless it is given, come from an address and misbehave until it is found banned. */
export function offenders (rng: Rng): (one: OpenBans, address: string, peerId?: PeerId) => Promise<PeerId> {
  return async ({ connections, scoring }, address, peerId = randomPeerId(rng)) => {
    connections.open(peerId, address)
    scoring.condemn(peerId)
    await settled()
    return peerId
  }
}
