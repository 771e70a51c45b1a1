import { expect } from 'chai'
import { Request, Signed } from '../../../../src/services/shards/pb/shards.ts'
import { settled } from '../keeper/support/sim-time.ts'
import { ShardNetwork } from '../support/shard-network.ts'
import type { ShardsError } from '../../../../src/services/shards/errors.ts'

const SECRET = new TextEncoder().encode('correct horse battery staple')

describe('shards: a certificate that nobody has', function () {
  this.timeout(30_000)

  /** Three holders, of which so many hear what is decided. */
  async function stored (hearing: number): Promise<{ outcome: string, held: number }> {
    const network = await ShardNetwork.create({ holders: 3 })
    const owner = await network.addOwner()
    const heard = new Set<string>()
    network.links.tap(({ to, bytes, answer }) => {
      if (answer || Request.decode(Signed.decode(bytes).content).commit == null) return bytes
      if (heard.size < hearing) heard.add(to.toString())
      return heard.has(to.toString()) ? bytes : undefined
    })
    const outcome = await settled(network.clock, owner.assembly.owner.store(SECRET, { threshold: 2, holders: 3, timeoutMs: 300_000 }).then(() => 'stored', (err: unknown) => (err as ShardsError).code))
    const held = network.nodes.filter(({ assembly }) => (assembly.holder?.held.size ?? 0) > 0).length
    await settled(network.clock, Promise.all(network.living.map(async node => { await node.stop() })))
    return { outcome, held }
  }

  it('is no vault: a quorum has to say that it knows', async () => {
    expect(await stored(0)).to.deep.equal({ outcome: 'SHARDS_NOT_STORED', held: 0 })
    expect(await stored(1)).to.deep.equal({ outcome: 'SHARDS_NOT_STORED', held: 0 })
    expect(await stored(2)).to.deep.equal({ outcome: 'stored', held: 2 })
  })
})
