import { wipe } from '../../../crypto/threshold/checks.ts'
import { publicShareOf } from '../../../crypto/threshold/verification.ts'
import type { Share } from '../../../crypto/threshold/checks.ts'
import type { StoredShare } from '../pb/holder-store.ts'
import type { NodeLock } from './node-lock.ts'

/** A share as it rests on the disk. */
export async function lockShare ({ index, scalar }: Share, vaultId: string, epoch: number, lock: NodeLock): Promise<StoredShare> {
  return { epoch, index, verification: publicShareOf(scalar), locked: await lock.lock(lockName(vaultId, epoch, index), scalar) }
}

/** Gives `use` the share in clear, and wipes it. */
export async function withShare<T> ({ epoch, index, locked }: StoredShare, vaultId: string, lock: NodeLock, use: (share: Share) => T | Promise<T>): Promise<T> {
  const scalar = await lock.unlock(lockName(vaultId, epoch, index), locked)
  try {
    return await use({ index, scalar })
  } finally {
    wipe(scalar)
  }
}

function lockName (vaultId: string, epoch: number, index: number): string {
  return `peerkeep-shards-share/${vaultId}/${epoch}/${index}`
}
