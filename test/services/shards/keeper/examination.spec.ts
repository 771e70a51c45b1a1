import { expect } from 'chai'
import { examine } from '../../../../src/services/shards/keeper/examination.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { neutralScoring } from '../../../../src/components.ts'
import { Scene } from './support/scene.ts'
import type { Examined } from '../../../../src/services/shards/keeper/examination.ts'
import type { Vouched } from '../../../../src/services/shards/parts.ts'
import type { ShardNode } from '../support/shard-node.ts'

const QUIET = { auditEveryMs: 86_400_000, refreshEveryMs: 0, lostAfterMs: 86_400_000 }

/** One audit of `other` by `node`, which compares with that digest of the payload. */
async function examined (scene: Scene, node: ShardNode, other: ShardNode, digest?: (nonce: Uint8Array) => Promise<Uint8Array | undefined>, vouched?: Vouched): Promise<Examined> {
  const { caller, informer, holder } = node.assembly
  const known = vouched ?? scene.held(node)!.vouched
  const place = known.manifest.holders.find(({ index }) => index === scene.held(other)!.index)!
  const holdings = { payloadDigest: async (id: string, nonce: Uint8Array) => digest == null ? await holder!.payloadDigest(id, nonce) : await digest(nonce) }
  return await scene.settled(examine({ caller, informer, holdings, scoring: () => neutralScoring, rng: seededRng(4) }, known, { ...place, peerId: other.peerId }, new AbortController().signal))
}

describe('shards: an audit of another holder', function () {
  this.timeout(30_000)

  it('takes its payload as whole only where it is the one that is here', async () => {
    await using scene = await Scene.of({ holders: 3, threshold: 2, of: 3, policy: QUIET })
    const [node, other] = scene.able
    const outcomes = [
      await examined(scene, node!, other!),
      await examined(scene, node!, other!, async () => new Uint8Array(32).fill(1)),
      await examined(scene, node!, other!, async () => undefined)
    ]
    expect(outcomes.map(({ finding }) => finding.what === 'proved' && finding.hasPayload)).to.deep.equal([true, false, true])
    other!.lie = answer => answer.proof == null ? undefined : { ...answer, proof: { ...answer.proof, payload: new Uint8Array(32).fill(7) } }
    const { finding } = await examined(scene, node!, other!)
    expect(finding).to.deep.include({ what: 'proved', hasPayload: false })
  })

  it('does not count who has missed what the owner changed', async () => {
    await using scene = await Scene.of({ holders: 3, threshold: 2, of: 3, policy: QUIET })
    const [node, other] = scene.able
    const { manifest, ...rest } = scene.held(node!)!.vouched
    const { finding, isBehind } = await examined(scene, node!, other!, undefined, { ...rest, manifest: { ...manifest, seq: manifest.seq + 1 } })
    expect(finding).to.deep.include({ what: 'inert', reason: 'is at change 1, behind 2' })
    expect(isBehind).to.equal(true)
  })
})
