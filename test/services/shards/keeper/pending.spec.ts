import { expect } from 'chai'
import { Change } from '../../../../src/services/shards/pb/shards.ts'
import { peerFromBytes } from '../../../../src/util/peer-bytes.ts'
import { Scene } from './support/scene.ts'
import type { ShardNode } from '../support/shard-node.ts'

const QUIET = { auditEveryMs: 86_400_000, refreshEveryMs: 0, lostAfterMs: 86_400_000 }

/** Kills that node when so many have accepted what it proposes, before it can tell anybody that it is decided. */
function killWhenAccepted (scene: Scene, proposer: ShardNode, holders: number): void {
  scene.network.links.tap(({ from, bytes, answer }) => {
    if (answer && proposer.alive && scene.network.living.filter(node => node.assembly.holder?.pendingSeq(scene.id) === 2).length >= holders) proposer.kill()
    return proposer.alive || !from.equals(proposer.peerId) ? bytes : undefined
  })
}

describe('shards: a change that its proposer has left', function () {
  this.timeout(60_000)

  it('is finished by the holders after some minutes', async () => {
    await using scene = await Scene.of({ holders: 5, threshold: 3, of: 5, policy: QUIET })
    const proposer = scene.able[0]!
    const previous = scene.held(proposer)!.vouched
    const { suite, vault, owner, nonce, threshold, item, policy, state, expiresMs, label, revoked, holders } = previous.manifest
    killWhenAccepted(scene, proposer, 4)
    const next = { suite, vault, owner, nonce, threshold, item, policy, state, expiresMs, label, revoked, change: Change.RESHARE, holders: holders.map(({ index, peer }) => ({ index, peer: peerFromBytes(peer) })) }
    void proposer.assembly.changes.change({ previous, next, signal: new AbortController().signal }).catch(() => {})
    expect(await scene.pass(60_000, () => !proposer.alive)).to.equal(true)
    expect(await scene.pass(240_000, () => scene.manifest.seq > 1), 'not at once').to.equal(false)
    expect(await scene.pass(300_000, () => scene.manifest.seq === 2)).to.equal(true)
    await scene.pass(60_000)
    expect(scene.able).to.have.length(4)
    await scene.expectToOpen()
  })

  it('is finished also where all else is the owner\'s to do', async () => {
    await using scene = await Scene.of({ holders: 5, threshold: 3, of: 5, policy: { ...QUIET, holdersMayReshare: false } })
    const { owner } = scene
    killWhenAccepted(scene, owner, 5)
    void owner.assembly.owner.amend(scene.id, { label: 'another' }).catch(() => {})
    expect(await scene.pass(60_000, () => !owner.alive)).to.equal(true)
    expect(await scene.pass(600_000, () => scene.manifest.seq === 2)).to.equal(true)
    expect(scene.failures).to.deep.equal([])
  })
})
