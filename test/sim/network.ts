import { performance } from 'node:perf_hooks'
import { ManualClock } from '../support/manual-clock.ts'
import { SimNode } from './sim-node.ts'
import type { Graph } from '../support/graph.ts'

/** Virtual time moves by this much, then everything that is under way comes to rest. */
const STEP_MS = 100
/** While this share of real time is spent computing, something is still under way. */
const BUSY_SHARE = 0.3
/** Messages that cross at rest are gone within this. */
const REST_MS = 2
const MAX_SETTLE_MS = 20_000

let networks = 0

/**
 * Many real nodes in this process. Virtual time stands still while real work (handshakes, streams) is done, so that an
 * exchange takes no virtual time, however slow the machine: what is simulated is a network of instant links, and virtual
 * seconds are what the services wait for on purpose (beats, backoff, intervals). Chance is seeded; only the order in which
 * concurrent handshakes end is the machine's.
 */
export class SimNetwork {
  readonly clock = new ManualClock(Date.UTC(2025, 0, 1))
  readonly nodes: SimNode[] = []
  readonly #seed: number
  readonly #name = `sim${networks++}`
  readonly #trust: boolean
  #isDown = false

  /** @param options - `trust`: with scoring and bans */
  constructor (seed: number, { trust = false }: { trust?: boolean } = {}) {
    this.#seed = seed
    this.#trust = trust
  }

  get alive (): SimNode[] {
    return this.nodes.filter(({ alive }) => alive)
  }

  /** Starts a node that knows these. */
  async join (...via: SimNode[]): Promise<SimNode> {
    return await this.#add(via, [])
  }

  /** Starts a node that knows `via`, and keeps a connection to `friend` for ever. */
  async befriend (friend: SimNode, ...via: SimNode[]): Promise<SimNode> {
    return await this.#add(via, [friend])
  }

  async revive (node: SimNode): Promise<void> {
    await this.#during(node.revive())
  }

  /** Every link is dead, and none comes about until `heal`. */
  cut (): void {
    this.#isDown = true
    for (const { libp2p } of this.alive) {
      for (const connection of libp2p.getConnections()) connection.abort(new Error('the link is down'))
    }
  }

  heal (): void {
    this.#isDown = false
  }

  async die (nodes: SimNode[]): Promise<void> {
    await this.#during(Promise.all(nodes.map(async node => node.die())))
  }

  async stop (): Promise<void> {
    await this.#during(Promise.all(this.alive.map(async node => node.stop())))
  }

  /** Lets virtual time pass, until the condition holds if there is one. Resolves to the milliseconds passed, undefined when the condition never held. */
  async run (ms: number, until?: () => boolean): Promise<number | undefined> {
    const startMs = this.clock.monotonic()
    const passedMs = (): number => this.clock.monotonic() - startMs
    await this.#settle()
    for (;;) {
      if (until?.() === true) return passedMs()
      if (passedMs() >= ms) return until == null ? ms : undefined
      this.clock.advance(Math.min(STEP_MS, ms - passedMs()))
      await this.#settle()
    }
  }

  links (): Graph {
    return new Map(this.alive.map(node => [node.id, node.connected()]))
  }

  known (): Graph {
    return new Map(this.alive.map(node => [node.id, node.known()]))
  }

  async #add (via: SimNode[], peers: SimNode[]): Promise<SimNode> {
    const index = this.nodes.length
    const node = await SimNode.create({
      name: `${this.#name}-${index}`,
      seed: this.#seed * 1_000 + index,
      clock: this.clock,
      bootstrap: via.map(({ multiaddr }) => multiaddr),
      peers: peers.map(({ multiaddr }) => multiaddr),
      trust: this.#trust,
      isCutOff: () => this.#isDown
    })
    this.nodes.push(node)
    await this.#during(Promise.resolve(node.libp2p.start()))
    return node
  }

  /** Waits for a promise that may itself wait for virtual time. */
  async #during<T> (promise: Promise<T>): Promise<T> {
    const state = { done: false }
    const finish = (): void => { state.done = true }
    promise.then(finish, finish)
    await this.#settle()
    while (!state.done) {
      this.clock.advance(STEP_MS)
      await this.#settle()
    }
    return promise
  }

  /** Returns when nobody is dialling and this process has nothing to compute. */
  async #settle (): Promise<void> {
    const startMs = performance.now()
    for (;;) {
      const before = performance.eventLoopUtilization()
      await new Promise(resolve => { setTimeout(resolve, REST_MS) })
      const idle = performance.eventLoopUtilization(before).utilization < BUSY_SHARE
      if (idle && this.alive.every(({ dialing }) => dialing === 0)) return
      if (performance.now() - startMs > MAX_SETTLE_MS) throw new Error(`the nodes did not come to rest in ${MAX_SETTLE_MS / 1000} s`)
    }
  }
}
