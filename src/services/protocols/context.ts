import type { Logger, PeerId } from '@libp2p/interface'
import type { Bans, Offence, Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { ProtocolFault } from './definition.ts'

/** What the parts of the service share. `scoring`, `bans` and `useful` are there once it begins. */
export interface ProtocolsContext {
  readonly clock: Clock
  readonly log: Logger
  readonly netgroups: NetgroupOptions
  scoring: Scoring
  bans: Bans
  /** Something good came from this peer. */
  useful: (peerId: PeerId) => void
  /** Whether anything may be called. */
  running: boolean
  /** Seconds a call took, for the histogram, where there are metrics. */
  measure?: (side: 'served' | 'called', protocol: string, seconds: number) => void
}

/** Counts what a peer did wrong and charges it by the protocol's own map. */
export function charge (context: ProtocolsContext, offences: Partial<Record<ProtocolFault, Offence>>, peerId: PeerId, fault: ProtocolFault, evidence?: Uint8Array): void {
  const offence = offences[fault]
  if (offence != null) context.scoring.report(peerId, offence, `protocols:${fault}`, evidence)
}
