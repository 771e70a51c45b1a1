import { seededRng } from '../../../../src/util/rng.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { START_MS } from '../../../support/open-book.ts'
import { MemoryLinks } from './memory-links.ts'
import { ShardNode } from './shard-node.ts'
import type { OwnerKeySource } from '../../../../src/services/shards/index.ts'
import type { LinksInit } from './memory-links.ts'
import type { ShardNodeInit } from './shard-node.ts'

export interface NetworkInit extends Pick<LinksInit, 'latencyMs' | 'loss'> {
  /** @default 1 */
  seed?: number
  /** Nodes that hold shares, started. @default 5 */
  holders?: number
  /** Of every holder. */
  holding?: Omit<ShardNodeInit, 'seed'>
}

const STEP_MS = 10
/** Of real time: whatever it waits for will not come. */
const REAL_LIMIT_MS = 60_000

/**
 * Many nodes with shards in one process, over links in memory and a clock that only moves while somebody waits: for something, with
 * `until`, or for time to pass, with `pass`. All chance is seeded.
 */
export class ShardNetwork implements AsyncDisposable {
  readonly clock = new ManualClock(START_MS)
  readonly links: MemoryLinks
  readonly nodes: ShardNode[] = []
  #seeds: number

  private constructor ({ seed = 1, latencyMs, loss }: NetworkInit) {
    this.#seeds = seed * 1_000
    this.links = new MemoryLinks({ clock: this.clock, rng: seededRng(seed), latencyMs, loss })
  }

  static async create (init: NetworkInit = {}): Promise<ShardNetwork> {
    const network = new ShardNetwork(init)
    for (let i = 0; i < (init.holders ?? 5); i++) await network.add(init.holding)
    return network
  }

  /** One more, started. */
  async add (init: Partial<ShardNodeInit> = {}): Promise<ShardNode> {
    const node = await ShardNode.create({ seed: this.#seeds++, ...init }, { links: this.links, clock: this.clock, all: () => this.nodes })
    this.nodes.push(node)
    await node.start()
    return node
  }

  /** A node that holds nothing and owns what it stores. */
  async addOwner (init: Partial<ShardNodeInit> = {}): Promise<ShardNode> {
    return await this.add({ hold: false, ownerKey: await this.ownerKey(), ...init })
  }

  /** A new key as a file would give it: whoever is given the same has the same vaults. */
  async ownerKey (): Promise<OwnerKeySource> {
    const { privateKey } = await ShardNode.create({ seed: 5_000_000 + this.#seeds++ }, { links: this.links, clock: this.clock, all: () => [] })
    return { load: async () => privateKey, create: async () => privateKey }
  }

  node (peer: { toString (): string }): ShardNode {
    const found = this.nodes.find(({ id }) => id === peer.toString())
    if (found == null) throw new Error(`${peer.toString()} is not of this network`)
    return found
  }

  get living (): ShardNode[] {
    return this.nodes.filter(({ alive }) => alive)
  }

  /** Lets time pass until it is there. */
  async until<T> (work: Promise<T>): Promise<T> {
    const state = { settled: false }
    const done = (): void => { state.settled = true }
    work.then(done, done)
    const limitMs = performance.now() + REAL_LIMIT_MS
    while (!state.settled) {
      if (performance.now() > limitMs) throw new Error(`not within ${REAL_LIMIT_MS} ms, at ${this.clock.now() - START_MS} ms of simulated time`)
      await this.clock.advanceAsync(STEP_MS, STEP_MS)
    }
    return await work
  }

  /** Lets time pass until it is so; throws after so much of it. */
  async becomes (what: string, check: () => boolean, limitMs: number): Promise<number> {
    const startMs = this.clock.monotonic()
    while (!check()) {
      if (this.clock.monotonic() - startMs > limitMs) throw new Error(`not within ${limitMs} ms of simulated time: ${what}`)
      await this.clock.advanceAsync(STEP_MS, STEP_MS)
    }
    return this.clock.monotonic() - startMs
  }

  /** Steps of more than a frame takes are for long times in which nothing much happens. */
  async pass (ms: number, stepMs = STEP_MS): Promise<void> {
    await this.clock.advanceAsync(ms, stepMs)
  }

  /** Stops all that live. */
  async [Symbol.asyncDispose] (): Promise<void> {
    await this.until(Promise.all(this.living.map(async node => { await node.stop() })))
  }
}
