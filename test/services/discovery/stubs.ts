import { generateKeyPair } from '@libp2p/crypto/keys'
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { TypedEventEmitter } from 'main-event'
import { seededRng } from '../../../src/util/rng.ts'
import { sleep, systemClock } from '../../../src/util/clock.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { BookEntry, LearnedPeer } from '../../../src/services/address-book/index.ts'
import type { DiscoveryComponents, Sighting, SourceContext } from '../../../src/services/discovery/index.ts'
import type { PoolEvents, PoolState } from '../../../src/services/pool/index.ts'
import type { Clock } from '../../../src/util/clock.ts'

export async function newPeerId (): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
}

/** A peer id as text. */
export async function newPeer (): Promise<string> {
  return (await newPeerId()).toString()
}

/** A pool that wants as many as it is told to, and leaves what a dial does to the test. */
export class StubPool extends TypedEventEmitter<PoolEvents> {
  state: PoolState = 'connected'
  wants = 1
  readonly dialled: string[][] = []
  onDial: (multiaddrs: Multiaddr[], signal: AbortSignal) => Promise<Connection> = async () => { throw new Error('nobody there') }

  wanted (): number {
    return this.wants
  }

  async dial (multiaddrs: Multiaddr[], { signal }: { signal: AbortSignal }): Promise<Connection> {
    this.dialled.push(multiaddrs.map(String))
    return this.onDial(multiaddrs, signal)
  }
}

export class StubBook {
  readonly learned: LearnedPeer[] = []

  add (learned: LearnedPeer): string {
    this.learned.push(learned)
    return 'added'
  }

  get (peerId: PeerId): Partial<BookEntry> | undefined {
    return this.learned.find(entry => entry.peerId.equals(peerId))
  }
}

export interface StubComponents extends DiscoveryComponents {
  pool: DiscoveryComponents['pool'] & StubPool
  addressBook: DiscoveryComponents['addressBook'] & StubBook
}

/** What discovery may ask for; the node has no connections and listens nowhere unless the test says so. */
export async function stubComponents (more: object = {}): Promise<StubComponents> {
  return {
    peerId: await newPeerId(),
    pool: new StubPool(),
    addressBook: new StubBook(),
    addressManager: { getAddresses: () => [], getListenAddrs: () => [] },
    connectionManager: { getConnections: () => [] },
    events: new TypedEventEmitter(),
    logger: defaultLogger(),
    ...more
  } as unknown as StubComponents
}

/** A context in which peers are always wanted, until `stop`. */
export function sourceContext (clock: Clock = systemClock): { context: SourceContext, stop (): void } {
  const controller = new AbortController()
  return {
    context: {
      signal: controller.signal,
      clock,
      rng: seededRng(1),
      log: defaultLogger().forComponent('test:discovery'),
      async wanted () { controller.signal.throwIfAborted() },
      pause: async ms => sleep(clock, ms, controller.signal)
    },
    stop: () => { controller.abort() }
  }
}

/** Sightings as text: `<peer> @ <addresses>`. */
export function text ({ peerId, multiaddrs }: Sighting): string {
  return `${peerId?.toString() ?? '?'} @ ${multiaddrs.join(' ')}`
}
