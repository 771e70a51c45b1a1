import { MAX_BANS } from './constants.ts'
import { KeyedHeap } from './keyed-heap.ts'
import { PrefixMap } from './prefix-map.ts'
import { targetOfKey, reachOf } from './target.ts'
import type { Ban } from './index.ts'
import type { Reach, Target } from './target.ts'

interface Entry {
  ban: Ban
  target: Target
}

/** Bans in force: at most `limits` of each reach. */
export class BanTable {
  readonly #limits: Record<Reach, number>
  readonly #peers = new Map<string, Entry>()
  readonly #prefixes = new PrefixMap<Entry>()
  readonly #leastSevere = { peer: new KeyedHeap<Ban>(bySeverity), host: new KeyedHeap<Ban>(bySeverity), network: new KeyedHeap<Ban>(bySeverity) }
  readonly #nextToEnd = new KeyedHeap<Ban>(byEnd)

  constructor (limits: Record<Reach, number> = MAX_BANS) {
    this.#limits = limits
  }

  get sizes (): Record<Reach, number> {
    const { peer, host, network } = this.#leastSevere
    return { peer: peer.size, host: host.size, network: network.size }
  }

  get isEmpty (): boolean {
    return this.#peers.size === 0 && this.#prefixes.size === 0
  }

  /** The one to end next, of those that do. */
  get next (): Ban | undefined {
    return this.#nextToEnd.peek()
  }

  get ({ key, bits }: Target): Ban | undefined {
    return (bits == null ? this.#peers.get(key) : this.#prefixes.get(bits))?.ban
  }

  peer (id: string): Ban | undefined {
    return this.#peers.get(id)?.ban
  }

  /** The ban of the widest prefix that covers these bits. */
  covering (bits: string): Ban | undefined {
    return this.#prefixes.find(bits)?.ban
  }

  * values (): Generator<Ban> {
    for (const { ban } of this.#peers.values()) yield ban
    for (const { ban } of this.#prefixes.values()) yield ban
  }

  /** Replaces that of the same key. Gives the ban that had to go for it, which may be this one; one by hand always gets in. */
  add (ban: Ban): Ban | undefined {
    const target = targetOfKey(ban.key)
    this.delete(target)
    const reach = reachOf(target)
    const order = this.#leastSevere[reach]
    const least = order.size < this.#limits[reach] ? undefined : order.peek()
    if (least != null && ban.by !== 'hand' && bySeverity(ban, least) < 0) return ban
    if (least != null) this.delete(targetOfKey(least.key))
    if (target.bits == null) this.#peers.set(ban.key, { ban, target })
    else this.#prefixes.set(target.bits, { ban, target })
    order.set(ban.key, ban)
    if (ban.untilMs != null) this.#nextToEnd.set(ban.key, ban)
    return least
  }

  delete (target: Target): boolean {
    const { key, bits } = target
    this.#leastSevere[reachOf(target)].delete(key)
    this.#nextToEnd.delete(key)
    return bits == null ? this.#peers.delete(key) : this.#prefixes.delete(bits)
  }
}

function endOf ({ untilMs }: Ban): number {
  return untilMs ?? Number.MAX_VALUE
}

function byEnd (a: Ban, b: Ban): number {
  return endOf(a) - endOf(b)
}

/** The first is the first to go. Never by age: whoever brings many bans about would wash away the old ones. */
function bySeverity (a: Ban, b: Ban): number {
  return Number(a.by === 'hand') - Number(b.by === 'hand') || a.severity - b.severity || byEnd(a, b)
}
