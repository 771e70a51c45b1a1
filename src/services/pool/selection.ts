import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { xor } from 'uint8arrays/xor'
import { TRIM_GRACE_MS } from './constants.ts'
import { planEviction } from './eviction.ts'
import type { PeerId } from '@libp2p/interface'
import type { Role, Scoring } from '../../components.ts'
import type { Rng } from '../../util/rng.ts'
import type { EvictionCandidate } from './eviction.ts'
import type { PeerState } from './peers.ts'

export interface SelectionInit {
  self: PeerId
  rng: Rng
  keepNearest: number
  preferredRoles: readonly Role[]
  scoring (): Scoring
}

export interface Victim {
  peer: PeerState
  why: string
}

const KEY_BYTES = 32

/** Turns connected peers into the facts that eviction decides by. */
export class Selection {
  readonly #init: SelectionInit
  readonly #key: Uint8Array
  readonly #selfKey: Uint8Array

  constructor (init: SelectionInit) {
    this.#init = init
    this.#key = init.rng.bytes(KEY_BYTES)
    this.#selfKey = keyOf(init.self)
  }

  /** Whom to let go of for a newcomer, if anybody. */
  plan (peers: readonly PeerState[]): Victim | undefined {
    const plan = planEviction(peers.map(peer => this.#candidate(peer)), { keepNearest: this.#init.keepNearest })
    const peer = peers.find(({ id }) => id === plan?.id)
    return plan == null || peer == null ? undefined : { peer, why: plan.why }
  }

  /** The `count` peers to let go of because there are too many: as `plan` has it, else the youngest; none of the very young. */
  worst (peers: readonly PeerState[], count: number, nowMs: number): Victim[] {
    const victims: Victim[] = []
    let rest = peers.filter(({ openedMs }) => nowMs - openedMs >= TRIM_GRACE_MS).sort((a, b) => b.openedMs - a.openedMs)
    while (victims.length < count && rest.length > 0) {
      const victim = this.plan(rest) ?? { peer: rest[0] as PeerState, why: 'over the limit' }
      victims.push(victim)
      rest = rest.filter(peer => peer !== victim.peer)
    }
    return victims
  }

  #candidate (peer: PeerState): EvictionCandidate {
    const rttMs = peer.connections[0]?.rtt
    return {
      id: peer.id,
      group: peer.facts.group,
      groupKey: new DataView(sha256(concat([this.#key, fromString(peer.facts.group)])).buffer).getUint32(0),
      usefulMs: peer.usefulMs,
      connectedMs: peer.openedMs,
      discouraged: this.#init.scoring().isDiscouraged(peer.id),
      quality: this.#init.scoring().quality(peer.id),
      preferred: peer.roles.some(role => this.#init.preferredRoles.includes(role)),
      ...(rttMs == null ? {} : { rttMs }),
      ...(this.#init.keepNearest > 0 ? { distance: xor(this.#selfKey, keyOf(peer.peerId)) } : {})
    }
  }
}

/** A peer's place in key space, as in Kademlia: SHA-256 of its id. */
function keyOf (peerId: PeerId): Uint8Array {
  return sha256(peerId.toMultihash().bytes)
}
