import { createAppNode } from '../../dist/index.js'
import { NeutralScoring, NoBans, NoGossipGuard } from './neutral.ts'
import { quantile } from './stats.ts'
import { pause, within } from './wait.ts'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import type { GossipSub } from '@libp2p/gossipsub'

// the router's table, which the interface does not show
type Node = Libp2p<{ pubsub: GossipSub & { mesh: Map<string, Set<string>> } }>

const NODES = 5
const PROTOCOL = '/bench/echo/1.0.0'
const TOPIC = 'bench'
const REQUEST = new Uint8Array(100).fill(7)
const CONCURRENCY = 16
const MESSAGE_BYTES = 1_024
const MESSAGES_PER_SECOND = 20
const LATE_MS = 2_000

/** Five nodes in this process, all connected, that ask each other and gossip. */
export class Arm {
  readonly name: string
  readonly #nodes: Node[]
  #published = 0

  private constructor (name: string, nodes: Node[]) {
    this.name = name
    this.#nodes = nodes
  }

  /** With scoring, bans and gossip guard, or with what does nothing in their place. */
  static async start (name: string, guarded: boolean): Promise<Arm> {
    const neutral = { scoring: () => new NeutralScoring(), bans: () => new NoBans(), gossipGuard: () => new NoGossipGuard() }
    const nodes: Node[] = []
    for (let i = 0; i < NODES; i++) {
      const node = await createAppNode({ listen: ['/ip4/127.0.0.1/tcp/0'], presence: false, dht: { mode: 'off' }, ...guarded ? {} : { services: neutral } }) as unknown as Node
      nodes.push(node)
      await node.handle(PROTOCOL, echo)
      node.services.pubsub.subscribe(TOPIC)
      for (const other of nodes.slice(0, -1)) await node.dial(other.getMultiaddrs())
    }
    const arm = new Arm(name, nodes)
    await within(20_000, 'the gossip mesh', arm.#meshed())
    return arm
  }

  /** New streams one after the other, 16 at a time, each with a request and its echo. */
  async requestsPerSecond (seconds: number): Promise<number> {
    const [client, server] = this.#nodes as [Node, Node]
    const connection = client.getConnections(server.peerId)[0] as Connection
    const untilMs = performance.now() + seconds * 1_000
    const startMs = performance.now()
    let done = 0
    await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() < untilMs) {
        await ask(await connection.newStream(PROTOCOL))
        done++
      }
    }))
    return done * 1_000 / (performance.now() - startMs)
  }

  /** One publishes, the others listen: how late 95 of 100 arrive, and which share does. */
  async gossip (seconds: number): Promise<{ p95Ms: number, delivered: number }> {
    const [publisher, ...listeners] = this.#nodes as [Node, ...Node[]]
    const count = Math.ceil(seconds * MESSAGES_PER_SECOND)
    const first = this.#published
    this.#published += count
    const sentMs: number[] = []
    const latencies: number[] = []
    const take = ({ detail }: CustomEvent<{ topic: string, data: Uint8Array }>): void => {
      const index = new DataView(detail.data.buffer, detail.data.byteOffset).getUint32(0) - first
      if (detail.topic === TOPIC && sentMs[index] != null) latencies.push(performance.now() - sentMs[index])
    }
    for (const { services } of listeners) services.pubsub.addEventListener('message', take)
    for (let i = 0; i < count; i++) {
      const data = new Uint8Array(MESSAGE_BYTES)
      new DataView(data.buffer).setUint32(0, first + i)
      sentMs[i] = performance.now()
      await publisher.services.pubsub.publish(TOPIC, data)
      await pause(1_000 / MESSAGES_PER_SECOND)
    }
    const expected = count * listeners.length
    for (const lateMs = performance.now() + LATE_MS; latencies.length < expected && performance.now() < lateMs;) await pause(10)
    for (const { services } of listeners) services.pubsub.removeEventListener('message', take)
    return { p95Ms: quantile(latencies, 0.95), delivered: latencies.length / expected }
  }

  async stop (): Promise<void> {
    await Promise.all(this.#nodes.map(async node => node.stop()))
  }

  async #meshed (): Promise<void> {
    while (!this.#nodes.every(({ services }) => (services.pubsub.mesh.get(TOPIC)?.size ?? 0) >= NODES - 2)) await pause(50)
  }
}

async function echo (stream: Stream): Promise<void> {
  for await (const chunk of stream) stream.send(chunk)
  await stream.close()
}

async function ask (stream: Stream): Promise<void> {
  stream.send(REQUEST)
  await stream.close()
  let bytes = 0
  for await (const chunk of stream) bytes += chunk.byteLength
  if (bytes !== REQUEST.byteLength) throw new Error(`${bytes} bytes came back`)
}
