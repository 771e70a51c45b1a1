import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { expect } from 'chai'
import { Key } from 'interface-datastore'
import { Checkpoints } from '../../../../src/services/messaging/files/checkpoints.ts'
import { CHECKPOINT_MS, CHUNK_BYTES, MAX_CHECKPOINT_AGE_MS, MAX_CHECKPOINTS } from '../../../../src/services/messaging/files/constants.ts'
import { MerkleTree } from '../../../../src/services/messaging/files/merkle-tree.ts'
import { passes } from '../../../support/eventually.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

const START_MS = 1_700_000_000_000
const log = defaultLogger().forComponent('test')

function treeOf (chunks: number): MerkleTree {
  const tree = new MerkleTree()
  for (let i = 0; i < chunks; i++) tree.append(new Uint8Array(32).fill(i))
  return tree
}

async function stored (datastore: MemoryDatastore): Promise<number> {
  let count = 0
  for await (const { key } of datastore.query({})) if (key.toString() !== '') count++
  return count
}

describe('messaging: how far files have come', () => {
  it('is known after a crash, as of a quarter of a second before', async () => {
    const clock = new ManualClock(START_MS)
    const datastore = new MemoryDatastore()
    const before = new Checkpoints({ datastore, clock, log })
    before.start()
    const tree = treeOf(3)
    before.update('peer/one', tree, 3 * CHUNK_BYTES)
    before.update('peer/two', treeOf(2), CHUNK_BYTES + 1, true)
    clock.advance(CHECKPOINT_MS)
    await passes(async () => { expect(await stored(datastore)).to.equal(2) })
    tree.append(new Uint8Array(32))
    const after = new Checkpoints({ datastore, clock, log })
    await after.load()
    expect(after.partial('peer/one')?.bytes).to.equal(3 * CHUNK_BYTES)
    expect(after.partial('peer/one')?.tree.root).to.deep.equal(treeOf(3).root)
    expect(after.finished('peer/one')).to.equal(undefined)
    expect(after.finished('peer/two')).to.deep.equal({ bytes: CHUNK_BYTES + 1, root: treeOf(2).root })
    expect(after.partial('peer/two')).to.equal(undefined)
    expect(after.size).to.equal(2)
  })

  it('the oldest are forgotten: when there are too many, after a week, and when asked', async () => {
    const clock = new ManualClock(START_MS)
    const datastore = new MemoryDatastore()
    const all = new Checkpoints({ datastore, clock, log })
    for (let i = 0; i < MAX_CHECKPOINTS + 5; i++) all.update(`peer/${i}`, treeOf(1), 1)
    all.update('peer/5', treeOf(1), 2)
    all.forget('peer/7')
    await all.flush()
    expect([all.size, await stored(datastore)]).to.deep.equal([MAX_CHECKPOINTS - 1, MAX_CHECKPOINTS - 1])
    expect([all.partial('peer/4'), all.partial('peer/5')?.bytes, all.partial('peer/7')]).to.deep.equal([undefined, 2, undefined])
    clock.advance(MAX_CHECKPOINT_AGE_MS + 1)
    const later = new Checkpoints({ datastore, clock, log })
    await later.load()
    await later.flush()
    expect([later.size, await stored(datastore)]).to.deep.equal([0, 0])
  })

  it('what cannot be read is thrown away, and harms nothing', async () => {
    const datastore = new MemoryDatastore()
    await datastore.put(new Key('/peerkeep/messaging/files/peer/bad'), Uint8Array.of(1, 2, 3))
    await datastore.put(new Key('/peerkeep/messaging/files/peer/odd'), Uint8Array.of(8, 1))
    const all = new Checkpoints({ datastore, clock: new ManualClock(START_MS), log })
    await all.load()
    await all.flush()
    expect([all.size, await stored(datastore)]).to.deep.equal([0, 0])
  })
})
