import { expect } from 'chai'
import { falseAudit } from '../support/lies.ts'
import { FAST_POLICY, Scene } from './support/scene.ts'

describe('shards: the keeper', function () {
  this.timeout(60_000)

  it('gives the vault new shares on schedule, and one holder sees to it', async () => {
    await using scene = await Scene.of({ holders: 3, threshold: 2, of: 3, policy: { ...FAST_POLICY, auditEveryMs: 20_000, refreshEveryMs: 30_000 } })
    expect(await scene.pass(100_000, () => scene.manifest.epoch === 3 && scene.able.length === 3)).to.equal(true)
    expect(scene.failures).to.deep.equal([])
    const proposed = scene.able.map(({ assembly }) => assembly.holder!.counters['propose:CONFLICT'] ?? 0)
    expect(proposed, 'nobody was in the way of another').to.deep.equal([0, 0, 0])
    await scene.expectToOpen()
  })

  it('replaces as many as may be lost at once, share and payload', async () => {
    await using scene = await Scene.of({ holders: 9, threshold: 3, of: 5 })
    const dead = scene.able.slice(0, 2)
    for (const node of dead) node.kill()
    expect(await scene.pass(60_000, () => scene.able.length === 5)).to.equal(true)
    expect(scene.manifest.threshold).to.equal(3)
    expect(scene.network.living.flatMap(({ events }) => events).filter(({ type }) => type === 'holder:lost')).to.not.deep.equal([])
    await scene.expectToOpen()
    for (const node of dead) await node.start()
    expect(await scene.pass(60_000, () => dead.every(node => scene.held(node) == null)), 'who is back hears that it has been replaced').to.equal(true)
    expect(scene.failures).to.deep.equal([])
  })

  it('replaces one that is lost with the next refresh, while enough are well', async () => {
    await using scene = await Scene.of({ holders: 5, threshold: 2, of: 4, policy: { ...FAST_POLICY, refreshEveryMs: 90_000 } })
    scene.able[2]!.kill()
    expect(await scene.pass(80_000, () => scene.manifest.seq > 1)).to.equal(false)
    expect(await scene.pass(60_000, () => scene.able.length === 4)).to.equal(true)
    await scene.expectToOpen()
  })

  it('replaces who gives a false proof at once, and gives everybody new shares', async () => {
    await using scene = await Scene.of({ holders: 6, threshold: 3, of: 5 })
    const liar = scene.able[1]!
    liar.lie = falseAudit
    expect(await scene.pass(60_000, () => scene.manifest.epoch === 2 && scene.able.length === 5)).to.equal(true)
    expect(scene.held(liar)).to.equal(undefined)
    const charges = scene.network.living.map(({ opinion }) => opinion.offences.filter(({ peer }) => peer === liar.id).map(({ cause }) => cause))
    expect(charges.filter(causes => causes.includes('shards:audit')).length).to.be.greaterThan(3)
    await scene.expectToOpen()
  })

  it('says that nobody can be found, and has the others refreshed as long as one of them could lie', async () => {
    await using scene = await Scene.of({ holders: 5, threshold: 3, of: 5, policy: { ...FAST_POLICY, refreshEveryMs: 60_000 } })
    scene.able[0]!.kill()
    expect(await scene.pass(120_000, () => scene.manifest.epoch === 2)).to.equal(true)
    await scene.pass(5_000)
    expect(scene.able).to.have.length(4)
    scene.able[0]!.kill()
    await scene.pass(150_000)
    expect(scene.manifest.epoch, 'of three, one that proposes could keep the vault from opening').to.equal(2)
    expect(scene.failures[0]).to.contain('lost holders cannot be replaced')
    await scene.expectToOpen()
  })

  it('catches up after an absence, and has a share again with the next epoch', async () => {
    await using scene = await Scene.of({ holders: 3, threshold: 2, of: 3, policy: { ...FAST_POLICY, refreshEveryMs: 40_000, lostAfterMs: 3_600_000 } })
    const away = scene.able[0]!
    away.kill()
    expect(await scene.pass(70_000, () => scene.manifest.epoch === 2)).to.equal(true)
    await away.start()
    expect(await scene.pass(10_000, () => scene.held(away)?.vouched.manifest.epoch === 2), 'knows the newest').to.equal(true)
    expect(scene.held(away)?.hasShare).to.equal(false)
    expect(await scene.pass(70_000, () => scene.held(away)?.hasShare === true)).to.equal(true)
  })

  it('blames nobody when this node is cut off, however long', async () => {
    await using scene = await Scene.of({ holders: 7, threshold: 3, of: 5 })
    const [alone] = scene.able
    scene.network.links.partition([alone!.peerId])
    await scene.pass(60_000)
    scene.network.links.partition()
    await scene.pass(15_000)
    expect(alone!.events.filter(({ type }) => type === 'holder:lost')).to.deep.equal([])
    expect(alone!.assembly.keeper!.statuses(scene.id).map(({ health }) => health)).to.deep.equal(['healthy', 'healthy', 'healthy', 'healthy'])
    expect(scene.manifest.seq).to.equal(1)
  })

  it('leaves all to the owner where the policy says so', async () => {
    await using scene = await Scene.of({ holders: 7, threshold: 3, of: 5, policy: { ...FAST_POLICY, refreshEveryMs: 30_000, holdersMayReshare: false } })
    for (const node of scene.able.slice(0, 2)) node.kill()
    expect(await scene.pass(90_000, () => scene.manifest.seq > 1)).to.equal(false)
    expect(scene.failures).to.deep.equal([])
  })
})
