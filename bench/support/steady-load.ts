import { Agent, get } from 'node:http'
import { pause } from './wait.ts'

export interface SteadyLoad {
  url: string
  headers: Record<string, string>
  /** Connections that are kept. */
  connections: number
  perSecond: number
  seconds: number
}

/** Asks so often, evenly: autocannon with a rate asks for a second's worth at once. `failed`: not answered with 200. */
export async function steadyLoad ({ url, headers, connections, perSecond, seconds }: SteadyLoad): Promise<{ perSecond: number, failed: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' })
  const startMs = performance.now()
  const asked: Array<Promise<boolean>> = []
  for (;;) {
    const passedMs = performance.now() - startMs
    if (passedMs >= seconds * 1_000) break
    while (asked.length < passedMs * perSecond / 1_000) asked.push(isAnswered(url, headers, agent))
    await pause(1)
  }
  const failed = (await Promise.all(asked)).filter(answered => !answered).length
  agent.destroy()
  return { perSecond: (asked.length - failed) * 1_000 / (performance.now() - startMs), failed }
}

async function isAnswered (url: string, headers: Record<string, string>, agent: Agent): Promise<boolean> {
  return await new Promise(resolve => {
    get(url, { headers, agent }, response => {
      response.resume()
      response.on('end', () => { resolve(response.statusCode === 200) })
      response.on('error', () => { resolve(false) })
    }).on('error', () => { resolve(false) })
  })
}
