import type { Logger, PeerId } from '@libp2p/interface'
import type { Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Caller, Changes, Informer, Peers } from '../parts.ts'
import type { Errands } from './errand.ts'
import type { Suspects } from './suspects.ts'
import type { VaultMemory } from './vault-memory.ts'

/** What every errand of an owner works with. */
export interface OwnerContext {
  caller: Caller
  changes: Changes
  peers: Peers
  informer: Informer
  scoring: () => Scoring
  clock: Clock
  rng: Rng
  log: Logger
  self: PeerId
  memory: VaultMemory
  suspects: Suspects
  errands: Errands
}

/** To one holder, of a small question. */
export const ASK_TIMEOUT_MS = 5_000
