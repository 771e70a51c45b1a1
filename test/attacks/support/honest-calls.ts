import { eventually } from '../../support/eventually.ts'
import { plainFrame } from './call-frames.ts'
import type { Connection } from '@libp2p/interface'

export interface HonestCalls {
  answered: number
  /** In words. */
  failures: string[]
  slowestMs: number
}

const LIMIT_MS = 10_000
const EVERY_MS = 50

/** One call, as a node of any language makes it: resolves to the bytes of the answer behind their length. */
export async function callPlainly (connection: Connection, protocol: string, message: Uint8Array, signal = AbortSignal.timeout(LIMIT_MS)): Promise<Uint8Array> {
  const stream = await connection.newStream(protocol, { signal })
  try {
    stream.send(plainFrame(message))
    await stream.close({ signal })
    const pieces: Uint8Array[] = []
    signal.addEventListener('abort', () => { stream.abort(new Error('no answer in time')) })
    for await (const piece of stream) pieces.push(piece.subarray())
    return Uint8Array.from(Buffer.concat(pieces))
  } catch (err) {
    stream.abort(err as Error)
    throw err
  }
}

export interface HonestCaller {
  /** Resolves when so many more calls have ended, well or not: an attack has had that long. */
  more (count: number): Promise<void>
  stop (): Promise<HonestCalls>
}

/** Calls again and again until it is stopped, and looks whether the answer is right. */
export function callHonestly (connection: Connection, protocol: string, next: () => Uint8Array, isRight: (answer: Uint8Array) => boolean): HonestCaller {
  const calls: HonestCalls = { answered: 0, failures: [], slowestMs: 0 }
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const startMs = performance.now()
      try {
        const answer = await callPlainly(connection, protocol, next())
        if (isRight(answer)) calls.answered++
        else calls.failures.push(`a wrong answer: ${Buffer.from(answer).toString('latin1')}`)
      } catch (err) {
        calls.failures.push(String(err))
      }
      calls.slowestMs = Math.max(calls.slowestMs, performance.now() - startMs)
      await new Promise(resolve => { setTimeout(resolve, EVERY_MS) })
    }
  })()
  const ended = (): number => calls.answered + calls.failures.length
  return {
    async more (count) {
      const enough = ended() + count
      await eventually(`${count} more honest calls`, () => ended() >= enough, count * (LIMIT_MS + EVERY_MS))
    },
    async stop () {
      stopping.abort()
      await running
      return calls
    }
  }
}
