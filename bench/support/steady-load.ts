import { once } from 'node:events'
import { connect } from 'node:net'
import { pause } from './wait.ts'
import type { Socket } from 'node:net'

export interface SteadyLoad {
  url: string
  headers: Record<string, string>
  /** That ask one thing after the other. */
  connections: number
  perSecond: number
  seconds: number
}

/**
 * Asks so often, evenly, as autocannon does not: with a rate that asks for a second's worth at once. It looks at no more of an answer
 * than its length, so that the processor is left to the server. `failed`: not answered with 200.
 */
export async function steadyLoad ({ url, headers, connections, perSecond, seconds }: SteadyLoad): Promise<{ perSecond: number, failed: number }> {
  const { hostname, port, host, pathname } = new URL(url)
  const request = [`GET ${pathname} HTTP/1.1`, `host: ${host}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
  const askers = await Promise.all(Array.from({ length: connections }, async () => {
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    return new Asker(socket, request)
  }))
  const free = [...askers]
  const startMs = performance.now()
  let [asked, done, failed] = [0, 0, 0]
  for (;;) {
    const passedMs = Math.min(performance.now() - startMs, seconds * 1_000)
    while (free.length > 0 && asked < Math.floor(passedMs * perSecond / 1_000)) {
      asked++
      const asker = free.pop()!
      asker.ask((answered) => {
        done++
        if (!answered) failed++
        if (!asker.socket.destroyed) free.push(asker)
      })
    }
    if (passedMs === seconds * 1_000 && done === asked) break
    await pause(1)
  }
  for (const { socket } of askers) socket.destroy()
  return { perSecond: (done - failed) * 1_000 / (performance.now() - startMs), failed }
}

/** One connection. */
class Asker {
  readonly socket: Socket
  readonly #request: string
  #tell: (answered: boolean) => void = () => {}
  #head = ''
  #left = 0

  constructor (socket: Socket, request: string) {
    this.socket = socket
    this.#request = request
    socket.on('data', bytes => { this.#take(bytes) })
    socket.on('close', () => { this.#tell(false) })
    socket.on('error', () => {})
  }

  /** Not while it waits for an answer. */
  ask (tell: (answered: boolean) => void): void {
    this.#tell = tell
    this.socket.write(this.#request)
  }

  #take (bytes: Buffer): void {
    let size = bytes.length
    if (this.#left === 0) {
      const end = bytes.indexOf('\r\n\r\n')
      this.#head = bytes.toString('latin1', 0, end)
      this.#left = Number(/^content-length: (\d+)$/im.exec(this.#head)?.[1])
      size -= end + 4
    }
    this.#left -= size
    if (this.#left === 0) this.#tell(this.#head.startsWith('HTTP/1.1 200 '))
  }
}
