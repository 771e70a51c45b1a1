import { yamux } from '@chainsafe/libp2p-yamux'
import { gatheringMuxer } from '../../src/platform/gathering-muxer.ts'
import { strictMuxer } from '../../src/platform/strict-muxer.ts'
import { yamuxWithWindows } from '../../src/platform/yamux-windows.ts'
import { ScriptedConnection } from './scripted-connection.ts'
import { FLAG, framesOf, HEADER_BYTES, TYPE } from './yamux-frames.ts'
import type { Stream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

export type Use = 'close' | 'abort' | 'pause' | 'resume'

/** One thing that happens: to the muxer, or by whoever uses its streams. `stream` counts them as they were opened; one that is not there is left alone. */
export type Step =
  | { what: 'receive', bytes: Uint8Array }
  | { what: 'send', stream: number, bytes: Uint8Array }
  | { what: Use, stream: number }
  | { what: 'open' | 'turn' | 'fill' | 'drain' | 'end' }

export interface SeenStream {
  id: string
  direction: string
  received: string
  /** What its reader and writer were told. */
  told: string[]
}

export interface Seen {
  streams: SeenStream[]
  /** Why streams were not opened. */
  refusals: string[]
  muxer: string
  connection: string
  ends: string[]
  /** What the other side is sent: data and flags by stream, the rest in order. Of windows, only what else they say. */
  sent: Record<string, string[]>
}

export const MUXERS: Record<'ours' | 'stock', () => StreamMuxerFactory> = {
  ours: () => gatheringMuxer(strictMuxer(yamuxWithWindows()))({}),
  stock: () => yamux()()
}

const MANY_TURNS = 4
const MAX_TURNS = 10_000
export const turn = async (): Promise<void> => { await new Promise(resolve => setImmediate(resolve)) }

/** A muxer over a connection that the test writes and reads. Disposed of, its timers are gone. */
export class PlayedMuxer {
  readonly connection: ScriptedConnection
  readonly muxer: StreamMuxer
  readonly streams: Stream[] = []
  readonly #seen: SeenStream[] = []
  readonly #refusals: string[] = []

  constructor (kind: keyof typeof MUXERS, direction: 'inbound' | 'outbound' = 'inbound') {
    this.connection = new ScriptedConnection(direction)
    this.muxer = MUXERS[kind]().createStreamMuxer(this.connection)
    this.muxer.addEventListener('stream', ({ detail }) => { this.#watch(detail) })
  }

  async open (): Promise<Stream> {
    const stream = await this.muxer.createStream()
    this.#watch(stream)
    return stream
  }

  /** Begins when the muxer has asked for its first round trip: an answer before that is nobody's. */
  async play (steps: readonly Step[]): Promise<Seen> {
    for (let turns = 0; this.connection.writes.length === 0; turns++) {
      if (turns > MAX_TURNS) throw new Error('the muxer asks for no round trip')
      await turn()
    }
    for (const step of steps) await this.#take(step)
    this.connection.drain()
    for (let i = 0; i < MANY_TURNS; i++) await turn()
    return this.seen()
  }

  seen (): Seen {
    const { status, ends, written } = this.connection
    return { streams: this.#seen, refusals: this.#refusals, muxer: this.muxer.status, connection: status, ends, sent: sentOf(written) }
  }

  /** Of the frame that is not whole yet; 0 when there is none, or not even its header. */
  get awaitedBytes (): number {
    const { buffer } = (this.muxer as unknown as { decoder: { buffer: Uint8ArrayList } }).decoder
    return buffer.byteLength < HEADER_BYTES ? 0 : buffer.getUint32(HEADER_BYTES - 4)
  }

  /** In which it has what came of that frame. */
  get pieces (): number {
    return [...(this.muxer as unknown as { decoder: { buffer: Uint8ArrayList } }).decoder.buffer].length
  }

  [Symbol.dispose] (): void {
    this.muxer.abort(new Error('over'))
    this.connection.abort(new Error('over'))
  }

  async #take (step: Step): Promise<void> {
    const stream = 'stream' in step ? this.streams[step.stream] : undefined
    try {
      switch (step.what) {
        case 'receive': if (this.connection.status === 'open') this.connection.receive(step.bytes); return
        case 'open': await this.open(); return
        case 'turn': await turn(); return
        case 'fill': this.connection.isTaking = false; return
        case 'drain': this.connection.drain(); return
        case 'end': await this.muxer.close({ signal: AbortSignal.timeout(1_000) }); return
        case 'send': stream?.send(step.bytes); return
        // it waits for room, which is given later
        case 'close': stream?.close().catch((err: Error) => { this.#tell(stream, err) }); return
        case 'abort': stream?.abort(new Error('enough')); return
        case 'pause': case 'resume': stream?.[step.what]()
      }
    } catch (err) {
      if (stream == null) this.#refusals.push((err as Error).name)
      else this.#tell(stream, err as Error)
    }
  }

  #tell (stream: Stream, { name }: Error): void {
    this.#seen[this.streams.indexOf(stream)]?.told.push(name)
  }

  #watch (stream: Stream): void {
    const seen: SeenStream = { id: stream.id, direction: stream.direction, received: '', told: [] }
    this.streams.push(stream)
    this.#seen.push(seen)
    stream.addEventListener('message', ({ data }) => { seen.received += Buffer.from(data.subarray()).toString('hex') })
    stream.addEventListener('remoteCloseWrite', () => { seen.told.push('no more comes') })
    stream.addEventListener('close', ({ error }) => { seen.told.push(error == null ? 'closed' : `closed: ${error.name}`) })
  }
}

function sentOf (written: Uint8Array): Record<string, string[]> {
  const sent: Record<string, string[]> = {}
  for (const { type, flags, stream, length, data } of framesOf(written)) {
    const list = sent[stream] ??= []
    // its own round trips are the muxer's affair
    if (type === TYPE.ping && flags === FLAG.syn || type === TYPE.window && flags === 0) continue
    if (type === TYPE.ping) list.push(`answer ${length}`)
    else if (type === TYPE.goAway) list.push(`go away ${length}`)
    else {
      if (flags !== 0) list.push(`flags ${flags}`)
      if (data == null || data.length === 0) continue
      const text = Buffer.from(data).toString('hex')
      if (list.at(-1)?.startsWith('data') === true) list.push(`${list.pop() as string}${text}`)
      else list.push(`data ${text}`)
    }
  }
  return sent
}
