import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { VictimNode, VictimStats } from './victim-contract.ts'

const SAMPLE_MS = 5

/** Watches the process it is in. */
class Watch {
  readonly #delay = monitorEventLoopDelay({ resolution: SAMPLE_MS })
  #cpu = process.cpuUsage()
  #sinceMs = performance.now()
  #pending = (): number => 0
  #maxPending = 0

  start (node: VictimNode): void {
    this.#pending = () => pendingHandshakes(node)
    setInterval(() => { this.#maxPending = Math.max(this.#maxPending, this.#pending()) }, SAMPLE_MS)
    this.#delay.enable()
    this.take()
  }

  /** What was since it was last called. */
  take (): Omit<VictimStats, 'connections'> {
    // before the garbage collection, which is no fault of the node
    const longestBlockMs = Math.max(0, this.#delay.max / 1e6 - SAMPLE_MS)
    const { user, system } = process.cpuUsage(this.#cpu)
    const elapsedMs = performance.now() - this.#sinceMs
    const pending = this.#pending()
    const maxPending = Math.max(this.#maxPending, pending)
    globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    this.#delay.reset()
    this.#cpu = process.cpuUsage()
    this.#sinceMs = performance.now()
    this.#maxPending = 0
    return { rssBytes: rss, heapUsedBytes: heapUsed, externalBytes: external, cpuMs: (user + system) / 1e3, elapsedMs, longestBlockMs, pending, maxPending }
  }
}

export const watch = new Watch()

/** libp2p counts them, but tells nobody. */
function pendingHandshakes (node: VictimNode): number {
  const { components } = node as unknown as { components: { connectionManager: { incomingPendingConnections?: number } } }
  const pending = components.connectionManager.incomingPendingConnections
  if (pending == null) throw new Error('libp2p no longer has incomingPendingConnections: count handshakes another way')
  return pending
}
