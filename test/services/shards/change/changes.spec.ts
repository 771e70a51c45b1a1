import { expect } from 'chai'
import { Change } from '../../../../src/services/shards/pb/shards.ts'
import { peerFromBytes } from '../../../../src/util/peer-bytes.ts'
import { acceptsNothing, complains, dealsAnother, dealsFalsely, hasAcceptedNothing, wrongsSome } from '../keeper/support/dealer-lies.ts'
import { Scene } from '../keeper/support/scene.ts'
import type { ShardsError } from '../../../../src/services/shards/errors.ts'
import type { ChangeInit, Changed, Vouched } from '../../../../src/services/shards/parts.ts'
import type { ShardNode } from '../support/shard-node.ts'

/** Nothing happens but what the test does. */
const QUIET = { auditEveryMs: 86_400_000, refreshEveryMs: 0, lostAfterMs: 86_400_000 }

function vouchedAt (scene: Scene, node: ShardNode): Vouched {
  const held = scene.held(node)
  if (held == null) throw new Error('it holds nothing')
  return held.vouched
}

/** New shares for the same holders, as that node would ask for them. */
async function refresh (scene: Scene, node: ShardNode, more: Partial<ChangeInit> = {}): Promise<Changed> {
  const previous = vouchedAt(scene, node)
  const { suite, vault, owner, nonce, threshold, item, policy, state, expiresMs, label, revoked, holders } = previous.manifest
  const next = { suite, vault, owner, nonce, threshold, item, policy, state, expiresMs, label, revoked, change: Change.RESHARE, holders: holders.map(({ index, peer }) => ({ index, peer: peerFromBytes(peer) })) }
  return await scene.settled(node.assembly.changes.change({ previous, next, signal: new AbortController().signal, ...more }))
}

async function failure (work: Promise<unknown>): Promise<ShardsError> {
  return await work.then(() => { throw new Error('it did not reject') }, (err: unknown) => err as ShardsError)
}

describe('shards: changes', function () {
  this.timeout(30_000)

  it('give new shares to all, of the same scalar', async () => {
    await using scene = await Scene.of({ holders: 4, threshold: 2, of: 4, policy: QUIET })
    const { vouched, missing } = await refresh(scene, scene.able[0]!)
    const [before, after] = [scene.manifest.commitments, vouched.manifest.commitments]
    expect({ seq: vouched.manifest.seq, epoch: vouched.manifest.epoch, missing }).to.deep.equal({ seq: 2, epoch: 2, missing: [] })
    expect(after[0]).to.deep.equal(before[0])
    expect(vouched.signed.accepts).to.have.length(4)
    expect(scene.able).to.have.length(4)
    await scene.expectToOpen()
  })

  const lies = {
    'that is no sharing of its share': { lie: dealsAnother, charged: true },
    'that fits nobody': { lie: dealsFalsely, charged: false },
    'that fits only some': { lie: wrongsSome, charged: false }
  }
  for (const [name, { lie, charged }] of Object.entries(lies)) {
    it(`leave out a dealer who deals what ${name.slice(5)}`, async () => {
      await using scene = await Scene.of({ holders: 5, threshold: 3, of: 5, policy: QUIET })
      const [proposer, liar] = scene.able
      liar!.lie = lie(liar!.privateKey)
      await refresh(scene, proposer!)
      expect(scene.able).to.have.length(5)
      expect(proposer!.opinion.offences.map(({ peer, offence, cause }) => [peer, offence, cause])).to.deep.equal(charged ? [[liar!.id, 'severe', 'shards:contribution']] : [])
      await scene.expectToOpen()
    })
  }

  const hindrances = {
    'complains of everybody': complains([1, 2, 3, 4, 5]),
    'accepts nothing': acceptsNothing,
    'says that it has accepted what there is not': hasAcceptedNothing
  }
  for (const [name, lie] of Object.entries(hindrances)) {
    it(`come about in spite of one who ${name}`, async () => {
      await using scene = await Scene.of({ holders: 5, threshold: 3, of: 5, policy: QUIET })
      const [proposer, liar] = scene.able
      liar!.lie = lie
      const { vouched, missing } = await refresh(scene, proposer!)
      expect(vouched.manifest.epoch).to.equal(2)
      expect(missing.length).to.be.at.most(1)
      expect(scene.able.length).to.be.at.least(4)
      await scene.expectToOpen()
    })
  }

  it('finish first what somebody else has had accepted, and refuse this one', async () => {
    await using scene = await Scene.of({ holders: 5, threshold: 3, of: 5, policy: QUIET })
    const [first, second] = scene.able
    // it is gone before it can tell anybody that it is decided
    const untap = scene.network.links.tap(({ from, bytes, answer }) => {
      if (answer && scene.able.filter(node => node.assembly.holder?.pendingSeq(scene.id) === 2).length >= 4 && first!.alive) first!.kill()
      return first!.alive || !from.equals(first!.peerId) ? bytes : undefined
    })
    void refresh(scene, first!).catch(() => {})
    expect(await scene.pass(60_000, () => !first!.alive)).to.equal(true)
    untap()
    const err = await failure(refresh(scene, second!))
    expect(err.code).to.equal('SHARDS_CONFLICT')
    expect((err.details['newer'] as Vouched).manifest.seq).to.equal(2)
    expect(vouchedAt(scene, second!).manifest.seq).to.equal(2)
    await scene.expectToOpen()
  })

  it('of several at a time come one after the other, and none is lost', async () => {
    await using scene = await Scene.of({ holders: 4, threshold: 2, of: 4, policy: QUIET })
    const outcomes = await scene.settled(Promise.allSettled(scene.able.map(async node => await refresh(scene, node))))
    const done = outcomes.filter(({ status }) => status === 'fulfilled')
    const codes = outcomes.flatMap(outcome => outcome.status === 'rejected' ? [(outcome.reason as ShardsError).code] : [])
    expect(done.length).to.be.at.least(1)
    expect(codes.every(code => code === 'SHARDS_CONFLICT'), codes.join()).to.equal(true)
    expect(scene.manifest.seq).to.equal(2)
    expect(new Set(scene.able.map(node => vouchedAt(scene, node).hash.join())).size).to.equal(1)
  })

  it('are refused, and change nothing, where too few holders are there', async () => {
    await using scene = await Scene.of({ holders: 5, threshold: 3, of: 5, policy: QUIET })
    const [proposer, , ...gone] = scene.able
    for (const node of gone) node.kill()
    const err = await failure(refresh(scene, proposer!))
    expect(err.code).to.equal('SHARDS_NOT_STORED')
    expect(err.message).to.contain('2 of the 3 holders that are needed agreed')
    for (const node of gone) await node.start()
    expect(scene.manifest.seq).to.equal(1)
    await scene.expectToOpen()
  })

  it('are refused when the vault has been changed meanwhile, with what is newer', async () => {
    await using scene = await Scene.of({ holders: 3, threshold: 2, of: 3, policy: QUIET })
    const [first, second] = scene.able
    const previous = vouchedAt(scene, second!)
    await refresh(scene, first!)
    const err = await failure(refresh(scene, second!, { previous }))
    expect(err.code).to.equal('SHARDS_CONFLICT')
    expect((err.details['newer'] as Vouched).manifest.seq).to.equal(2)
  })

  it('end at once when they are aborted, or when the node stops', async () => {
    await using scene = await Scene.of({ holders: 3, threshold: 2, of: 3, policy: QUIET })
    const [first] = scene.able
    const controller = new AbortController()
    const aborted = failure(refresh(scene, first!, { signal: controller.signal }))
    controller.abort(new Error('no longer wanted'))
    expect((await aborted).message).to.equal('no longer wanted')
    const stopped = failure(refresh(scene, first!))
    await scene.settled(first!.assembly.changes.stop())
    expect((await stopped).code).to.equal('SHARDS_STOPPED')
    expect(scene.manifest.seq).to.equal(1)
  })
})
