import type { Logger } from '@libp2p/interface'
import type { Bans, Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { PoolComponents, PoolEvents, PoolLimits } from './index.ts'
import type { Keepers } from './keepers.ts'
import type { PeerTable } from './peers.ts'
import type { Solitude } from './solitude.ts'
import type { Timers } from './timers.ts'

/** What the parts of the pool share. */
export interface PoolContext {
  readonly components: PoolComponents
  readonly clock: Clock
  readonly log: Logger
  readonly timers: Timers
  readonly peers: PeerTable
  readonly keepers: Keepers
  readonly solitude: Solitude
  /** As they are now. */
  limits (): PoolLimits
  /** Known from `beforeStart` on. */
  scoring (): Scoring
  bans (): Bans
  emit<K extends keyof PoolEvents> (type: K, detail: PoolEvents[K]['detail']): void
}
