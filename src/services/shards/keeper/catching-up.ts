import { verifyChain } from '../model/certificate.ts'
import type { PeerId } from '@libp2p/interface'
import type { Vouched } from '../parts.ts'
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
    const chain = await verifyChain(manifests, { vault, after: newest })
    for (const { signed } of chain) await caller.call(self, vault, { commit: { manifest: signed } }, { signal, timeoutMs: TIMEOUT_MS })
    newest = chain.at(-1) ?? newest
    if (newest.manifest.seq >= (answer.state?.seq ?? 0)) break
  }
  return newest.manifest.seq - known.manifest.seq
}
