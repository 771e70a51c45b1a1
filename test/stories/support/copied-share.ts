import { loadIdentity } from '../../../src/platform/identity.ts'
import { openDatastore } from '../../../src/platform/datastore.ts'
import { NodeLock } from '../../../src/services/shards/holder/node-lock.ts'
import { withShare } from '../../../src/services/shards/holder/shares.ts'
import { VaultStore } from '../../../src/services/shards/holder/vault-store.ts'
import { systemRng } from '../../../src/util/rng.ts'
import { silentLogger } from '../../services/messaging/direct/silent-log.ts'
import type { Vouched } from '../../../src/services/shards/parts.ts'

export interface CopiedShare {
  epoch: number
  index: number
  scalar: Uint8Array
  vouched: Vouched
}

/** What somebody who has copied the whole data directory of a holder, its key included, makes of it. */
export async function copiedShare (dataDir: string, id: string): Promise<CopiedShare> {
  const { privateKey } = await loadIdentity(dataDir, {})
  const { datastore, close } = await openDatastore(dataDir)
  try {
    const { records } = await new VaultStore({ datastore, log: silentLogger().forComponent('copy') }).load()
    const record = records.get(id)
    if (record?.share == null || record.vouched == null) throw new Error(`there is no share of ${id} in ${dataDir}`)
    const { share, vouched } = record
    const scalar = await withShare(share, id, new NodeLock(privateKey, systemRng), ({ scalar }) => scalar.slice())
    return { epoch: share.epoch, index: share.index, scalar, vouched }
  } finally {
    await close()
  }
}
