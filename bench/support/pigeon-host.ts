/** The process of `pigeon-net.ts`: told what to do by its first message, it answers with a `PigeonRun`, or with what went wrong. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { optionalPeer } from './optional-peer.ts'
import { quantile } from './stats.ts'
import { pause } from './wait.ts'
import type { AddressInfo } from 'node:net'
import type { PigeonInit, PigeonRun } from './pigeon-net.ts'

interface Mesh {
  connectionManager: { getConnectedPeerCount (): number }
  init (): Promise<void>
  connect (url: string): Promise<void>
  sendMessage (text: string): Promise<unknown>
  on (event: 'messageReceived', listener: (message: { content: unknown }) => void): void
}

const HOST = '127.0.0.1'
/** The mesh counts as formed when no degree has changed for this long, and after the limit whatever it is. */
const STEADY_MS = 5_000
const FORM_LIMIT_MS = 40_000
/** How long after the last message others are waited for. */
const LATE_MS = 3_000

process.on('message', (init: PigeonInit) => {
  measure(init).then(run => process.send?.(run), (err: unknown) => {
    process.send?.({ failed: err instanceof Error ? err.stack ?? err.message : String(err) })
  })
})
process.on('disconnect', () => { process.exit() })

async function measure ({ nodes, messages, perSecond, bytes }: PigeonInit): Promise<PigeonRun> {
  const url = await signalling()
  const { PeerPigeonMesh } = await optionalPeer<{ PeerPigeonMesh: new (init: { networkName: string }) => Mesh }>('peerpigeon/index.js')
  const meshes: Mesh[] = []
  for (let i = 0; i < nodes; i++) {
    const mesh = new PeerPigeonMesh({ networkName: 'bench' })
    await mesh.init()
    await mesh.connect(url)
    meshes.push(mesh)
  }
  const degrees = await formed(meshes)

  const sentMs: number[] = []
  const heard = meshes.map(() => new Map<number, number>())
  const latencies: number[] = []
  for (const [i, mesh] of meshes.entries()) {
    mesh.on('messageReceived', ({ content }) => {
      const id = Number.parseInt(String(content), 10)
      // its own words are told to a node, too, and so are those of the mesh itself
      if (sentMs[id] === undefined || id % nodes === i) return
      const times = heard[i]!.get(id) ?? 0
      heard[i]!.set(id, times + 1)
      if (times === 0) latencies.push(performance.now() - sentMs[id])
    })
  }
  const before = process.cpuUsage()
  const startMs = performance.now()
  for (let id = 0; id < messages; id++) {
    await pause(startMs + id * 1_000 / perSecond - performance.now())
    sentMs[id] = performance.now()
    await meshes[id % nodes]!.sendMessage(`${id} `.padEnd(bytes, '.'))
  }
  await pause(LATE_MS)
  const { user, system } = process.cpuUsage(before)
  return {
    degrees,
    delivered: latencies.length / (messages * (nodes - 1)),
    heardTwice: heard.reduce((sum, times) => sum + [...times.values()].filter(count => count > 1).length, 0),
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    cpuMs: (user + system) / 1_000 / messages
  }
}

async function formed (meshes: readonly Mesh[]): Promise<number[]> {
  const read = (): number[] => meshes.map(mesh => mesh.connectionManager.getConnectedPeerCount())
  const startMs = performance.now()
  let degrees = read()
  for (let sinceMs = startMs; performance.now() - sinceMs < STEADY_MS && performance.now() - startMs < FORM_LIMIT_MS;) {
    await pause(250)
    const now = read()
    if (now.join() !== degrees.join()) sinceMs = performance.now()
    degrees = now
  }
  return degrees
}

/** Its signalling server takes no port 0. */
async function signalling (): Promise<string> {
  const probe = createServer().listen(0, HOST)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  const { PeerPigeonServer } = await optionalPeer<{ PeerPigeonServer: new (init: { host: string, port: number }) => { start (): Promise<void> } }>('peerpigeon/server/index.js')
  await new PeerPigeonServer({ host: HOST, port }).start()
  return `ws://${HOST}:${port}`
}
