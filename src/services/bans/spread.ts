import { BoundedMap } from '../../util/bounded-map.ts'
import { HOST_THRESHOLD, MAX_SPREAD_GROUPS, MAX_SPREAD_MEMBERS, NETWORK_THRESHOLD, SHARED_HOST_THRESHOLD, SPREAD_WINDOW_MS } from './constants.ts'
import { familyOf, reachOf, targetOf, targetOfKey, widened } from './target.ts'
import type { Ban } from './index.ts'
import type { Target } from './target.ts'

/** What is to be banned for what is banned in there. */
export interface Proposal {
  target: Target
  /** That of the worst in there. */
  severity: number
  reason: string
}

/** What there is to know of a ban. */
export type Deed = Partial<Ban> & Pick<Ban, 'kind' | 'key' | 'severity' | 'sinceMs'>

export interface SpreadFacts {
  /** Whether somebody good was seen there lately, at a host or anywhere in a network. */
  isShared (target: Target): boolean
}

interface Member {
  severity: number
  /** Counts until then. */
  untilMs: number
  /** It is banned itself, not only somebody in it. */
  whole: boolean
}

const LEVELS = { 4: [24], 6: [56, 48] }

/**
 * Counts what is banned in a host, and in a network, and says when the whole of it should be. In IPv6 everybody who has one
 * /64 has 256 of them: hosts with a single banned id each count against their /56, unless there is anybody good in it.
 */
export class Spread {
  readonly #groups = new BoundedMap<string, Map<string, Member>>(MAX_SPREAD_GROUPS)

  get size (): number {
    return this.#groups.size
  }

  /** Counts a ban, or a peer that was as good as banned; `host`: where it was seen. */
  add (ban: Deed, host: string | undefined, facts: SpreadFacts): Proposal[] {
    const { severity } = ban
    const untilMs = ban.sinceMs + SPREAD_WINDOW_MS
    if (ban.kind !== 'peer') {
      // a banned host counts for as long as it is banned
      const member = { severity, untilMs: Math.max(ban.untilMs ?? Infinity, untilMs), whole: true }
      return this.#addToNetwork(targetOfKey(ban.key), member, ban.sinceMs, facts)
    }
    if (host == null) return []
    const target = targetOfKey(host)
    const members = this.#join(target, ban.key, { severity, untilMs, whole: true }, ban.sinceMs)
    const isShared = facts.isShared(target)
    if (members.length >= (isShared ? SHARED_HOST_THRESHOLD : HOST_THRESHOLD)) return [propose(target, members, 'peers that were banned, or nearly, were seen there in 24 h')]
    const known = familyOf(target.bits ?? '') === 6 && !isShared
    return known ? this.#addToNetwork(target, { severity, untilMs, whole: false }, ban.sinceMs, facts) : []
  }

  /** It was forgiven, and what is in it. */
  forget ({ key, bits }: Target, host?: string): void {
    if (bits != null) {
      this.#groups.delete(bits)
      this.#leave(key, bits)
    } else if (host != null) {
      const target = targetOfKey(host)
      const members = this.#groups.get(target.bits ?? '')
      members?.delete(key)
      if (members?.size === 0) this.forget(target)
    }
  }

  #leave (key: string, bits: string): void {
    for (const length of LEVELS[familyOf(bits)]) this.#groups.get(widened(bits, length))?.delete(key)
  }

  #addToNetwork (target: Target, member: Member, nowMs: number, facts: SpreadFacts): Proposal[] {
    const { bits } = target
    if (bits == null || (reachOf(target) === 'host' && bits.length - 1 > 64)) return []
    const length = LEVELS[familyOf(bits)].find(length => length < bits.length - 1)
    if (length == null) return []
    const network = targetOf(widened(bits, length))
    const members = this.#join(network, target.key, member, nowMs)
    const whole = members.filter(({ whole }) => whole)
    if (whole.length >= NETWORK_THRESHOLD) return [propose(network, whole, 'addresses in there are banned')]
    if (members.length >= NETWORK_THRESHOLD && !facts.isShared(network)) return [propose(network, members, 'addresses in there had peers that were banned, or nearly, in 24 h')]
    return []
  }

  /** Those that count, with this one. */
  #join ({ bits = '' }: Target, key: string, member: Member, nowMs: number): Member[] {
    const members = this.#groups.get(bits) ?? new Map<string, Member>()
    for (const [other, { untilMs }] of members) if (untilMs <= nowMs) members.delete(other)
    const known = members.get(key)
    members.delete(key)
    members.set(key, known == null ? member : { severity: Math.max(known.severity, member.severity), untilMs: Math.max(known.untilMs, member.untilMs), whole: known.whole || member.whole })
    for (const oldest of members.keys()) {
      if (members.size <= MAX_SPREAD_MEMBERS) break
      members.delete(oldest)
    }
    this.#groups.set(bits, members)
    return [...members.values()]
  }
}

function propose (target: Target, members: Member[], what: string): Proposal {
  return { target, severity: Math.max(...members.map(({ severity }) => severity)), reason: `${members.length} ${what}` }
}
