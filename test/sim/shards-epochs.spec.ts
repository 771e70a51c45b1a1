import { expect } from 'chai'
import { combine } from '../../src/crypto/threshold/combine.ts'
import { ThresholdError } from '../../src/crypto/threshold/errors.ts'
import { seededRng, shuffled } from '../../src/util/rng.ts'
import { tell } from '../support/figure.ts'
import { acceptsNothing, complains, dealsAnother, dealsFalsely, hasAcceptedNothing, wrongsSome } from '../services/shards/keeper/support/dealer-lies.ts'
import { Scene } from '../services/shards/keeper/support/scene.ts'
import { stolenShare } from '../services/shards/keeper/support/shares-on-disk.ts'
import { falseAudit } from '../services/shards/support/lies.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { Share } from '../../src/crypto/threshold/checks.ts'
import type { Lie } from '../services/shards/support/lies.ts'
import type { ShardNode } from '../services/shards/support/shard-node.ts'

const EPOCHS = Number(process.env['SHARDS_EPOCHS'] ?? 100)
const SEED = Number(process.env['SHARDS_SEED'] ?? 11)
const [THRESHOLD, HOLDERS, NODES] = [2, 5, 8]
const REFRESH_MS = 60_000
const POLICY = { auditEveryMs: 30_000, refreshEveryMs: REFRESH_MS, lostAfterMs: 90_000 }
/** A cheater, one dead, others that outbid each other: still several times within this. */
const LIMIT_MS = 6 * REFRESH_MS

const LIES: Record<string, (key: PrivateKey) => Lie> = {
  'a false audit': () => falseAudit,
  'another sharing': dealsAnother,
  'false commitments': dealsFalsely,
  'false sub-shares for some': wrongsSome,
  'false complaints': () => complains([1, 2, 3, 4, 5]),
  'an accepted proposal that there is not': () => hasAcceptedNothing,
  'no accept': () => acceptsNothing
}

describe(`simulation: ${EPOCHS} epochs of a (${THRESHOLD},${HOLDERS}) vault among ${NODES} nodes, one liar in each`, function () {
  this.timeout(EPOCHS * 20_000)

  it('keeps the secret, and its public key, while shares of old epochs are worth nothing', async () => {
    const rng = seededRng(SEED)
    await using scene = await Scene.of({ holders: NODES, threshold: THRESHOLD, of: HOLDERS, seed: SEED, policy: POLICY })
    const [publicKey] = scene.manifest.commitments
    const stolen = new Map<number, Share[]>()
    const names = Object.keys(LIES)
    let dead: ShardNode | undefined
    let longestMs = 0
    for (let i = 1; i <= EPOCHS; i++) {
      const { epoch } = scene.manifest
      stolen.set(epoch, (await Promise.all(scene.able.map(async node => await stolenShare(node, scene.id)))).filter(share => share != null))
      const liar = shuffled(scene.able, rng)[0]!
      const name = names[i % names.length]!
      liar.lie = LIES[name]!(liar.privateKey)
      // somebody goes, or comes back with the disk that it had
      if (dead == null) (dead = shuffled(scene.able.filter(node => node !== liar), rng)[0]!).kill()
      else {
        await dead.start()
        dead = undefined
      }
      const beganMs = scene.network.clock.monotonic()
      expect(await scene.pass(LIMIT_MS, () => scene.manifest.epoch > epoch), `epoch ${epoch} ends in spite of ${name}: ${scene.failures.slice(-3).join('; ')}`).to.equal(true)
      longestMs = Math.max(longestMs, scene.network.clock.monotonic() - beganMs)
      liar.lie = undefined
      // everybody hears
      await scene.pass(5_000)
      expect(scene.manifest.commitments[0]).to.deep.equal(publicKey)
      if (i % 10 === 0) await scene.expectToOpen()
    }
    await scene.expectToOpenAnew()
    tell('longest epoch', `${longestMs / 1_000} s`, `${LIMIT_MS / 1_000} s`)
    expect(mixed(stolen, publicKey!), 'sets of shares of several epochs that give the secret').to.deep.equal([])
    expect(honestCharged(scene)).to.deep.equal([])
  })

  /** All but one of a threshold of one epoch, and the rest of others. */
  function mixed (stolen: ReadonlyMap<number, readonly Share[]>, publicKey: Uint8Array): string[] {
    const found: string[] = []
    let tried = 0
    for (const [epoch, shares] of stolen) {
      const old = shares.slice(0, THRESHOLD - 1)
      for (const other of [...stolen.keys()].filter(later => later > epoch).slice(0, 8)) {
        const fresh = stolen.get(other)?.find(({ index }) => !old.some(share => share.index === index))
        if (old.length < THRESHOLD - 1 || fresh == null) continue
        tried++
        try {
          combine([...old, fresh], { threshold: THRESHOLD, publicKey })
          found.push(`${epoch} and ${other}`)
        } catch (err) {
          if (!(err instanceof ThresholdError)) throw err
        }
      }
      if (shares.length >= THRESHOLD) combine(shares.slice(0, THRESHOLD), { threshold: THRESHOLD, publicKey })
    }
    expect(tried).to.be.at.least(EPOCHS)
    return found
  }

  /** Only those that were told to lie have lied, and of these lies the first three can be shown to anybody. */
  function honestCharged (scene: Scene): string[] {
    const charged = scene.network.nodes.flatMap(({ opinion }) => opinion.offences.map(({ cause }) => cause))
    return [...new Set(charged)].filter(cause => !['shards:audit', 'shards:contribution'].includes(cause))
  }
})
