import type { Connection, Stream } from '@libp2p/interface'
import type { Rng } from '../../../src/util/rng.ts'

export interface FuzzInit {
  /** From bare libp2p; streams are spread over them. */
  connections: readonly Connection[]
  protocol: string
  /** How many are sent. A stream may carry several of them. */
  frames: number
  /** What is sent on the next stream, piece by piece. */
  next: () => Uint8Array[]
  rng: Rng
  /** Streams at a time. @default 64 */
  parallel?: number
}

const LIMIT_MS = 30_000

/** Sends what it is given on stream after stream: most are ended properly, some are reset, some left open for a while. Resolves to the number of frames. */
export async function fuzzStreams ({ connections, protocol, frames, next, rng, parallel = 64 }: FuzzInit): Promise<number> {
  let sent = 0
  let turn = 0
  const sender = async (): Promise<void> => {
    while (sent < frames) {
      const pieces = next()
      sent += pieces.length
      const connection = connections[turn++ % connections.length]!
      const stream = await connection.newStream(protocol, { negotiateFully: false, maxOutboundStreams: 10_000, signal: AbortSignal.timeout(LIMIT_MS) })
      await sendOn(stream, pieces, rng)
    }
  }
  await Promise.all(Array.from({ length: parallel }, sender))
  return sent
}

async function sendOn (stream: Stream, pieces: Uint8Array[], rng: Rng): Promise<void> {
  const ended = new Promise<void>(resolve => { stream.addEventListener('close', () => { resolve() }, { once: true }) })
  // read, and not looked at
  stream.addEventListener('message', () => {})
  try {
    for (const piece of pieces) stream.send(piece)
    const manner = rng.int(50)
    if (manner === 0) stream.abort(new Error('enough'))
    // left open: the victim has to end it
    if (manner === 1) return
    await stream.close({ signal: AbortSignal.timeout(LIMIT_MS) })
  } catch {
    // the victim may end a stream at any time
    stream.abort(new Error('cut off'))
  }
  if (stream.status === 'open' || stream.status === 'closing') await Promise.race([ended, new Promise(resolve => { setTimeout(resolve, LIMIT_MS).unref() })])
}
