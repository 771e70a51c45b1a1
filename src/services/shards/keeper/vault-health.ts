import { equals } from 'uint8arrays/equals'
import { peerBytes, peerFromBytes } from '../../../util/peer-bytes.ts'
import { healthOf, isLost, observed, spared, SUSPECT_MISSES, unwatched } from './vital-signs.ts'
import type { PeerId } from '@libp2p/interface'
import type { HolderHealth, HolderStatus } from '../index.ts'
import type { Manifest } from '../pb/shards.ts'
import type { Finding, VitalSigns } from './vital-signs.ts'

export interface WatchedHolder {
  index: number
  peerId: PeerId
  verification: Uint8Array
}

export interface RoundFacts {
  nowMs: number
  /** Since the round before. */
  elapsedMs: number
  /** It was this node that could not be reached. */
  offline: boolean
}

/** How the other holders of one vault are, as far as this node knows. */
export class VaultHealth {
  readonly #self: PeerId
  #manifest: Manifest
  #others: WatchedHolder[] = []
  /** By peer id: one that stays a holder stays known. */
  readonly #signs = new Map<string, VitalSigns>()
  readonly #lost = new Set<string>()

  constructor (self: PeerId, manifest: Manifest, nowMs: number) {
    this.#self = self
    this.#manifest = manifest
    this.follow(manifest, nowMs)
  }

  get others (): readonly WatchedHolder[] {
    return this.#others
  }

  /** Those that missed their last audit, and are not given up. */
  get missed (): WatchedHolder[] {
    return this.#others.filter(({ peerId }) => (this.#signsOf(peerId)?.misses ?? 0) > 0 && !this.#lost.has(peerId.toString()))
  }

  /** Whether one of these is not suspected yet: another audit tells. */
  get inDoubt (): boolean {
    return this.missed.some(({ peerId }) => (this.#signsOf(peerId)?.misses ?? 0) < SUSPECT_MISSES)
  }

  /** When the next one would be lost, if it stays silent; Infinity when all are there. */
  nextLossMs (): number {
    const lostAfterMs = this.#manifest.policy?.lostAfterMs ?? Infinity
    return Math.min(Infinity, ...this.missed.map(({ peerId }) => (this.#signsOf(peerId)?.heardMs ?? 0) + lostAfterMs))
  }

  follow (manifest: Manifest, nowMs: number): void {
    this.#manifest = manifest
    const self = peerBytes(this.#self)
    this.#others = manifest.holders.filter(({ peer }) => !equals(peer, self)).map(({ index, peer, verification }) => ({ index, peerId: peerFromBytes(peer), verification }))
    const names = new Set(this.#others.map(({ peerId }) => peerId.toString()))
    for (const name of this.#signs.keys()) if (!names.has(name)) this.#signs.delete(name)
    for (const name of this.#lost) if (!names.has(name)) this.#lost.delete(name)
    for (const name of names) if (!this.#signs.has(name)) this.#signs.set(name, unwatched(nowMs))
  }

  /** What a round of audits found; gives those that are lost from now on. */
  record (findings: ReadonlyMap<WatchedHolder, Finding>, { nowMs, elapsedMs, offline }: RoundFacts): WatchedHolder[] {
    const { epoch } = this.#manifest
    for (const [{ peerId }, finding] of findings) {
      const signs = this.#signsOf(peerId)
      // replaced while it was asked
      if (signs == null) continue
      this.#signs.set(peerId.toString(), offline && finding.what === 'silent' ? spared(signs, elapsedMs) : observed(signs, finding, { nowMs, epoch }))
    }
    return this.#settle(nowMs)
  }

  /** It is proven that it lied. Gives whether that is news. */
  convict (peerId: PeerId, reason: string, nowMs: number): boolean {
    const signs = this.#signsOf(peerId)
    if (signs == null || signs.lie != null) return false
    this.#signs.set(peerId.toString(), { ...signs, lie: reason, reason })
    this.#settle(nowMs)
    return true
  }

  healthOf (peerId: PeerId): HolderHealth {
    return healthOf(this.#signsOf(peerId))
  }

  /** How long nothing has been heard of it. */
  silentMs (peerId: PeerId, nowMs: number): number {
    const signs = this.#signsOf(peerId)
    return signs?.known === true ? nowMs - signs.heardMs : Infinity
  }

  /** By index, this node included. */
  healths (self: { index: number, hasShare: boolean }): Map<number, HolderHealth> {
    const all = this.#others.map(({ index, peerId }): [number, HolderHealth] => [index, this.healthOf(peerId)])
    return new Map([...all, [self.index, self.hasShare ? 'healthy' : 'inert'] as const].sort(([a], [b]) => a - b))
  }

  /** Indices of those that are to be replaced. */
  get lost (): Set<number> {
    return new Set(this.#others.filter(({ peerId }) => this.#lost.has(peerId.toString())).map(({ index }) => index))
  }

  statuses (): HolderStatus[] {
    return this.#others.map(({ index, peerId }) => {
      const { latencyMs, reason } = this.#signsOf(peerId) ?? {}
      return { index, peerId, health: this.healthOf(peerId), latencyMs, reason }
    })
  }

  #settle (nowMs: number): WatchedHolder[] {
    const { epoch, policy } = this.#manifest
    const news: WatchedHolder[] = []
    for (const holder of this.#others) {
      const name = holder.peerId.toString()
      if (!isLost(this.#signs.get(name), { nowMs, epoch, lostAfterMs: policy?.lostAfterMs ?? Infinity })) this.#lost.delete(name)
      else if (!this.#lost.has(name)) {
        this.#lost.add(name)
        news.push(holder)
      }
    }
    return news
  }

  #signsOf (peerId: PeerId): VitalSigns | undefined {
    return this.#signs.get(peerId.toString())
  }
}
