import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { NodeLock } from '../../../../../src/services/shards/holder/node-lock.ts'
import { withShare } from '../../../../../src/services/shards/holder/shares.ts'
import { VaultStore } from '../../../../../src/services/shards/holder/vault-store.ts'
import { seededRng } from '../../../../../src/util/rng.ts'
import { quietLog } from '../../support/quiet-log.ts'
import type { Share } from '../../../../../src/crypto/threshold/checks.ts'
import type { VaultRecord } from '../../../../../src/services/shards/holder/vault-record.ts'
import type { Manifest } from '../../../../../src/services/shards/pb/shards.ts'
import type { ShardNode } from '../../support/shard-node.ts'

/** What the disk of a node has of a vault, whether the node runs or not. */
export async function recordOf (node: ShardNode, id: string): Promise<VaultRecord | undefined> {
  return (await new VaultStore({ datastore: node.disk, log: quietLog }).load()).records.get(id)
}

export interface Standing {
  manifest: Manifest
  /** How many disks have a share that fits. */
  usable: number
}

/**
 * Every manifest that some disk has a certificate of, and the shares of it: those of holders that know that it holds, and those of holders
 * that have accepted it and will hear.
 */
export async function standings (nodes: Iterable<ShardNode>, id: string): Promise<Standing[]> {
  const records = (await Promise.all([...nodes].map(async node => await recordOf(node, id)))).filter(record => record != null)
  const certified = new Map(records.flatMap(({ vouched }) => vouched == null ? [] : [[toString(vouched.hash, 'base16'), vouched.manifest]]))
  return [...certified.values()].map(manifest => {
    const fitting = records.filter(({ share, prepared }) => [share, prepared].some(each => each != null && manifest.holders.some(({ index, verification }) => each.epoch === manifest.epoch && index === each.index && equals(verification, each.verification))))
    return { manifest, usable: fitting.length }
  })
}

/** The share that a node has, in clear: what somebody gets who steals its disk and its key. */
export async function stolenShare (node: ShardNode, id: string): Promise<Share | undefined> {
  const share = (await recordOf(node, id))?.share
  return share == null ? undefined : await withShare(share, id, new NodeLock(node.privateKey, seededRng(1)), ({ index, scalar }) => ({ index, scalar: scalar.slice() }))
}
