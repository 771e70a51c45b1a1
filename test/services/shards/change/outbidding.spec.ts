import { expect } from 'chai'
import { Request, Signed } from '../../../../src/services/shards/pb/shards.ts'
import { Scene } from '../keeper/support/scene.ts'

const QUIET = { auditEveryMs: 86_400_000, refreshEveryMs: 0, lostAfterMs: 86_400_000 }

describe('shards: ballots of the owner', function () {
  this.timeout(30_000)

  it('begin above those of holders, and go on above what is in the way', async () => {
    await using scene = await Scene.of({ holders: 3, threshold: 2, of: 3, policy: QUIET })
    const second = (): number => Math.floor(scene.network.clock.now() / 1_000)
    const began = second()
    const rounds: number[] = []
    scene.network.links.tap(({ bytes, answer }) => {
      const round = answer ? undefined : Request.decode(Signed.decode(bytes).content).prepare?.ballot?.round
      if (round != null && rounds.at(-1) !== round) rounds.push(round)
      return bytes
    })
    for (const node of scene.able) {
      node.lie = ({ promise, ...answer }) => {
        if (promise == null) return undefined
        node.lie = undefined
        return { ...answer, failure: { code: 'CONFLICT', message: 'another ballot', retryAfterMs: 0, index: 0, ballot: { round: began + 64, proposer: promise.ballot!.proposer } } }
      }
    }
    await scene.settled(scene.owner.assembly.owner.amend(scene.id, { label: 'another' }))
    expect(rounds).to.have.length(2)
    expect(rounds[0]).to.be.within(began + 60, began + 62)
    expect(rounds[1]).to.equal(began + 65)
  })
})
