import { once } from 'node:events'
import { createServer } from 'node:net'
import { systemRng } from '../../src/util/rng.ts'

// below those that systems hand out for outgoing connections, so that nobody takes one while its owner is away
const FROM = 20_000
const TO = 32_000
const MAX_TRIES = 50

/** The first of `count` consecutive TCP ports of 127.0.0.1 that nobody listens on. */
export async function freePorts (count: number): Promise<number> {
  for (let i = 0; i < MAX_TRIES; i++) {
    const first = FROM + systemRng.int(TO - FROM - count)
    const free = await Promise.all(Array.from({ length: count }, async (_, j) => await isFree(first + j)))
    if (free.every(Boolean)) return first
  }
  throw new Error(`no ${count} consecutive ports are free between ${FROM} and ${TO}`)
}

async function isFree (port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw err
  }
}
