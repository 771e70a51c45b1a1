import { CODE_TCP, multiaddr } from '@multiformats/multiaddr'
import { addressFacts } from '../../../util/netgroup.ts'
import { shuffled } from '../../../util/rng.ts'
import { checkPortRange } from './port-range.ts'
import { repeat } from './repeat.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Rng } from '../../../util/rng.ts'
import type { DiscoveryComponents, Sighting, Source } from '../index.ts'
import type { PortRange } from './port-range.ts'

export { MAX_PORTS, PortRangeError, parsePortRange } from './port-range.ts'

export interface ProbePortsInit extends PortRange {
  /** First wait between two rounds, in milliseconds; doubles up to a minute. @default 5_000 */
  intervalMs?: number
}

const INTERVAL_MS = 5_000
const MAX_INTERVAL_MS = 60_000

/** Nodes on this machine: knocks at these ports of 127.0.0.1, as TCP and as WebSocket. Throws `PortRangeError`. */
export function probePorts ({ intervalMs = INTERVAL_MS, ...range }: ProbePortsInit): (components: Pick<DiscoveryComponents, 'addressManager'>) => Source {
  checkPortRange(range)
  const pace = { minMs: intervalMs, maxMs: Math.max(intervalMs, MAX_INTERVAL_MS) }
  return ({ addressManager }) => ({
    name: 'probe',
    find: (context) => repeat(context, pace, async function * () {
      yield * portSightings(range, ownPorts([...addressManager.getListenAddrs(), ...addressManager.getAddresses()]), context.rng)
      // whether somebody was there only the dials know
      return false
    })
  })
}

/** The TCP ports of this machine among these addresses. */
export function ownPorts (addresses: Multiaddr[]): Set<number> {
  return new Set(addresses
    .filter(address => !addressFacts(address).relayed)
    .flatMap(address => address.getComponents().filter(({ code }) => code === CODE_TCP).map(({ value }) => Number(value))))
}

/** One sighting a port in random order, without those to skip. */
export function portSightings ({ from, to }: PortRange, skip: ReadonlySet<number>, rng: Rng): Sighting[] {
  const ports = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(port => !skip.has(port))
  return shuffled(ports, rng).map(port => ({
    multiaddrs: [multiaddr(`/ip4/127.0.0.1/tcp/${port}`), multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws`)]
  }))
}
