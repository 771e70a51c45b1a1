import { expect } from 'chai'
import { whatCameAfter } from '../../../../src/services/shards/change/chain.ts'
import { bringUp, catchUp } from '../../../../src/services/shards/keeper/catching-up.ts'
import { RefusedError } from '../../../../src/services/shards/model/failure.ts'
import { Scene } from './support/scene.ts'
import type { ChangeContext } from '../../../../src/services/shards/change/context.ts'
import type { ShardNode } from '../support/shard-node.ts'

const QUIET = { auditEveryMs: 86_400_000, refreshEveryMs: 0, lostAfterMs: 86_400_000 }
const signal = new AbortController().signal

/** A vault of which that holder has missed two changes of the owner's: the others keep only the last. */
async function missedTwo (): Promise<{ scene: Scene, away: ShardNode, other: ShardNode }> {
  const scene = await Scene.of({ holders: 4, threshold: 2, of: 4, policy: QUIET })
  const [away, other] = scene.able as [ShardNode, ShardNode]
  scene.network.links.partition([away.peerId])
  for (const label of ['one', 'two']) await scene.settled(scene.owner.assembly.owner.amend(scene.id, { label }))
  // those that were to tell it have given up
  await scene.pass(300_000)
  scene.network.links.partition()
  expect([scene.held(away)?.vouched.manifest.seq, scene.held(other)?.vouched.manifest.seq]).to.deep.equal([1, 3])
  return { scene, away, other }
}

describe('shards: catching up', function () {
  this.timeout(30_000)

  it('skips what the owner has signed over', async () => {
    const { scene, away, other } = await missedTwo()
    const context = { caller: away.assembly.caller, self: away.peerId }
    expect(await scene.settled(catchUp(context, scene.held(away)!.vouched, other.peerId, signal))).to.equal(2)
    expect(scene.held(away)?.vouched.manifest.seq).to.equal(3)
    await scene[Symbol.asyncDispose]()
  })

  it('is brought to who does not know that it has missed something', async () => {
    const { scene, away, other } = await missedTwo()
    const context = { caller: other.assembly.caller, self: other.peerId }
    expect(await scene.settled(bringUp(context, scene.held(other)!.vouched, away.peerId, signal))).to.equal(1)
    expect(scene.held(away)?.vouched.manifest.seq).to.equal(3)
    expect(await scene.settled(bringUp(context, scene.held(other)!.vouched, away.peerId, signal)), 'nothing is told twice').to.equal(0)
    await scene[Symbol.asyncDispose]()
  })

  it('shows a proposer that is behind what came after', async () => {
    const { scene, away, other } = await missedTwo()
    const previous = scene.held(away)!.vouched
    const { caller } = away.assembly
    const context = { caller, previous, vault: previous.manifest.vault, signal, log: () => {} } as unknown as ChangeContext
    const refusals = new Map([[{ key: '', peerId: other.peerId }, new RefusedError('STALE', 'older')]])
    const after = await scene.settled(whatCameAfter(context, refusals))
    expect(after.map(({ manifest }) => manifest.seq)).to.deep.equal([3])
    await scene[Symbol.asyncDispose]()
  })
})
