import { Counter, Gauge, Histogram, Registry, Summary, collectDefaultMetrics } from 'prom-client'
import { MetricsRegistry } from './metrics-registry.ts'
import type { Metrics } from '@libp2p/interface'
import type { Traffic } from './metrics-registry.ts'

// prom-client's 10 ms wake an idle process a hundred times a second
const EVENT_LOOP_PRECISION_MS = 20

export interface NodeMetrics {
  /** For the option `metrics` of `createAppNode` and `createLibp2p`, of one node. */
  metrics: () => Metrics
  /** What Prometheus asks for. */
  source: {
    readonly contentType: string
    render (): Promise<string>
    /** All that went over the node's connections. */
    traffic (): Readonly<Traffic>
  }
  /** To add more. */
  registry: Registry
}

export interface MetricsOptions {
  /** Also those of the process: CPU, memory, event loop, garbage collection. @default true */
  process?: boolean
}

/** Metrics of one node, apart from those of others in the process. */
export async function createMetrics (options: MetricsOptions = {}): Promise<NodeMetrics> {
  return openMetrics(new MetricsRegistry(), options)
}

/** The same of a component that a node has already. */
export function openMetrics (metrics: MetricsRegistry, options: MetricsOptions = {}): NodeMetrics {
  const registry = metrics.open({ Registry, Counter, Gauge, Histogram, Summary })
  if (options.process !== false) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS })
  return {
    metrics: () => metrics,
    source: { contentType: registry.contentType, render: async () => await registry.metrics(), traffic: () => metrics.traffic },
    registry
  }
}
