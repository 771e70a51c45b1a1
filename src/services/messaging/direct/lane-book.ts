import { describeError } from '../../../errors.ts'
import { messagingStore } from '../messaging-store.ts'
import { StoredPlace } from '../pb/direct-store.ts'
import { LANE_BYTES, LANE_FLUSH_MS, LANES_PREFIX, MAX_GAPS, MAX_LANES, MAX_LANES_PER_SENDER, MAX_REASON_BYTES, MAX_REFUSED } from './constants.ts'
import { ReceivedLane } from './received-lane.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../util/clock.ts'
import type { WriteBehind } from '../../../util/write-behind.ts'

/** Of those in which nothing is being delivered, looked at when room is needed, from the one used longest ago; */
const LOOKED_AT = 32
/** and of all: handlers may never return. */
const LOOKED_PAST = 512
const NAME = new RegExp(`^[1-9A-HJ-NP-Za-km-z]{1,128}/[0-9a-f]{${2 * LANE_BYTES}}$`)

export interface KnownLane<T> {
  /** `<sender>/<lane>` */
  readonly name: string
  readonly sender: string
  readonly order: ReceivedLane<T>
  /** How often the message whose turn it is has failed. */
  failures: number
  usedMs: number
}

export interface LaneBookInit<T> {
  datastore: Datastore
  clock: Clock
  log: Logger
  /** These gave way: they will come again. */
  onDropped (items: T[]): void
}

/** How far each lane of each sender has been delivered, also after a restart. */
export class LaneBook<T> {
  readonly #init: LaneBookInit<T>
  readonly #store: WriteBehind
  // both in order of use
  readonly #lanes = new Map<string, KnownLane<T>>()
  readonly #senders = new Map<string, Map<string, KnownLane<T>>>()
  #damaged = 0

  constructor (init: LaneBookInit<T>) {
    this.#init = init
    this.#store = messagingStore(init, {
      flushIntervalMs: LANE_FLUSH_MS,
      prefix: LANES_PREFIX,
      what: 'list of what was delivered',
      encode: name => this.#encode(name),
      holds: name => this.#lanes.has(name)
    })
  }

  get size (): number {
    return this.#lanes.size
  }

  get unwritten (): number {
    return this.#store.dirty
  }

  /** Entries that were damaged, and deleted, since this node was made. */
  get damaged (): number {
    return this.#damaged
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<void> {
    const found: Array<KnownLane<T>> = []
    for await (const { name, value } of this.#store.load()) {
      try {
        if (!NAME.test(name)) throw new Error('its name is of another kind')
        found.push(decode(name, value))
      } catch (err) {
        this.#damaged++
        this.#init.log.error('deleted the damaged entry %s%s: %s; a message of its lane may arrive twice', LANES_PREFIX, name, describeError(err))
        this.#store.mark(name)
      }
    }
    for (const lane of found.sort((a, b) => a.usedMs - b.usedMs)) this.#add(lane)
  }

  start (): void {
    this.#store.start()
  }

  /** Rejects with `MESSAGING_WRITE_FAILED`. */
  async flush (): Promise<void> {
    await this.#store.flush()
  }

  async stop (): Promise<void> {
    await this.#store.stop()
  }

  /** Finds a lane, or makes it; undefined when there is no room. */
  use (sender: string, id: string): KnownLane<T> | undefined {
    const name = `${sender}/${id}`
    const known = this.#lanes.get(name)
    const lane = known ?? { name, sender, order: new ReceivedLane<T>(), failures: 0, usedMs: 0 }
    lane.usedMs = this.#init.clock.now()
    if (known == null) return this.#add(lane) ? lane : undefined
    this.#touch(lane)
    return lane
  }

  /** Its place has changed. */
  mark ({ name }: KnownLane<T>): void {
    this.#store.mark(name)
  }

  /** Those of one sender. */
  of (sender: string): Array<KnownLane<T>> {
    return [...this.#senders.get(sender)?.values() ?? []]
  }

  [Symbol.iterator] (): IterableIterator<KnownLane<T>> {
    return this.#lanes.values()
  }

  #add (lane: KnownLane<T>): boolean {
    const { name, sender } = lane
    let own = this.#senders.get(sender)
    if (own != null && own.size >= MAX_LANES_PER_SENDER && !this.#forgetOne(own)) return false
    if (this.#lanes.size >= MAX_LANES && !this.#forgetOne(this.#lanes)) return false
    own = this.#senders.get(sender)
    if (own == null) this.#senders.set(sender, own = new Map())
    own.set(name, lane)
    this.#lanes.set(name, lane)
    return true
  }

  #touch (lane: KnownLane<T>): void {
    for (const lanes of [this.#lanes, this.#senders.get(lane.sender)]) {
      lanes?.delete(lane.name)
      lanes?.set(lane.name, lane)
    }
  }

  /** One that nothing is going on in, else one in which messages only wait. */
  #forgetOne (lanes: Map<string, KnownLane<T>>): boolean {
    const oldest: Array<KnownLane<T>> = []
    const running: Array<KnownLane<T>> = []
    for (const lane of lanes.values()) {
      (lane.order.running == null ? oldest : running).push(lane)
      if (oldest.length === LOOKED_AT || oldest.length + running.length === LOOKED_PAST) break
    }
    // they are in use: not looked at again soon
    for (const lane of running) this.#touch(lane)
    const lane = oldest.find(({ order }) => order.idle) ?? oldest[0]
    if (lane == null) return false
    this.#lanes.delete(lane.name)
    const own = this.#senders.get(lane.sender)
    own?.delete(lane.name)
    if (own?.size === 0) this.#senders.delete(lane.sender)
    this.#store.mark(lane.name)
    this.#init.onDropped(lane.order.drop())
    return true
  }

  #encode (name: string): Uint8Array | undefined {
    const lane = this.#lanes.get(name)
    if (lane == null) return undefined
    const { last, gaps, refused } = lane.order.place
    return last === 0 ? undefined : StoredPlace.encode({ last, gaps, refused, usedMs: lane.usedMs })
  }
}

function decode<T> (name: string, bytes: Uint8Array): KnownLane<T> {
  const { last, gaps, refused, usedMs } = StoredPlace.decode(bytes, { limits: { gaps: MAX_GAPS, refused: MAX_REFUSED } })
  for (const number of [last, usedMs, ...refused.map(({ seq }) => seq), ...gaps.flatMap(({ from, to, sinceMs }) => [from, to, sinceMs])]) {
    if (!Number.isSafeInteger(number)) throw new Error(`a number out of range, ${number}`)
  }
  if (last === 0) throw new Error('nothing was delivered')
  if (gaps.some(({ from, to }) => from < 1 || from > to || to > last)) throw new Error('a gap that cannot be')
  if (refused.some(({ reason }) => reason.length > MAX_REASON_BYTES)) throw new Error('a reason that is too long')
  return { name, sender: name.slice(0, name.indexOf('/')), order: new ReceivedLane<T>({ last, gaps, refused }), failures: 0, usedMs }
}
