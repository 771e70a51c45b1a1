import { expect } from 'chai'
import { Request, Signed } from '../../src/services/shards/pb/shards.ts'
import { seededRng, shuffled } from '../../src/util/rng.ts'
import { tell } from '../support/figure.ts'
import { standings } from '../services/shards/keeper/support/shares-on-disk.ts'
import { pass, settled } from '../services/shards/keeper/support/sim-time.ts'
import { ShardNetwork } from '../services/shards/support/shard-network.ts'
import type { ShardNode } from '../services/shards/support/shard-node.ts'

const SECRET = new TextEncoder().encode('correct horse battery staple')
const POLICY = { auditEveryMs: 10_000, refreshEveryMs: 0, lostAfterMs: 3_600_000 }
const PEERS = 10
/** What a change is made of, in the order of its steps. */
const STEPS = ['prepare', 'offer', 'contribute', 'propose', 'commit'] as const

type Crash =
  /** The coordinator, just before it sends its nth request of that kind. */
  | { who: 'owner', kind: typeof STEPS[number], nth: number }
  /** A holder, just before its nth write. */
  | { who: 'holder', write: number }

describe('shards: kill -9 in the midst of changes', function () {
  this.timeout(1_800_000)

  it('leaves a threshold of usable shares of one certified epoch on the disks, and the secret opens, at every step of random changes', async () => {
    const rng = seededRng(20)
    const network = await ShardNetwork.create({ holders: PEERS, seed: 20 })
    const ownerKey = await network.ownerKey()
    const addOwner = async (): Promise<ShardNode> => await network.add({ hold: false, ownerKey })
    let owner = await addOwner()
    const { clock, links } = network
    const { id } = await settled(clock, owner.assembly.owner.store(SECRET, { threshold: 2, holders: 3, policy: POLICY }))

    const assertSafe = async (what: string): Promise<void> => {
      const all = await standings(network.nodes, id)
      const best = all.filter(({ manifest, usable }) => usable >= manifest.threshold)
      expect(best, `${what}: ${all.map(({ manifest, usable }) => `seq ${manifest.seq}: ${usable} usable of ${manifest.threshold}/${manifest.holders.length}`).join(', ')}`).to.not.deep.equal([])
    }
    const assertOpens = async (what: string): Promise<void> => {
      const secret = await settled(clock, owner.assembly.owner.open(id)).catch((err: unknown) => { throw new Error(what, { cause: err }) })
      expect(secret, what).to.deep.equal(SECRET)
    }

    const crashes: Crash[] = [
      ...STEPS.flatMap(kind => [1, 2, 3, 5].map((nth): Crash => ({ who: 'owner', kind, nth }))),
      ...[1, 2, 3, 4].flatMap(write => [1, 2, 3].map((): Crash => ({ who: 'holder', write })))
    ]
    const struck = { owner: 0, holder: 0 }
    for (const [i, crash] of shuffled(crashes, rng).entries()) {
      const holders = 2 + rng.int(6)
      const threshold = 2 + rng.int(holders - 1)
      const what = `change ${i} to (${threshold},${holders}), killing ${JSON.stringify(crash)}`
      const victims: ShardNode[] = []
      let seen = 0
      const coordinator = owner
      const untap = links.tap(({ from, bytes, answer }) => {
        if (crash.who !== 'owner' || answer || !from.equals(coordinator.peerId)) return bytes
        const request = Request.decode(Signed.decode(bytes).content)
        if (request[crash.kind] == null || request.propose?.trial === true || ++seen !== crash.nth || !coordinator.alive) return coordinator.alive ? bytes : undefined
        coordinator.kill()
        victims.push(coordinator)
        return undefined
      })
      if (crash.who === 'holder') {
        const node = shuffled(network.living.filter(({ assembly }) => assembly.holder?.held.has(id)), rng)[0]!
        const before = node.run.writes
        node.run.onWrite = count => {
          if (count - before !== crash.write || !node.alive) return
          node.kill()
          victims.push(node)
        }
      }
      const change = coordinator.assembly.owner.reshare(id, { threshold, holders, timeoutMs: 120_000 })
      let failure: unknown
      let over = false
      change.then(() => { over = true }, (err: unknown) => { failure = err; over = true })
      await pass(clock, 130_000, () => over || (crash.who === 'owner' && victims.length > 0))
      untap()
      await assertSafe(what)
      if (victims.length > 0) struck[crash.who]++
      if (!coordinator.alive) owner = await addOwner()
      // where all holders are needed one that is down is missed
      const alive = await standings(network.living, id)
      if (alive.some(({ manifest, usable }) => usable >= manifest.threshold && manifest.seq === Math.max(...alive.map(each => each.manifest.seq)))) await assertOpens(what)
      for (const node of victims) if (node !== coordinator) await node.start()
      await assertSafe(what)
      await assertOpens(`${what}, restarted (${String(failure)})`)
      await pass(clock, 30_000)
      await assertSafe(`${what}, later`)
      await assertOpens(`${what}, later`)
    }
    tell('killed in the midst: coordinators, holders', `${struck.owner}, ${struck.holder}`, '10, 8')
    expect(struck.owner).to.be.at.least(10)
    expect(struck.holder).to.be.at.least(8)
    await network[Symbol.asyncDispose]()
  })
})
