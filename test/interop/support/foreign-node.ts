import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { eventually } from '../../support/eventually.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { ChildProcess } from 'node:child_process'

export type Transport = 'tcp' | 'ws'

export interface FailureTold { code: string, message: string }
/** What a call came to, as seen over there. */
export type Told<T> = { answer: T, failure?: undefined } | { failure: FailureTold, answer?: undefined }
export interface Items { items: unknown[], ended?: boolean, failure?: FailureTold }

interface Call { peer: string, protocol: string }

/** What a foreign node can be told to do: `do` -> what it needs, what it returns. */
interface Orders {
  connect: [{ addr: string }, null]
  disconnect: [{ peer: string }, null]
  ask: [Call & { request: unknown }, Told<unknown>]
  when: [Call & { seconds: number }, { seconds: number, nanos: number }]
  stream: [Call & { request: unknown, take?: number }, Items]
  /** All at once on one stream of many calls. */
  burst: [Call & { requests: unknown[] }, { answers: Array<Told<unknown>>, stream: string }]
  /** On a stream that is closed for writing at once. */
  once: [Call & { requests: unknown[] }, unknown[]]
  /** Leaves after a moment. */
  cancel: [Call & { request: unknown }, { cancelled: boolean, ended: boolean }]
  /** Exchanges signed records; resolves to what the one of the other side says. */
  introduce: [{ peer: string, network: string }, { status: number, network: string, peer: string, addrs: string[] }]
  /** A direct message; `again` sends the last one once more. Resolves to the receipt. */
  send: [{ peer: string, message: { event: string, payload: unknown, conversation?: string } | { again: true } }, { status: number, reason: string, retryAfterMs: number }]
  subscribe: [{ topic: string }, null]
  publish: [{ topic: string, text: string }, null]
  /** Seals a message to the owner of a mailbox, and leaves it there. */
  leave: [{ peer: string, message: { event: string, payload: unknown, owner: string } }, { status: number }]
  /** Has a mailbox keep messages for it. */
  register: [{ peer: string }, { status: number }]
  /** The first message that a mailbox has for it. */
  fetch: [{ peer: string }, null | { from: string, name: string, payload: unknown }]
  /** Tells of the broadcasts in a topic. */
  hear: [{ topic: string }, null]
  broadcast: [{ topic: string, request: unknown }, null]
  /** The peers to whom it would send what it publishes. */
  listening: [{ topic: string }, string[]]
}

export interface ForeignEvent extends Record<string, unknown> { event: string }
export interface GossipEvent extends ForeignEvent { event: 'gossip', topic: string, data: unknown, from: string }
export interface DirectEvent extends ForeignEvent { event: 'direct', from: string, name: string, payload: unknown, conversation: string, lane: string, seq: number }

type Reply = { id: number, result: unknown, error?: undefined } | { id: number, error: string, result?: undefined }

const READY_MS = 30_000
const KILL_AFTER_MS = 3_000

const alive = new Set<ForeignNode>()
process.once('exit', () => { for (const node of alive) node.kill() })

/** A libp2p node of another language in a process of its own, driven by lines of JSON. */
export class ForeignNode implements AsyncDisposable {
  readonly events: ForeignEvent[] = []
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #lastId = 0
  #stderr = ''

  private constructor (command: readonly string[]) {
    const [file = '', ...args] = command
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    alive.add(this)
    this.#ended = once(this.#child, 'close').finally(() => {
      alive.delete(this)
      for (const [id, reply] of this.#waiting) reply({ id, error: `it has ended: ${this.#stderr}` })
    })
    // an end that nobody waits for is told by whatever is asked next
    this.#ended.catch(() => {})
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.#stderr += text })
    createInterface({ input: this.#child.stdout! }).on('line', line => { this.#take(JSON.parse(line)) })
  }

  static async start (command: readonly string[]): Promise<ForeignNode> {
    const node = new ForeignNode(command)
    await eventually('the foreign node is ready, or has ended', () => node.#ready != null || !alive.has(node), READY_MS)
    if (node.#ready == null) throw new Error(`${command.join(' ')} has ended: ${node.#stderr}`)
    return node
  }

  get peerId (): PeerId {
    return peerIdFromString(String(this.#ready?.peer))
  }

  address (transport: Transport): Multiaddr {
    const addrs = this.#ready?.addrs as string[]
    return multiaddr(addrs.find(addr => addr.includes('/ws/') === (transport === 'ws')))
  }

  /** Rejects with what it says went wrong. */
  async order<Name extends keyof Orders> (name: Name, what: Orders[Name][0]): Promise<Orders[Name][1]> {
    const id = ++this.#lastId
    const reply = await new Promise<Reply>(resolve => {
      this.#waiting.set(id, resolve)
      if (alive.has(this)) this.#child.stdin?.write(`${JSON.stringify({ id, do: name, ...what })}\n`)
      else resolve({ id, error: `it has ended: ${this.#stderr}` })
    })
    this.#waiting.delete(id)
    if (reply.error != null) throw new Error(reply.error)
    return reply.result as Orders[Name][1]
  }

  /** What it was told in a topic, with its author. */
  gossip (topic: string): Array<{ data: unknown, from: string }> {
    return this.#eventsOf<GossipEvent>('gossip').filter(event => event.topic === topic).map(({ data, from }) => ({ data, from }))
  }

  /** The direct messages of an event that it was told. */
  direct (name: string): DirectEvent[] {
    return this.#eventsOf<DirectEvent>('direct').filter(event => event.name === name)
  }

  kill (): void {
    this.#child.kill('SIGKILL')
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    // it ends with its input; one that hangs is not waited for
    this.#child.stdin?.end()
    const timer = setTimeout(() => { this.kill() }, KILL_AFTER_MS)
    await this.#ended
    clearTimeout(timer)
  }

  #eventsOf<E extends ForeignEvent> (name: E['event']): E[] {
    return this.events.filter((event): event is E => event.event === name)
  }

  get #ready (): ForeignEvent | undefined {
    return this.events.find(({ event }) => event === 'ready')
  }

  #take (line: ForeignEvent | Reply): void {
    if ('event' in line) this.events.push(line)
    else this.#waiting.get(line.id)?.(line)
  }
}
