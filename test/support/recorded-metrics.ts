import type { CalculatedMetricOptions, Metrics } from '@libp2p/interface'

export interface RecordedMetrics {
  metrics: Metrics
  /** The value of a group of gauges or counters that is calculated when it is asked for. */
  read (name: string): Promise<Record<string, number>>
}

/** Metrics that nobody looks at but the test. */
export function recordedMetrics (): RecordedMetrics {
  const groups = new Map<string, CalculatedMetricOptions<Record<string, number>>['calculate']>()
  const register = (name: string, options: Partial<CalculatedMetricOptions<Record<string, number>>> = {}): unknown => {
    if (options.calculate != null) groups.set(name, options.calculate)
    return ignored
  }
  // whatever is done with a metric, or asked of the rest, is nothing
  const ignored: unknown = new Proxy(() => ignored, { get: (_, key) => key === 'then' ? undefined : ignored })
  const metrics = new Proxy({}, { get: (_, key) => typeof key === 'string' && key.startsWith('register') ? register : key === 'then' ? undefined : () => undefined })
  return {
    metrics: metrics as Metrics,
    read: async name => {
      const calculate = groups.get(name)
      if (calculate == null) throw new Error(`no metric ${name} among ${[...groups.keys()].join(', ')}`)
      return await calculate()
    }
  }
}
