import { SignedManifest } from '../pb/shards.ts'
import { fits, placeOf, seqOf } from './vault-record.ts'
import type { PeerId } from '@libp2p/interface'
import type { Vouched } from '../parts.ts'
import type { VaultRecord } from './vault-record.ts'
import type { Write } from './vault-store.ts'

/**
 * What is to be written when these certificates, at least one, turn out to be newer: what was promised and accepted is decided now, the
 * old share is given up, and the new one, where it is here, takes its place. Manifests are kept from the last that the owner signed.
 */
export function advance (before: VaultRecord | undefined, id: string, newer: readonly Vouched[], peerId: PeerId): Write {
  const newest = newer.at(-1) as Vouched
  const { manifest } = newest
  const place = placeOf(manifest, peerId)
  const share = [before?.share, before?.prepared].find(share => fits(share, manifest, place))
  const anchor = newer.findLastIndex(({ signed }) => signed.ownerSignature.byteLength > 0)
  const added = newer.slice(Math.max(0, anchor))
  const isAnchored = anchor >= 0 || before?.vouched == null
  const addedBytes = added.reduce((sum, { signed }) => sum + SignedManifest.encode(signed).byteLength, 0)
  const record: VaultRecord = {
    id,
    vault: manifest.vault,
    vouched: newest,
    oldest: isAnchored ? (added[0] as Vouched).manifest.seq : before.oldest,
    chainBytes: addedBytes + (isAnchored ? 0 : before.chainBytes),
    share,
    acceptor: {},
    acceptedMs: 0
  }
  return {
    record,
    links: added.map(({ manifest: { seq }, signed }) => ({ seq, signed })),
    ...isAnchored && before?.vouched != null ? { dropBefore: { from: before.oldest, to: seqOf(before) + 1 } } : {},
    proposed: null
  }
}
