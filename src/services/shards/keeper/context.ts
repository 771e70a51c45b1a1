import type { Logger, PeerId } from '@libp2p/interface'
import type { Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { ShardsEvents } from '../index.ts'
import type { Caller, Changes, Holdings, Informer, Peers } from '../parts.ts'

/** What looking after vaults takes. */
export interface KeeperContext {
  self: PeerId
  holdings: Holdings
  caller: Caller
  changes: Changes
  peers: Peers
  informer: Informer
  /** Asked for late: libp2p has it when the node begins. */
  scoring: () => Scoring
  clock: Clock
  rng: Rng
  log: Logger
  /** No vault makes this node work more often. */
  minIntervalMs: number
  onLost: (lost: ShardsEvents['holder:lost']['detail']) => void
  onFailed: (failed: ShardsEvents['vault:failed']['detail']) => void
}
