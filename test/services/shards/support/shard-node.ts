import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { MemoryDatastore } from 'datastore-core'
import { loadFastGroup } from '../../../../src/crypto/threshold/fast-group.ts'
import { Assembly } from '../../../../src/services/shards/assembly.ts'
import { holdingOptions } from '../../../../src/services/shards/options.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { Answer, Signed } from '../../../../src/services/shards/pb/shards.ts'
import { Opinion } from '../../../support/protocol-nodes.ts'
import { Mortal } from './mortal.ts'
import { retold } from './lies.ts'
import { quietLog } from './quiet-log.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { OwnerKeySource, ShardsEvents, ShardsInit } from '../../../../src/services/shards/index.ts'
import type { Candidate, Peers } from '../../../../src/services/shards/parts.ts'
import type { Clock } from '../../../../src/util/clock.ts'
import type { Lie } from './lies.ts'
import type { MemoryLinks } from './memory-links.ts'

// as in a service that is used; test/crypto/threshold tries both
await loadFastGroup()

export interface ShardNodeInit extends Pick<ShardsInit, 'capacityBytes' | 'bytesPerOwner' | 'maxVaultsPerOwner' | 'maxVaults' | 'minIntervalMs'> {
  /** Of its key. */
  seed: number
  /** @default true */
  hold?: boolean
  /** @default none */
  ownerKey?: OwnerKeySource
  /** What it may fail together with. @default something of its own */
  domains?: string[]
}

/** What a node needs of the network that it is in. */
export interface Surroundings {
  links: MemoryLinks
  clock: Clock
  /** All nodes, dead ones too. */
  all: () => Iterable<ShardNode>
}

type EventName = keyof ShardsEvents
export type SeenEvent = { [K in EventName]: { type: K, detail: ShardsEvents[K]['detail'] } }[EventName]

/** One node of a network in memory: a disk and a key that stay, and a process that may die. */
export class ShardNode {
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
  readonly disk: Datastore = new MemoryDatastore()
  readonly opinion = new Opinion()
  readonly events: SeenEvent[] = []
  /** What it says instead of what is so. */
  lie?: Lie
  /** The run of its process, for `onWrite`. */
  run!: Mortal
  readonly #init: ShardNodeInit
  readonly #surroundings: Surroundings
  #assembly?: Assembly
  #runs = 0

  private constructor (privateKey: PrivateKey, init: ShardNodeInit, surroundings: Surroundings) {
    this.privateKey = privateKey
    this.peerId = peerIdFromPrivateKey(privateKey)
    this.#init = init
    this.#surroundings = surroundings
  }

  static async create (init: ShardNodeInit, surroundings: Surroundings): Promise<ShardNode> {
    const seed = new Uint8Array(32)
    new DataView(seed.buffer).setUint32(0, init.seed)
    return new ShardNode(await generateKeyPairFromSeed('Ed25519', seed), init, surroundings)
  }

  get alive (): boolean {
    return this.#assembly != null
  }

  get assembly (): Assembly {
    if (this.#assembly == null) throw new Error(`node ${this.#init.seed} does not run`)
    return this.#assembly
  }

  get id (): string {
    return this.peerId.toString()
  }

  get domains (): string[] {
    return this.#init.domains ?? [`ip:node-${this.#init.seed}`]
  }

  async start (): Promise<void> {
    if (this.alive) throw new Error(`node ${this.#init.seed} runs already`)
    const { links, clock } = this.#surroundings
    const { hold = true, ownerKey, seed, domains, ...limits } = this.#init
    const run = this.run = new Mortal(clock, this.disk)
    const sending = links.transportOf(this.peerId)
    const assembly = new Assembly({
      self: this.peerId,
      privateKey: this.privateKey,
      datastore: run.datastore,
      clock: run.clock,
      rng: seededRng(seed * 1_000 + this.#runs++),
      log: quietLog,
      scoring: () => this.opinion.scoring,
      transport: { send: async (peer, frame, options) => await run.living(() => sending.send(peer, frame, options)) },
      peers: this.#peers(),
      ownerKey,
      ...hold ? { holding: holdingOptions({ minIntervalMs: 1_000, ...limits }) } : {},
      listeners: async () => this.#others().filter(({ peerId }) => links.reaches(this.peerId, peerId)).map(({ peerId }) => peerId),
      tell: async (peer, evidence, signal) => { await run.living(() => links.tell(this.peerId, peer, evidence, signal)) },
      knows: () => true,
      emit: (type, detail) => { if (!run.dead) this.events.push({ type, detail } as SeenEvent) }
    })
    await assembly.load()
    links.attach(this.peerId, {
      receive: async (from, frame) => {
        const answer = await run.living(async () => await assembly.receive(from, frame))
        return this.lie == null ? answer : await retold(answer, this.lie, this.privateKey, { Answer, Signed })
      },
      told: async (from, bytes) => { await run.living(() => assembly.informer.receive(from, bytes)) }
    })
    assembly.start()
    this.#assembly = assembly
  }

  /** As by SIGTERM. */
  async stop (): Promise<void> {
    const { assembly } = this
    this.#assembly = undefined
    await assembly.stop()
    this.#surroundings.links.detach(this.peerId)
    this.run.die()
  }

  /** As by `kill -9`: nothing is written from now on, the disk stays as it is. */
  kill (): void {
    this.run.die()
    this.#assembly = undefined
    this.#surroundings.links.detach(this.peerId)
  }

  #others (): ShardNode[] {
    return [...this.#surroundings.all()].filter(node => node !== this)
  }

  #peers (): Peers {
    const { links } = this.#surroundings
    const candidates = async (): Promise<Candidate[]> => this.#others().filter(node => node.#init.hold !== false && !this.opinion.discouraged.has(node.id) && !this.opinion.banned.has(node.id)).map(node => ({
      peerId: node.peerId,
      quality: 50,
      latencyMs: 20,
      knownMs: 86_400_000,
      domains: node.domains,
      connected: links.reaches(this.peerId, node.peerId)
    })).sort((a, b) => Number(b.connected) - Number(a.connected))
    return {
      candidates,
      providers: async function * () {}
    }
  }
}
