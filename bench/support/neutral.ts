import { TypedEventEmitter } from 'main-event'
import type { BansEvents, GossipGuardEvents, ScoringEvents } from '../../src/index.ts'

/** In place of scoring: everybody is a stranger in good standing, nothing is remembered. */
export class NeutralScoring extends TypedEventEmitter<ScoringEvents> {
  score (): number { return 0 }
  standing (): 'good' { return 'good' }
  isDiscouraged (): boolean { return false }
  quality (): number { return 50 }
  report (): void {}
  observe (): void {}
  isOutage (): boolean { return false }
}

/** In place of bans: nobody is refused. */
export class NoBans extends TypedEventEmitter<BansEvents> {
  isDenied (): boolean { return false }
}

/** In place of the gossip guard: gossipsub is left to itself. */
export class NoGossipGuard extends TypedEventEmitter<GossipGuardEvents> {}
