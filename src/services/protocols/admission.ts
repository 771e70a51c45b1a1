import { BoundedMap } from '../../util/bounded-map.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { CrowdLimiter } from '../../wire/crowd-limiter.ts'
import { RateLimiter } from '../../wire/rate-limiter.ts'
import { CALM_MS, CHARGE_EVERY_MS, CHARGES_IN_A_ROW, DISCOURAGED_SHARE, FLOOD_CALLS, PEERS_PER_HOST } from './constants.ts'
import { charge } from './context.ts'
import type { Connection } from '@libp2p/interface'
import type { Offence } from '../../components.ts'
import type { AddressFacts } from '../../util/netgroup.ts'
import type { ProtocolsContext } from './context.ts'
import type { ProtocolFault } from './definition.ts'
import type { Tally } from './tally.ts'

interface Limits {
  rate: { perSecond: number, burst: number }
  offences: Partial<Record<ProtocolFault, Offence>>
}

/** How a peer goes over its rate. */
interface Excess {
  /** When what is counted now began, and when it was refused last. */
  sinceMs: number
  lastMs: number
  refused: number
  charged: boolean
  /** Charges without a calm between them. */
  row: number
}

const MAX_EXCESSES = 1_024

/** Who may call now: rates per peer, host and subnet; a quarter for the discouraged, nothing for the banned. */
export class Admission {
  readonly #context: ProtocolsContext
  readonly #limits: Limits
  readonly #tally: Tally
  readonly #peers: RateLimiter
  readonly #discouraged: RateLimiter
  readonly #crowds: CrowdLimiter
  readonly #excesses = new BoundedMap<string, Excess>(MAX_EXCESSES)
  /** Read once a connection. */
  readonly #facts = new WeakMap<Connection, AddressFacts>()

  constructor (limits: Limits, tally: Tally, context: ProtocolsContext) {
    const { clock } = context
    const { perSecond, burst } = limits.rate
    this.#context = context
    this.#limits = limits
    this.#tally = tally
    this.#peers = new RateLimiter({ perSecond, burst, clock })
    this.#discouraged = new RateLimiter({ perSecond: perSecond * DISCOURAGED_SHARE, burst: Math.max(1, burst * DISCOURAGED_SHARE), clock })
    this.#crowds = new CrowdLimiter({ perSecond: perSecond * PEERS_PER_HOST, burst: burst * PEERS_PER_HOST, clock })
  }

  /** Entries of its bounded maps. */
  get gauges (): { ratedPeers: number, ratedHosts: number, ratedSubnets: number } {
    return { ratedPeers: this.#peers.size + this.#discouraged.size, ratedHosts: this.#crowds.hosts, ratedSubnets: this.#crowds.subnets }
  }

  /** By its id: who comes from a banned address is disconnected anyway. */
  isBanned ({ remotePeer }: Connection): boolean {
    return this.#context.bans.isDenied({ peerId: remotePeer })
  }

  /** Undefined when the call is taken, else the code of a failure; a peer over its own rate is charged, but not for each call. */
  refuse (connection: Connection): 'rate-limited' | 'busy' | undefined {
    const { remotePeer } = connection
    if (this.isBanned(connection)) return 'rate-limited'
    const peer = remotePeer.toString()
    const peers = this.#context.scoring.isDiscouraged(peer) ? this.#discouraged : this.#peers
    if (!peers.take(peer)) {
      this.#tally.faults['rate-limited']++
      if (this.#isCharged(peer)) charge(this.#context, this.#limits.offences, remotePeer, 'rate-limited')
      return 'rate-limited'
    }
    if (this.#crowds.take(this.#factsOf(connection))) return undefined
    this.#tally.crowded++
    return 'busy'
  }

  /** One who knows no better may have sent a lot before it hears of the first refusal, or call a little too often all the time. */
  #isCharged (peer: string): boolean {
    const nowMs = this.#context.clock.monotonic()
    let excess = this.#excesses.get(peer)
    if (excess == null || nowMs - excess.lastMs >= CALM_MS) {
      excess = { sinceMs: nowMs, lastMs: nowMs, refused: 0, charged: false, row: 0 }
      this.#excesses.set(peer, excess)
    } else if (nowMs - excess.sinceMs >= CHARGE_EVERY_MS) {
      excess.sinceMs = nowMs
      excess.refused = 0
      excess.charged = false
    }
    excess.lastMs = nowMs
    excess.refused++
    if (excess.charged || (excess.row >= CHARGES_IN_A_ROW && excess.refused < Math.max(FLOOD_CALLS, this.#limits.rate.perSecond))) return false
    excess.charged = true
    excess.row++
    return true
  }

  #factsOf (connection: Connection): AddressFacts {
    const known = this.#facts.get(connection)
    if (known != null) return known
    const facts = addressFacts(connection.remoteAddr, this.#context.netgroups)
    this.#facts.set(connection, facts)
    return facts
  }
}
