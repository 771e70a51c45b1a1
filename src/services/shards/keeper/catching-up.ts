import { verifyNewer } from '../change/chain.ts'
import { readManifest } from '../model/manifest.ts'
import type { PeerId } from '@libp2p/interface'
import type { Vouched } from '../parts.ts'
import type { SignedManifest } from '../pb/shards.ts'
import type { KeeperContext } from './context.ts'

const TIMEOUT_MS = 10_000
/** Answers have 256 KiB of manifests each: more than that many are not missed at a time. */
const MAX_ANSWERS = 64

/**
 * Takes over from another holder what has been decided while this node was away: each manifest is checked, and then told to the holder of
 * this node as whoever decided it would have. Gives how many there were. Rejects when the other does not answer, or with what does not hold.
 */
export async function catchUp ({ caller, self }: Pick<KeeperContext, 'caller' | 'self'>, known: Vouched, from: PeerId, signal: AbortSignal): Promise<number> {
  const { vault } = known.manifest
  let newest = known
  for (let i = 0; i < MAX_ANSWERS; i++) {
    const { answer } = await caller.call(from, vault, { getState: { from: newest.manifest.seq + 1 } }, { signal, timeoutMs: TIMEOUT_MS })
    const manifests = answer.state?.manifests ?? []
    if (manifests.length === 0) break
    const chain = await verifyNewer(manifests, newest)
    for (const { signed } of chain) await caller.call(self, vault, { commit: { manifest: signed } }, { signal, timeoutMs: TIMEOUT_MS })
    newest = chain.at(-1) ?? newest
    if (newest.manifest.seq >= (answer.state?.seq ?? 0)) break
  }
  return newest.manifest.seq - known.manifest.seq
}

/**
 * Gives another holder what has been decided while that one was away: as whoever decided it would have, from what the holder of this node
 * keeps. Gives how many there were. Rejects when the other does not answer, or refuses one of them.
 */
export async function bringUp ({ caller, self }: Pick<KeeperContext, 'caller' | 'self'>, known: Vouched, to: PeerId, signal: AbortSignal): Promise<number> {
  const { vault, seq } = known.manifest
  const options = { signal, timeoutMs: TIMEOUT_MS }
  const { answer: { state: theirs } } = await caller.call(to, vault, { getState: { from: seq + 1 } }, options)
  let from = (theirs?.seq ?? 0) + 1
  let told = 0
  for (let i = 0; i < MAX_ANSWERS && from <= seq; i++) {
    const { answer } = await caller.call(self, vault, { getState: { from } }, options)
    const manifests = answer.state?.manifests ?? []
    if (manifests.length === 0) break
    for (const manifest of manifests) await caller.call(to, vault, { commit: { manifest } }, options)
    told += manifests.length
    from = readManifest((manifests.at(-1) as SignedManifest).manifest).seq + 1
  }
  return told
}
