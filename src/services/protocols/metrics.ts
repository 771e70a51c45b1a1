import { exposeCounters, exposeGauges } from '../../util/gauges.ts'
import type { Metrics } from '@libp2p/interface'
import type { ProtocolFault } from './definition.ts'
import type { ProtocolSnapshot, ProtocolsSnapshot } from './index.ts'

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

type Measure = (side: 'served' | 'called', protocol: string, seconds: number) => void

/**
 * Shows calls served and called, failures, faults, and streams by protocol, as `peerkeep_protocols_..._total` and `peerkeep_protocols_entries`.
 * Returns what takes the time of each call, for `peerkeep_protocols_served_seconds` and `peerkeep_protocols_called_seconds`.
 */
export function exposeProtocols (metrics: Metrics, snapshot: () => ProtocolsSnapshot): Measure {
  const byProtocol = (read: (protocol: ProtocolSnapshot) => number | undefined) => (): Record<string, number> =>
    Object.fromEntries(snapshot().protocols.flatMap(protocol => {
      const value = read(protocol)
      return value == null ? [] : [[protocol.ids[0] ?? '', value]]
    }))
  exposeGauges(metrics, 'protocols', () => snapshot().gauges)
  exposeCounters(metrics, 'protocols', 'served', 'protocol', byProtocol(({ served }) => served?.calls))
  exposeCounters(metrics, 'protocols', 'served_failed', 'protocol', byProtocol(({ served }) => served?.failed))
  exposeCounters(metrics, 'protocols', 'called', 'protocol', byProtocol(({ called }) => called.calls))
  exposeCounters(metrics, 'protocols', 'called_failed', 'protocol', byProtocol(({ called }) => called.failed))
  exposeCounters(metrics, 'protocols', 'faults', 'fault', () => {
    const sums: Record<string, number> = {}
    for (const { served } of snapshot().protocols) {
      for (const [fault, count] of Object.entries(served?.faults ?? {}) as Array<[ProtocolFault, number]>) sums[fault] = (sums[fault] ?? 0) + count
    }
    return sums
  })
  const options = { label: 'protocol', buckets: BUCKETS_SECONDS }
  const histograms = {
    served: metrics.registerHistogramGroup('peerkeep_protocols_served_seconds', { ...options, help: 'Time that handlers took' }),
    called: metrics.registerHistogramGroup('peerkeep_protocols_called_seconds', { ...options, help: 'Time from the call to its answer' })
  }
  return (side, protocol, seconds) => { histograms[side].observe({ [protocol]: seconds }) }
}
