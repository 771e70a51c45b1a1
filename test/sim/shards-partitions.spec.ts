import { expect } from 'chai'
import { toString } from 'uint8arrays/to-string'
import { seededRng, shuffled } from '../../src/util/rng.ts'
import { tell } from '../support/figure.ts'
import { FAST_POLICY, Scene } from '../services/shards/keeper/support/scene.ts'
import type { ShardNode } from '../services/shards/support/shard-node.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

describe('simulation: holders lost, cut off, and hard to reach', function () {
  this.timeout(900_000)

  /** What the holders say that the vault is, at each seq. */
  function histories (scene: Scene, seen: Map<number, Set<string>>): void {
    for (const node of scene.network.living) {
      const vouched = scene.held(node)?.vouched
      if (vouched == null) continue
      const { seq } = vouched.manifest
      seen.set(seq, (seen.get(seq) ?? new Set()).add(toString(vouched.hash, 'base16')))
    }
  }

  for (const [threshold, of] of [[3, 5], [6, 10], [5, 8]] as const) {
    it(`has ${of} holders again within 60 s when ${of - threshold} of a (${threshold},${of}) vault are killed at once`, async () => {
      await using scene = await Scene.of({ holders: 2 * of, threshold, of, seed: of, policy: { auditEveryMs: 4_000, lostAfterMs: 15_000, refreshEveryMs: 0 } })
      for (const node of shuffled(scene.able, seededRng(of)).slice(0, of - threshold)) node.kill()
      const killedMs = scene.network.clock.monotonic()
      expect(scene.able).to.have.length(threshold)
      expect(await scene.pass(60_000, () => scene.able.length === of)).to.equal(true)
      tell(`(${threshold},${of}): all holders again after`, `${(scene.network.clock.monotonic() - killedMs) / 1_000} s`, '60 s')
      await scene.expectToOpen()
    })
  }

  it('has all its holders again by the default policy, a day after they went, and is refreshed every week', async () => {
    await using scene = await Scene.of({ holders: 8, threshold: 3, of: 5, policy: {}, holding: { minIntervalMs: 60_000 } })
    for (const node of scene.able.slice(0, 2)) node.kill()
    const killedMs = scene.network.clock.monotonic()
    expect(await scene.pass(DAY_MS - HOUR_MS, () => scene.manifest.seq > 1), 'not before').to.equal(false)
    expect(await scene.pass(9 * HOUR_MS, () => scene.able.length === 5)).to.equal(true)
    tell('default policy: all holders again after', `${((scene.network.clock.monotonic() - killedMs) / HOUR_MS).toFixed(1)} h`, '32 h')
    const { epoch } = scene.manifest
    expect(await scene.pass(15 * DAY_MS, () => scene.manifest.epoch === epoch + 2)).to.equal(true)
    await scene.pass(60_000)
    expect(scene.able).to.have.length(5)
    await scene.expectToOpen()
  })

  it('never has two histories when the holders are divided, and goes on where a quorum is', async () => {
    await using scene = await Scene.of({ holders: 14, threshold: 3, of: 7, seed: 3, policy: { ...FAST_POLICY, refreshEveryMs: 20_000 } })
    const seen = new Map<number, Set<string>>()
    const rng = seededRng(3)
    for (let round = 0; round < 8; round++) {
      const all = shuffled(scene.network.living.filter(node => node !== scene.owner), rng)
      const cut = 1 + rng.int(all.length - 1)
      scene.network.links.partition(all.slice(0, cut).map(({ peerId }) => peerId), all.slice(cut).map(({ peerId }) => peerId))
      for (let i = 0; i < 20; i++) {
        await scene.pass(2_000)
        histories(scene, seen)
      }
    }
    scene.network.links.partition()
    const { seq } = scene.manifest
    expect(await scene.pass(180_000, () => scene.manifest.seq > seq && scene.able.length === 7), 'all is well again').to.equal(true)
    histories(scene, seen)
    expect([...seen].filter(([, hashes]) => hashes.size > 1)).to.deep.equal([])
    tell('changes while the holders were divided', String(seq - 1), 'at least 2')
    expect(seq).to.be.greaterThan(2)
    await scene.expectToOpen()
  })

  it('gets its changes through where every tenth message is lost', async () => {
    await using scene = await Scene.of({ holders: 7, threshold: 3, of: 5, policy: { ...FAST_POLICY, refreshEveryMs: 60_000, lostAfterMs: 600_000 } })
    scene.network.links.loss = 0.1
    expect(await scene.pass(900_000, () => scene.manifest.epoch >= 5)).to.equal(true)
    scene.network.links.loss = 0
    const lost = scene.network.nodes.flatMap(({ events }: ShardNode) => events.filter(({ type }) => type === 'holder:lost'))
    expect(lost, 'lost holders').to.deep.equal([])
    await scene.expectToOpen()
  })
})
