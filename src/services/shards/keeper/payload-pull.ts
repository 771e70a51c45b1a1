import { describeError } from '../../../errors.ts'
import { shuffled } from '../../../util/rng.ts'
import { readManifest } from '../model/manifest.ts'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import type { PeerId } from '@libp2p/interface'
import type { Vouched } from '../parts.ts'
import type { Manifest } from '../pb/shards.ts'
import type { KeeperContext } from './context.ts'

const TIMEOUT_MS = 20_000

/**
 * Gets the encrypted payload from other holders, then from those that were holders before, from where it stopped; the holder of this
 * node checks it against its hash. Whether it is whole now. Rejects only when the signal aborts.
 */
export async function pullPayload (context: KeeperContext, id: string, { manifest }: Vouched, former: readonly PeerId[], signal: AbortSignal): Promise<boolean> {
  const { self, rng, log } = context
  const now = manifest.holders.map(({ peer }) => peerFromBytes(peer)).filter(peer => !peer.equals(self))
  const known = [...former, ...await holdersBefore(context, manifest, signal)]
  const left = new Map(known.filter(peer => !peer.equals(self) && !now.some(other => other.equals(peer))).map(peer => [peer.toString(), peer]))
  for (const peer of [...shuffled(now, rng), ...shuffled([...left.values()], rng)]) {
    try {
      if (await pullFrom(context, id, { manifest }, peer, signal)) return true
    } catch (err) {
      signal.throwIfAborted()
      log('the payload of vault %s does not come from %p: %s', id, peer, describeError(err))
    }
  }
  return false
}

/** Those of the manifest before, where that is kept here. */
async function holdersBefore ({ caller, self, log }: KeeperContext, { vault, seq }: Manifest, signal: AbortSignal): Promise<PeerId[]> {
  if (seq === 1) return []
  try {
    const { answer } = await caller.call(self, vault, { getState: { from: seq - 1 } }, { signal, timeoutMs: TIMEOUT_MS })
    const manifests = (answer.state?.manifests ?? []).map(signed => readManifest(signed.manifest))
    return manifests.find(manifest => manifest.seq === seq - 1)?.holders.map(({ peer }) => peerFromBytes(peer)) ?? []
  } catch (err) {
    signal.throwIfAborted()
    log('the manifest before cannot be read: %s', describeError(err))
    return []
  }
}

async function pullFrom ({ caller, holdings }: KeeperContext, id: string, { manifest: { vault, item } }: Pick<Vouched, 'manifest'>, peer: PeerId, signal: AbortSignal): Promise<boolean> {
  if (item == null) return false
  for (let offset = holdings.payloadBytes(id); offset < item.bytes; offset = holdings.payloadBytes(id)) {
    const { answer } = await caller.call(peer, vault, { get: { payload: item.payload, offset } }, { signal, timeoutMs: TIMEOUT_MS })
    const data = answer.data?.data ?? new Uint8Array()
    if (data.byteLength === 0) return false
    if (await holdings.putPayload(id, offset, data)) return true
    // nothing of it was taken, or all of it was wrong: somebody else may have it right
    if (holdings.payloadBytes(id) <= offset) return false
  }
  return false
}
