import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { pexPushProtocol } from '../../../src/services/pex/messages.ts'
import { notify } from '../../../src/wire/request.ts'
import { sealRecord } from '../../../src/wire/signed-record.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { START_MS } from '../../support/open-book.ts'
import { introduced, pexNode } from '../../support/pex-node.ts'
import { keyOf } from '../../support/signed-records.ts'
import { stopAll } from '../../support/stop-all.ts'
import type { PexNode } from '../../support/pex-node.ts'
import type { Connection } from '@libp2p/interface'

const TELLERS = 13
/** About as many as are taken from one teller; a whole number of pushes. */
const EACH = 96
const ENTRIES = 32

describe('pex: nodes that are told too much', () => {
  const nodes: PexNode[] = []
  afterEach(async () => { await stopAll(nodes.splice(0)) })

  it('do not flood their neighbours with it, whoever told them', async function () {
    this.timeout(30_000)
    const clock = new ManualClock(START_MS)
    const start = async (seed: number): Promise<PexNode> => {
      // nobody asks: all that is known was pushed
      const node = await pexNode({ seed, clock, minAskIntervalMs: 3_600_000, maxAskIntervalMs: 3_600_000 })
      nodes.push(node)
      return node
    }
    const [honest, neighbour] = [await start(1), await start(2)]
    await introduced(neighbour, honest)
    const accepted = (): number => honest.services.pex.snapshot().accepted
    const keys = await Promise.all(Array.from({ length: EACH }, async (_, i) => keyOf(1_000 + i)))
    for (let round = 1; round <= TELLERS; round++) {
      const teller = await start(10 + round)
      await introduced(teller, honest)
      const before = accepted()
      // the same peers move again and again
      const records = await Promise.all(keys.map(async (key, i) => sealRecord(key, [multiaddr(`/memory/${i}-${round}`)], BigInt(round))))
      for (let at = 0; at < EACH; at += ENTRIES) {
        const entries = records.slice(at, at + ENTRIES).map(({ bytes }) => ({ record: bytes, roles: [] as [] }))
        await notify(teller.getConnections(honest.peerId)[0] as Connection, pexPushProtocol, { entries }, { clock })
      }
      await eventually(`teller ${round} is believed`, () => accepted() === before + EACH)
      await teller.stop()
      await eventually(`teller ${round} is gone`, () => honest.getConnections(teller.peerId).length === 0)
      await clock.advanceAsync(2_000)
    }
    const pushed = (): number => honest.services.pex.snapshot().pushed
    await eventually('the neighbour has heard it all', () => {
      const { accepted, refused } = neighbour.services.pex.snapshot()
      return accepted + (refused.rate ?? 0) >= pushed()
    })
    expect(neighbour.charges).to.deep.equal([])
    // there was 48 a second to be told
    expect(pushed()).to.be.within(500, 500 + 2 * TELLERS)
  })
})
