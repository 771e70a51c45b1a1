import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ApiContext } from '../context.ts'
import type { Stats } from '../schemas/network.ts'

const EVERY_MS = 1_000
/** The delay is measured with a timer of so many milliseconds, which are in it. */
const RESOLUTION_MS = 10
const NS_PER_MS = 1e6

type Counts = Record<'bytesIn' | 'bytesOut' | 'messagesIn' | 'messagesOut' | 'broadcastsIn', number>

/** Tells the event `stats` once a second, until what it returns is called. */
export function tellStats ({ node, clock, events, metrics }: Pick<ApiContext, 'node' | 'clock' | 'events' | 'metrics'>): () => void {
  const { messaging, pool } = node.services
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  const counted = (): Counts => {
    const { received, delivered, broadcast } = messaging.snapshot()
    const { receivedBytes = 0, sentBytes = 0 } = metrics?.traffic?.() ?? {}
    return { bytesIn: receivedBytes, bytesOut: sentBytes, messagesIn: received, messagesOut: delivered, broadcastsIn: broadcast.received }
  }
  let last = counted()
  let lastMs = clock.monotonic()

  const tell = (): void => {
    const [now, nowMs] = [counted(), clock.monotonic()]
    const rate = (what: keyof Counts): number => Math.round((now[what] - last[what]) * 1_000 / (nowMs - lastMs))
    const peers = pool.peers()
    const outbound = peers.filter(({ direction }) => direction === 'outbound').length
    const stats: Stats = {
      timeMs: clock.now(),
      connected: peers.length,
      inbound: peers.length - outbound,
      outbound,
      ...metrics?.traffic == null ? {} : { bytesInPerSecond: rate('bytesIn'), bytesOutPerSecond: rate('bytesOut') },
      messagesInPerSecond: rate('messagesIn'),
      messagesOutPerSecond: rate('messagesOut'),
      broadcastsInPerSecond: rate('broadcastsIn'),
      rssBytes: process.memoryUsage.rss(),
      eventLoopP99Ms: Math.max(0, Math.round((delay.percentile(99) / NS_PER_MS - RESOLUTION_MS) * 10) / 10)
    }
    delay.reset()
    last = now
    lastMs = nowMs
    events.tell({ event: 'stats', ...stats })
  }

  delay.enable()
  const timer = clock.every(EVERY_MS, tell)
  return () => {
    timer.cancel()
    delay.disable()
  }
}
