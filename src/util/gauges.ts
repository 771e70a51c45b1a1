import type { Metrics } from '@libp2p/interface'

/** Shows how full every bounded map of a service is, as `peerkeep_<service>_entries{map="..."}`. Without metrics it does nothing. */
export function exposeGauges (metrics: Metrics | undefined, service: string, read: () => Record<string, number>): void {
  metrics?.registerMetricGroup(`peerkeep_${service}_entries`, { label: 'map', help: `Entries of the bounded maps of ${inWords(service)}`, calculate: read })
}

/** Shows what a service has counted since it was made, as `peerkeep_<service>_<what>_total{<label>="..."}`. */
export function exposeCounters (metrics: Metrics | undefined, service: string, what: string, label: string, read: () => Record<string, number>): void {
  metrics?.registerCounterGroup(`peerkeep_${service}_${what}_total`, { label, help: `${inWords(what)} of ${inWords(service)} by ${label}`, calculate: read })
}

function inWords (name: string): string {
  return name.replaceAll('_', ' ')
}
