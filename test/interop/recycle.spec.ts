import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { addressOf, meshed, peerkeep } from './support/peerkeep.ts'
import { inForeign } from './support/suites.ts'

const TOPIC = 'recycled'
// discouraged peers are graylisted, too: those that are refused would not be connected
const SCORE_THRESHOLDS = { gossipThreshold: -15, publishThreshold: -20, graylistThreshold: -20 }

inForeign('a foreign node that was graylisted when it told its topics, and is forgiven', (foreign) => {
  it('is asked for them anew on the connection there is, and heard', async () => {
    await using node = await peerkeep({ gossipsub: { scoreThresholds: SCORE_THRESHOLDS } })
    const { pubsub, scoring, gossipGuard } = node.services
    const { peerId } = foreign()
    const heard: string[] = []
    pubsub.subscribe(TOPIC)
    pubsub.addEventListener('message', ({ detail: { topic, data } }) => { if (topic === TOPIC) heard.push(new TextDecoder().decode(data)) })
    const recycled: string[] = []
    gossipGuard.addEventListener('peer:recycled', ({ detail: { peerId } }) => { recycled.push(peerId.toString()) })

    scoring.report(peerId, 'severe', 'test:discredit')
    await foreign().order('subscribe', { topic: TOPIC })
    await foreign().order('connect', { addr: addressOf(node, 'tcp') })
    await eventually('it takes Peerkeep for subscribed', async () => (await foreign().order('listening', { topic: TOPIC })).includes(node.peerId.toString()))
    await foreign().order('publish', { topic: TOPIC, text: 'before' })
    await eventually('what it told is lost', () => gossipGuard.snapshot().gauges.lost === 1)
    expect(pubsub.getSubscribers(TOPIC)).to.deep.equal([])
    const connection = node.getConnections(peerId)[0]

    scoring.forget(peerId)
    await eventually('its gossip streams are reset', () => recycled.length > 0)
    // go-libp2p opens a new one at once, py-libp2p when it next has something to say
    const saying = setInterval(() => { foreign().order('publish', { topic: TOPIC, text: 'after' }).catch(() => {}) }, 250)
    try {
      await eventually('it is in the mesh', async () => await meshed(node, foreign(), TOPIC), 15_000)
      heard.length = 0
      await eventually('it is heard', () => heard.length > 0)
    } finally {
      clearInterval(saying)
    }
    expect(recycled).to.deep.equal([peerId.toString()])
    expect(node.getConnections(peerId)).to.deep.equal([connection])
    expect((await pubsub.publish(TOPIC, new TextEncoder().encode('to you, too'))).recipients.map(String)).to.deep.equal([peerId.toString()])
    await eventually('it hears', () => foreign().gossip(TOPIC).some(({ data }) => data === 'to you, too'))
  })
})
