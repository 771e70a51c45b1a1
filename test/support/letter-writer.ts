/**
 * A program for tests to kill: a node in `<dir>` that listens on `<port>`, sends what it is told to on stdin, a line each, and
 * says on stdout, a line of JSON each, what has become of it and what arrives.
 *
 *     dial <multiaddr>
 *     send <peer id> <first> <count>
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { multiaddr } from '@multiformats/multiaddr'
import { createAppNode } from '../../src/index.ts'

export interface LetterLine {
  /** It runs, at this address, with so many messages in its outbox. */
  ready?: { address: string, peerId: string, outbox: number }
  dialled?: string
  /** `send` resolved. */
  sent?: number
  delivered?: number
  /** Arrived. */
  got?: number
}

const EVENT = 'story'
const encoder = new TextEncoder()

async function main (dir: string, port: number): Promise<void> {
  const node = await createAppNode({
    start: false,
    dataDir: dir,
    listen: [`/ip4/127.0.0.1/tcp/${port}`],
    mdns: false,
    presence: false,
    dht: { mode: 'off' },
    messaging: { minRetryMs: 200, maxRetryMs: 2_000 }
  })
  const { messaging } = node.services
  messaging.on<number>(EVENT, { '~standard': { version: 1, vendor: 'test', validate: value => typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] } } }, n => { say({ got: n }) })
  await node.start()
  say({ ready: { address: String(node.getMultiaddrs()[0]), peerId: node.peerId.toString(), outbox: messaging.outbox().length } })
  process.on('SIGTERM', () => { node.stop().then(() => process.exit(0), fail) })
  createInterface({ input: process.stdin }).on('line', line => {
    const [word, target = '', first, count] = line.split(' ')
    if (word === 'dial') node.dial(multiaddr(target)).then(() => { say({ dialled: target }) }, fail)
    if (word === 'send') for (let n = Number(first); n < Number(first) + Number(count); n++) send(target, n).catch(fail)
  })

  async function send (peer: string, n: number): Promise<void> {
    const { delivered } = await messaging.send(peer, EVENT, n)
    say({ sent: n })
    delivered.then(() => { say({ delivered: n }) }, () => {})
  }
}

function say (line: LetterLine): void {
  // synchronous: a line that was said is in the pipe before anything else happens
  for (let left = encoder.encode(`${JSON.stringify(line)}\n`); left.byteLength > 0;) {
    try {
      left = left.subarray(writeSync(1, left))
    } catch (err) {
      // the pipe is full
      if ((err as NodeJS.ErrnoException).code !== 'EAGAIN') throw err
    }
  }
}

function fail (err: unknown): void {
  writeSync(2, `${err instanceof Error ? err.stack : String(err)}\n`)
  process.exit(1)
}

main(process.argv[2] as string, Number(process.argv[3])).catch(fail)
