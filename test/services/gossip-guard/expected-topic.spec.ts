import { expect } from 'chai'
import { topicScoreParams } from '../../../src/services/gossip-guard/index.ts'
import { eventually } from '../../support/eventually.ts'
import { data, GuardedNodes, TOPIC } from './guarded-nodes.ts'

const traffic = { messagesPerSecond: 3, peers: 10 }

describe('gossip guard: what is expected of a topic', () => {
  const net = new GuardedNodes(42_500)

  beforeEach(() => { net.begin() })
  afterEach(async () => { await net.end() })

  it('counts from when it is said until it is taken back', async () => {
    const [a, b] = [await net.guarded(), await net.bare()]
    const { score } = a.services.pubsub
    const forget = a.guard.expect(TOPIC, traffic)
    expect(score.params.topics).to.deep.equal({ [TOPIC]: topicScoreParams(traffic) })
    await net.meshed(a, b)
    await b.services.pubsub.publish(TOPIC, data)
    const notes = (): object => score.peerStats.get(b.peerId.toString())?.topics ?? {}
    await eventually('the delivery counts', () => Object.hasOwn(notes(), TOPIC))
    forget()
    expect([score.params.topics, notes()]).to.deep.equal([{}, {}])
    // gossipsub expects parameters for all that it has notes on
    score.refreshScores()
    await b.stop()
    await eventually('it is gone', () => a.services.pubsub.peers.size === 0)
    const again = a.guard.expect(TOPIC, traffic)
    forget()
    expect(score.params.topics, 'somebody else\'s').to.have.property(TOPIC)
    again()
  })

  it('yields to what gossipsub was made with, and must make sense', async () => {
    const own = topicScoreParams({ messagesPerSecond: 1, peers: 2 })
    const a = await net.guarded({}, { scoreParams: { topics: { [TOPIC]: own } } })
    a.guard.expect(TOPIC, traffic)()
    expect(a.services.pubsub.score.params.topics).to.deep.equal({ [TOPIC]: own })
    expect(() => a.guard.expect(TOPIC, { messagesPerSecond: 0, peers: 2 })).to.throw().with.property('code', 'GOSSIP_TOPIC_TRAFFIC_INVALID')
  })
})
