import { backoffMs } from '../../../util/backoff.ts'
import { sleep } from '../../../util/clock.ts'
import { ShardsError } from '../errors.ts'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { holdersOf } from './canvass.ts'
import type { PeerId } from '@libp2p/interface'
import type { ChangeInit, Changed, OwnerDealing, Vouched } from '../parts.ts'
import type { Manifest } from '../pb/shards.ts'
import type { OwnerContext } from './context.ts'
import type { Errand } from './errand.ts'
import type { VaultFinder } from './vault-finder.ts'

/** What a change is to make of a manifest: computed again for a newer one. */
export interface Intent {
  /** What it is made from, when that is newer than what the intent was asked with. */
  previous?: Vouched
  next: ChangeInit['next']
  dealing?: OwnerDealing
}

/** When somebody else's change was first. */
const ATTEMPTS = 4
const BACKOFF = { minMs: 100, maxMs: 2_000 }

/**
 * Gets a change by the owner agreed on. When another change comes first the intent is asked for again, with what that one made; it says
 * undefined when there is nothing left to do, and throws when the two do not go together.
 */
export async function changed (context: OwnerContext, finder: VaultFinder, known: Vouched, errand: Errand, intent: (vouched: Vouched) => Promise<Intent | undefined>): Promise<Changed> {
  const { changes, clock, rng, memory } = context
  let vouched = known
  for (let attempt = 1; ; attempt++) {
    const wanted = await intent(vouched)
    if (wanted == null) return { vouched, missing: [] }
    try {
      const done = await changes.change({ previous: vouched, ...wanted, owner: errand.signer, signal: errand.signal, onProgress: errand.onProgress })
      await memory.remember(done.vouched, true, holdersOf(done.vouched.manifest).map(({ peer }) => peer))
      return done
    } catch (err) {
      errand.signal.throwIfAborted()
      const { newest, healed } = await finder.heal(newerIn(err, vouched) ?? vouched, errand)
      const isConflict = err instanceof ShardsError && err.code === 'SHARDS_CONFLICT'
      if (newest.manifest.seq > vouched.manifest.seq) await memory.remember(newest, true)
      else if (!isConflict && !healed) throw err
      if (attempt === ATTEMPTS) throw err
      vouched = newest
      await sleep(clock, backoffMs(attempt, BACKOFF, rng), errand.signal)
    } finally {
      for (const share of wanted.dealing?.shares ?? []) share.fill(0)
    }
  }
}

/** A manifest as it is: what a change is about is then set beside it. */
export function asItIs ({ manifest }: Vouched): ChangeInit['next'] {
  const { suite, vault, owner, nonce, threshold, holders, item, policy, state, expiresMs, change, label, revoked } = manifest
  return { suite, vault, owner, nonce, threshold, holders: holders.map(({ index, peer }) => ({ index, peer: peerFromBytes(peer) })), item, policy, state, expiresMs, change, label, revoked }
}

/** Ascending, those that stay with the index that they have, and whoever is new with the first that nobody has had in this manifest. */
export function seated ({ holders }: Pick<Manifest, 'holders'>, staying: ReadonlySet<number>, added: ReadonlyArray<PeerId>): ChangeInit['next']['holders'] {
  const used = new Set(holders.map(({ index }) => index))
  const seats = holders.filter(({ index }) => staying.has(index)).map(({ index, peer }) => ({ index, peer: peerFromBytes(peer) }))
  let index = 0
  for (const peer of added) {
    do index++
    while (used.has(index))
    used.add(index)
    seats.push({ index, peer })
  }
  return seats.sort((a, b) => a.index - b.index)
}

/** What a change that was refused shows to be newer. */
export function newerIn (err: unknown, { manifest: { seq } }: Vouched): Vouched | undefined {
  const newer = err instanceof ShardsError && err.code === 'SHARDS_CONFLICT' ? err.details['newer'] as Vouched | undefined : undefined
  return newer?.manifest != null && newer.manifest.seq > seq ? newer : undefined
}
