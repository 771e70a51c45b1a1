/**
 * How long does it take to open a vault that this node knows, over a network? Wall time and the client's processor time, with the
 * holders in another thread, 80 ms away and back, and a tenth of them silent: in pure JavaScript and with the WebAssembly backend.
 * The holders use that one always: all are in one thread here, and would wait for each other as ten machines do not.
 * `node bench/shards-open.ts --help`
 */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { MemoryDatastore } from 'datastore-core'
import { useGroup } from '../dist/crypto/threshold/group.js'
import { loadFastGroup } from '../dist/crypto/threshold/index.js'
import { nobleGroup } from '../dist/crypto/threshold/noble-group.js'
import { systemClock, systemRng } from '../dist/index.js'
import { SignedCaller } from '../dist/services/shards/caller.js'
import { VaultChanges } from '../dist/services/shards/change/changes.js'
import { Owner } from '../dist/services/shards/owner/owner.js'
import { neutralScoring } from '../dist/components.js'
import { options } from './support/options.ts'
import { conclude, table } from './support/report.ts'
import { quantile } from './support/stats.ts'
import type { PeerId } from '@libp2p/interface'
import type { Transport } from '../dist/services/shards/parts.js'
import type { HoldersData } from './support/shards-holders.ts'

const LIMITS = { p50Ms: 150, p99Ms: 320, pure: { 6: 40, 11: 80 }, fast: { 6: 10, 11: 20 } }
const SIZES = [{ threshold: 6, holders: 10 }, { threshold: 11, holders: 20 }] as const
/** What is checked when the vault is open already has ended then. */
const REST_MS = 500

const { opens, rtt, bytes, smoke } = options({
  opens: { full: 150, smoke: 8, help: 'of each kind, after a fifth as many that do not count' },
  rtt: { full: 80, smoke: 20, help: 'milliseconds to a holder and back' },
  bytes: { full: 1_024, smoke: 1_024, help: 'of the secret' }
})

interface Measured {
  backend: string
  threshold: number
  holders: number
  wallMs: number[]
  /** Until it is open, and with the answers that were not needed. */
  cpuMs: number[]
  wholeCpuMs: number[]
}

const failures: string[] = []
const measured: Measured[] = []
for (const backend of ['pure JavaScript', 'WebAssembly']) {
  if (backend === 'WebAssembly') await loadFastGroup()
  else useGroup(nobleGroup)
  for (const size of SIZES) measured.push(await measure(backend, size))
}

console.log(`${opens} openings of ${bytes} bytes, ${rtt} ms there and back, a tenth of the holders silent, milliseconds\n`)
console.log(table(['', 'wall p50', 'wall p99', 'client CPU p50', 'client CPU p99', 'and the rest checked'], measured.map(({ backend, threshold, holders, wallMs, cpuMs, wholeCpuMs }) => [
  `(${threshold},${holders}) ${backend}`, quantile(wallMs, 0.5), quantile(wallMs, 0.99), quantile(cpuMs, 0.5), quantile(cpuMs, 0.99), quantile(wholeCpuMs, 0.5)
])))
await conclude({
  bench: 'shards-open',
  options: { opens, rtt, bytes },
  measurements: measured,
  failures,
  targets: measured.flatMap(({ backend, threshold, holders, wallMs, cpuMs }) => {
    const name = `(${threshold},${holders}) ${backend}`
    const cpu = { what: `${name}: client CPU p99, ms`, value: quantile(cpuMs, 0.99), atMost: LIMITS[backend === 'WebAssembly' ? 'fast' : 'pure'][threshold as 6 | 11] }
    if (threshold !== 6) return [cpu]
    return [cpu, { what: `${name}: wall p50, ms`, value: quantile(wallMs, 0.5), atMost: LIMITS.p50Ms }, { what: `${name}: wall p99, ms`, value: quantile(wallMs, 0.99), atMost: LIMITS.p99Ms }]
  }),
  smoke
})

async function measure (backend: string, { threshold, holders }: typeof SIZES[number]): Promise<Measured> {
  const data: HoldersData = { count: holders }
  const worker = new Worker(new URL('support/shards-holders.ts', import.meta.url), { workerData: data })
  try {
    const [{ peers }] = await once(worker, 'message') as [{ peers: string[] }]
    return await opened(backend, { threshold, holders }, worker, peers.map(peer => peerIdFromString(peer)))
  } finally {
    await worker.terminate()
  }
}

async function opened (backend: string, { threshold, holders }: { threshold: number, holders: number }, worker: Worker, peers: PeerId[]): Promise<Measured> {
  const silent = new Set<string>()
  const privateKey = await generateKeyPair('Ed25519')
  const self = peerIdFromPrivateKey(privateKey)
  const log = defaultLogger().forComponent('bench')
  const common = { self, clock: systemClock, rng: systemRng, log, scoring: () => neutralScoring, informer: { inform: async () => { failures.push('a holder was taken for a liar') } } }
  const caller = new SignedCaller({ ...common, privateKey, transport: transport(worker, self, silent) })
  const changes = new VaultChanges({ ...common, caller })
  const candidates = peers.map(peerId => ({ peerId, quality: 50, knownMs: 0, domains: [], connected: true }))
  const key = await generateKeyPair('Ed25519')
  const owner = new Owner({
    ...common, caller, changes, datastore: new MemoryDatastore(), ownerKey: { load: async () => key, create: async () => key },
    peers: { candidates: async () => candidates, providers: async function * () {} }
  })
  changes.start()
  owner.start()
  try {
    const secret = systemRng.bytes(bytes)
    const { id } = await owner.store(secret, { threshold, holders, policy: { opensPerHour: 2 ** 31 } })
    const result: Measured = { backend, threshold, holders, wallMs: [], cpuMs: [], wholeCpuMs: [] }
    for (let i = -Math.ceil(opens / 5); i < opens; i++) {
      silent.clear()
      while (silent.size < holders / 10) silent.add(peers[systemRng.int(holders)]!.toString())
      const [startMs, cpu] = [performance.now(), process.threadCpuUsage()]
      const got = await owner.open(id)
      const wallMs = performance.now() - startMs
      const { user, system } = process.threadCpuUsage(cpu)
      if (!Buffer.from(got).equals(secret)) failures.push('another secret came out')
      await delay(REST_MS)
      const whole = process.threadCpuUsage(cpu)
      if (i < 0) continue
      result.wallMs.push(wallMs)
      result.cpuMs.push((user + system) / 1_000)
      result.wholeCpuMs.push((whole.user + whole.system) / 1_000)
    }
    return result
  } finally {
    await Promise.all([owner.stop(), changes.stop()])
  }
}

/** Half the time there, half back; who is silent never answers. */
function transport (worker: Worker, self: PeerId, silent: ReadonlySet<string>): Transport {
  const waiting = new Map<number, (answer: { frame?: Uint8Array, error?: string }) => void>()
  let next = 0
  worker.on('message', ({ id, ...answer }: { id: number, frame?: Uint8Array, error?: string }) => {
    waiting.get(id)?.(answer)
    waiting.delete(id)
  })
  return {
    send: async (peer, frame, { signal }) => {
      const [id, to] = [next++, peer.toString()]
      await delay(rtt / 2, undefined, { signal })
      const answer = await new Promise<{ frame?: Uint8Array, error?: string }>((resolve, reject) => {
        signal.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true })
        if (silent.has(to)) return
        waiting.set(id, resolve)
        // a thread, no window
        // oxlint-disable-next-line unicorn/require-post-message-target-origin
        worker.postMessage({ id, from: self.toString(), to, frame })
      })
      await delay(rtt / 2, undefined, { signal })
      if (answer.frame == null) throw new Error(answer.error)
      return answer.frame
    }
  }
}
