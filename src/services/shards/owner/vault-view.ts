import { ShardsError } from '../errors.ts'
import { State } from '../pb/shards.ts'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { vaultIdText } from './arguments.ts'
import type { Vault, VaultPolicy } from '../index.ts'
import type { Vouched } from '../parts.ts'
import type { Item, Manifest } from '../pb/shards.ts'

/** A vault as its users see it. */
export function vaultOf ({ manifest }: Vouched, label: string): Vault {
  const { vault, threshold, holders, epoch, seq, state, issuedMs, expiresMs } = manifest
  const { bytes, version } = itemOf(manifest)
  return {
    id: vaultIdText(vault),
    label,
    threshold,
    holders: holders.map(({ peer }) => peerFromBytes(peer)),
    epoch,
    seq,
    bytes,
    version,
    exposed: state === State.EXPOSED,
    changedMs: issuedMs,
    ...expiresMs === 0 ? {} : { expiresMs },
    policy: policyOf(manifest)
  }
}

export function policyOf ({ policy }: Manifest): Required<VaultPolicy> {
  if (policy == null) throw incomplete('policy')
  const { auditEveryMs, refreshEveryMs, lostAfterMs, holdersMayReshare, exportable, opensPerHour } = policy
  return { auditEveryMs, refreshEveryMs, lostAfterMs, holdersMayReshare, exportable, opensPerHour }
}

export function itemOf ({ item }: Manifest): Item {
  if (item == null) throw incomplete('item')
  return item
}

/** The point that everything of a vault is checked against. */
export function publicKeyOf ({ commitments }: Manifest): Uint8Array {
  const [publicKey] = commitments
  if (publicKey == null) throw incomplete('public key')
  return publicKey
}

/** What is encrypted for this vault and version opens nowhere else. */
export function itemContext ({ suite, vault }: Manifest, version: number): { suite: number, vault: Uint8Array, version: number } {
  return { suite, vault, version }
}

/** Manifests are read with a check of all that must be there. */
function incomplete (what: string): ShardsError {
  return new ShardsError('SHARDS_INVALID', `a manifest without ${what}: it was not made by this version`)
}
