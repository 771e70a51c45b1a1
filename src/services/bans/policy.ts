import { BanTable } from './ban-table.ts'
import { PrefixMap } from './prefix-map.ts'
import { targetOfKey } from './target.ts'
import type { BanCheck } from '../../components.ts'
import type { Ban } from './index.ts'
import type { Place } from './place.ts'
import type { Target } from './target.ts'

/** What the policy says of somebody that a ban is about. Nothing is said of anybody else. */
export interface Verdict {
  ban: Ban
  /** The allow list knows better. */
  allowed: boolean
}

/** Who is refused, from the allow list, the configured bans and the others. Only looks things up: a few maps, no scan. */
export class Policy {
  /** From the configuration: without a bound, and not stored. */
  readonly configured = new BanTable({ peer: Infinity, host: Infinity, network: Infinity })
  readonly current = new BanTable()
  readonly #allowedPeers = new Set<string>()
  readonly #allowedPrefixes = new PrefixMap<string>()

  /** Nobody is banned. */
  get isEmpty (): boolean {
    return this.configured.isEmpty && this.current.isEmpty
  }

  get allowed (): string[] {
    return [...this.#allowedPeers, ...this.#allowedPrefixes.values()]
  }

  get allowedSize (): number {
    return this.#allowedPeers.size + this.#allowedPrefixes.size
  }

  allow ({ key, bits }: Target): void {
    if (bits == null) this.#allowedPeers.add(key)
    else this.#allowedPrefixes.set(bits, key)
  }

  disallow ({ key, bits }: Target): boolean {
    return bits == null ? this.#allowedPeers.delete(key) : this.#allowedPrefixes.delete(bits)
  }

  /** Itself, or a prefix that covers it. */
  isAllowed ({ key, bits }: Target): boolean {
    return bits == null ? this.#allowedPeers.has(key) : this.#allowedPrefixes.find(bits) != null
  }

  isAllowedPeer (id: string): boolean {
    return this.#allowedPeers.has(id)
  }

  get allowedPeers (): ReadonlySet<string> {
    return this.#allowedPeers
  }

  get (target: Target): Ban | undefined {
    return this.configured.get(target) ?? this.current.get(target)
  }

  * bans (): Generator<Ban> {
    for (const ban of this.configured.values()) yield ban
    for (const ban of this.current.values()) {
      if (this.configured.get(targetOfKey(ban.key)) == null) yield ban
    }
  }

  /** The targets of the bans of this one, and of what is in it. */
  bannedIn ({ key, bits }: Target): Target[] {
    return [...this.bans()].map(ban => targetOfKey(ban.key)).filter(banned => banned.key === key || (bits != null && banned.bits?.startsWith(bits) === true))
  }

  decide (peerId: string | undefined, place: Place | undefined, where: BanCheck | 'other'): Verdict | undefined {
    const id = peerId ?? place?.peer
    const ban = this.#peer(id)
    const verdict = ban == null ? this.#place(place, where) : { ban, allowed: false }
    return verdict != null && id != null && this.#allowedPeers.has(id) ? { ...verdict, allowed: true } : verdict
  }

  /** Of an IP or a prefix: itself, or one that covers it. */
  covering (bits: string): Ban | undefined {
    return this.configured.covering(bits) ?? this.current.covering(bits)
  }

  #peer (id: string | undefined): Ban | undefined {
    return id == null ? undefined : this.configured.peer(id) ?? this.current.peer(id)
  }

  #place (place: Place | undefined, where: BanCheck | 'other'): Verdict | undefined {
    if (place == null) return undefined
    if (place.relayed) {
      // whoever comes through a relay is not at the relay's address, and did not choose who else is
      if (where === 'inbound' || this.#allowedPeers.has(place.relay ?? '')) return undefined
      const ban = this.#peer(place.relay)
      if (ban != null) return { ban, allowed: false }
    }
    if (place.bits == null) return undefined
    const ban = this.covering(place.bits)
    return ban == null ? undefined : { ban, allowed: this.#allowedPrefixes.find(place.bits) != null }
  }
}
