import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { within } from './wait.ts'

export interface PigeonInit {
  nodes: number
  /** Said in turns by the nodes. */
  messages: number
  perSecond: number
  /** Of each message. */
  bytes: number
}

export interface PigeonRun {
  /** Neighbours of each, as they came about. */
  degrees: number[]
  /** Share of what everybody else should have heard. */
  delivered: number
  heardTwice: number
  p50Ms: number
  p95Ms: number
  /** Of the one process with all nodes, user and system, for a message. */
  cpuMs: number
}

const LIMIT_MS = 120_000
const HOST = fileURLToPath(new URL('pigeon-host.ts', import.meta.url))
/** A network of its loopback only: where there is more, WebRTC asks servers on the internet for its address, and 10 nodes want over 20,000 files. */
const ALONE = ['--net', '--map-root-user', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']

/**
 * A network of peerpigeon nodes with its default options, found through its own signalling server, which speaks at the rate asked
 * for. In a process of its own, which is gone afterwards: its WebRTC is native. Where no network namespace can be made it fails.
 */
export async function pigeonRun (init: PigeonInit): Promise<PigeonRun> {
  const host = spawn('unshare', [...ALONE, process.execPath, HOST], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: { ...process.env, NODE_ENV: 'production' } })
  try {
    host.send(init)
    const ended = once(host, 'exit').then(([code]) => { throw new Error(`the process with the peerpigeon nodes ended with ${code}`) })
    const [run] = await within(LIMIT_MS, 'the peerpigeon nodes', Promise.race([once(host, 'message'), ended])) as [PigeonRun | { failed: string }]
    if ('failed' in run) throw new Error(run.failed)
    return run
  } finally {
    host.kill('SIGKILL')
  }
}
