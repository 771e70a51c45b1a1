import { peerIdFromString } from '@libp2p/peer-id'
import { fromString } from 'uint8arrays/from-string'
import { describeError } from '../../errors.ts'
import { Authors } from './authors.ts'
import { trimControl } from './control-trim.ts'
import { controlEntries, FloodMeter, hintEntries, messageCost } from './flood-meter.ts'
import { checkMessage } from './message-check.ts'
import { Outflow } from './outflow.ts'
import { RetainedScores } from './retained-scores.ts'
import { SlowLane } from './slow-lane.ts'
import type { FloodRate } from './flood-meter.ts'
import type { OpenGossipSub, PeerStats } from './open-gossipsub.ts'
import type { Listener, Pass } from './tap.ts'
import type { Bans, Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { RPC } from '@libp2p/gossipsub/message'
import type { Logger, PeerId } from '@libp2p/interface'

export const SWEEP_MS = 1_000
const NOTABLY_LATE_MS = 500
const MAX_AUTHORS = 2_048

export interface WatchParts {
  pubsub: OpenGossipSub
  scoring: Scoring
  bans: Bans
  /** The part of the pool that it needs. */
  pool?: { useful (peerId: PeerId): void }
  clock: Clock
  rate: FloodRate
  log: Logger
  /** What a peer told of its topics was ignored by gossipsub. */
  onLost: (peer: string) => void
}

/**
 * What it has seen. `limited`: over the rate, or more than there was time for. `denied`: of a banned author or sender.
 * `unwanted`: of a topic that is not subscribed to. `withheld`: not passed on to one neighbour.
 */
export type WatchCounts = Record<'messages' | 'limited' | 'denied' | 'unwanted' | 'invalid' | 'withheld', number>

/** Judges what peers send over gossip, and tells scoring. */
export class Watch implements Listener {
  readonly counts: WatchCounts = { messages: 0, limited: 0, denied: 0, unwanted: 0, invalid: 0, withheld: 0 }
  readonly #parts: WatchParts
  #floods: FloodMeter
  #outflow: Outflow
  readonly #authors = new Authors(MAX_AUTHORS)
  readonly #retained: RetainedScores
  readonly #lane: SlowLane
  #pass: Pass | undefined
  /** When it last noticed that time passes. */
  #awakeMs: number

  constructor (parts: WatchParts) {
    this.#parts = parts
    this.#floods = new FloodMeter(parts.rate, parts.clock)
    this.#outflow = new Outflow(parts.rate, parts.clock)
    this.#lane = new SlowLane(parts.clock, parts.rate.burst, this.#handleLater)
    this.#retained = new RetainedScores(parts.pubsub)
    this.#awakeMs = parts.clock.monotonic()
  }

  get gauges (): Record<string, number> {
    return { ...this.#floods.gauges, ...this.#outflow.gauges, authors: this.#authors.size, retained: this.#retained.size, waiting: this.#lane.size }
  }

  /** Everybody has all of it anew. */
  setRate (rate: FloodRate): void {
    this.#floods = new FloodMeter(rate, this.#parts.clock)
    this.#outflow = new Outflow(rate, this.#parts.clock)
    this.#lane.capacity = rate.burst
  }

  start (): void {
    this.#awakeMs = this.#parts.clock.monotonic()
  }

  /** Every `SWEEP_MS`. */
  sweep (): void {
    this.#retained.sweep()
    this.#noteTime()
  }

  // what came meanwhile may be read before timers fire; a flood keeps a node busy, too, but then there is something that comes
  #noteTime (): void {
    const nowMs = this.#parts.clock.monotonic()
    const sleptMs = nowMs - this.#awakeMs
    if (sleptMs - SWEEP_MS > NOTABLY_LATE_MS) this.#floods.excuse(sleptMs)
    this.#awakeMs = nowMs
  }

  clear (): void {
    this.#lane.clear()
    this.#pass = undefined
    this.#retained.clear()
    this.#authors.clear()
  }

  admit (from: PeerId, rpc: RPC, pass: Pass): RPC | undefined {
    const { counts } = this
    counts.messages += rpc.messages.length
    this.#noteTime()
    if (this.#parts.bans.isDenied({ peerId: from }, 'gossip')) {
      counts.denied += rpc.messages.length
      return undefined
    }
    this.#pass = pass
    const peer = from.toString()
    const { now = [], later = [], over = [] } = Object.groupBy(rpc.messages, message => this.#floods.takeMessage(peer, message))
    this.#outflow.received([...now, ...later])
    // those that come when it is slow again do not wait for earlier ones: others may keep the lane full
    const waits = later.length > 0
    counts.limited += over.length + (waits ? this.#lane.add(from, [...now, ...later]) : 0)
    const excess = this.#floods.controlExcess(peer, rpc)
    const hintExcess = this.#floods.hintExcess(peer, rpc)
    const cost = over.reduce((sum, message) => sum + messageCost(message), 0)
    for (let windows = this.#floods.over(peer, { messages: cost, control: excess + hintExcess }); windows > 0; windows--) this.#parts.scoring.report(from, 'moderate', 'gossip:flood')
    const messages = waits ? [] : now.filter(message => this.#isWanted(from, message))
    const hasControl = excess === 0 && controlEntries(rpc) > 0
    const hasHints = excess + hintExcess === 0 && hintEntries(rpc) > 0
    if (!hasControl && !hasHints) return messages.length === 0 ? undefined : { subscriptions: [], messages }
    return { ...rpc, messages, control: rpc.control == null ? undefined : trimControl({ ...rpc.control, idontwant: hasHints ? rpc.control.idontwant : [] }) }
  }

  release (peer: string, rpc: RPC): RPC | undefined {
    const released = this.#outflow.limit(peer, rpc)
    this.counts.withheld += rpc.messages.length - (released?.messages.length ?? 0)
    return released
  }

  readonly #handleLater = (from: PeerId, waited: RPC.Message[]): void => {
    const { bans, log } = this.#parts
    if (bans.isDenied({ peerId: from }, 'gossip')) {
      this.counts.denied += waited.length
      return
    }
    const messages = waited.filter(message => this.#isWanted(from, message))
    if (messages.length === 0) return
    this.#pass?.(from, { subscriptions: [], messages }).catch((err: unknown) => { log('messages of %p: %s', from, describeError(err)) })
  }

  ignored (peer: string, rpc: RPC): void {
    if (rpc.subscriptions.length > 0) this.#parts.onLost(peer)
  }

  invalid (peer: string, topic: string): void {
    const { pubsub, scoring } = this.#parts
    this.counts.invalid++
    // all else has been checked before; but with a transformation it may be that which failed, and versions differ there
    if (pubsub.opts.dataTransform == null) scoring.report(this.#idOf(peer), 'severe', 'gossip:bad-signature', fromString(topic))
    else scoring.report(this.#idOf(peer), 'minor', 'gossip:unreadable', fromString(topic))
  }

  rejected (peer: string, messageId: string): void {
    this.counts.invalid++
    this.#parts.scoring.report(this.#idOf(peer), 'minor', 'gossip:rejected', fromString(messageId))
  }

  delivered (peer: string): void {
    const { scoring, pool } = this.#parts
    const peerId = this.#idOf(peer)
    scoring.observe(peerId, { what: 'delivery' })
    pool?.useful(peerId)
  }

  cameBack (peer: string, before: PeerStats): void {
    this.#retained.cameBack(peer, before)
  }

  gone (peer: string): void {
    this.#retained.gone(peer)
    this.#lane.delete(peer)
  }

  #isWanted (from: PeerId, message: RPC.Message): boolean {
    const { pubsub, scoring, bans } = this.#parts
    // gossipsub would check, keep and pass on messages of any topic; go-libp2p does not either
    if (!pubsub.mesh.has(message.topic)) {
      this.counts.unwanted++
      return false
    }
    const check = checkMessage(message, pubsub.globalSignaturePolicy, from, bytes => this.#authors.of(bytes))
    if (check.verdict !== 'pass') {
      this.counts.invalid++
      if (check.verdict === 'charge') scoring.report(from, check.offence, check.cause, message.data)
      return false
    }
    if (check.author == null || !bans.isDenied({ peerId: check.author }, 'gossip')) return true
    this.counts.denied++
    return false
  }

  // a peer may be gone before its message has been looked at
  #idOf (peer: string): PeerId {
    return this.#parts.pubsub.peers.get(peer) ?? peerIdFromString(peer)
  }
}
