import { serviceCapabilities } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { gossipGuard } from '../../../src/services/gossip-guard/index.ts'
import { eventually, passes } from '../../support/eventually.ts'
import { badlySigned, signedMessage } from '../../support/gossip-message.ts'
import { acquainted, meshes, sendRpc } from '../../support/gossip-node.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { keyOf } from '../../support/signed-records.ts'
import { data, GuardedNodes, TOPIC } from './guarded-nodes.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { GossipGuard } from '../../../src/services/gossip-guard/index.ts'
import type { GossipNode } from '../../support/gossip-node.ts'
import type { StubRatings } from './stub-ratings.ts'

describe('gossip guard', () => {
  const net = new GuardedNodes(41_000)
  const { guarded, bare, meshed } = net
  let ratings: StubRatings
  let author: PrivateKey

  beforeEach(async () => {
    ratings = net.begin()
    author = await keyOf(1)
  })
  afterEach(async () => { await net.end() })

  it('tells of a peer that brings valid messages first, and nothing of who repeats them', async () => {
    const [a, b, c] = [await guarded(), await bare(), await bare()]
    await meshed(a, b)
    await meshed(a, c)
    const message = await signedMessage(author, TOPIC, data)
    sendRpc(b, a, [message])
    await eventually('the delivery', () => ratings.observed.length === 1)
    sendRpc(c, a, [message])
    sendRpc(c, a, [await signedMessage(author, TOPIC, data)])
    await eventually('the next delivery', () => ratings.observed.length === 2)
    expect(ratings.observed).to.deep.equal([`${b.peerId.toString()} delivery`, `${c.peerId.toString()} delivery`])
    expect(ratings.usefulPeers).to.deep.equal([b.peerId.toString(), c.peerId.toString()])
    expect(ratings.charges).to.deep.equal([])
  })

  it('tells of a delivery once where the application takes its time to validate', async () => {
    const [a, b] = [await guarded({}, { asyncValidation: true }), await bare()]
    await meshed(a, b)
    const { pubsub } = a.services
    const inside = pubsub as unknown as { reportMessageValidationResult (id: string, from: string, verdict: string): void }
    pubsub.addEventListener('gossipsub:message', ({ detail: { msgId, propagationSource } }) => { inside.reportMessageValidationResult(msgId, propagationSource.toString(), 'accept') })
    sendRpc(b, a, [await signedMessage(author, TOPIC, data)])
    await eventually('the delivery', () => ratings.observed.length > 0)
    expect(ratings.observed).to.deep.equal([`${b.peerId.toString()} delivery`])
  })

  it('charges the sender of a bad signature, also when it has gone already', async () => {
    const [a, b] = [await guarded(), await bare()]
    await meshed(a, b)
    sendRpc(b, a, [await badlySigned(author, TOPIC, data)])
    await eventually('the charge', () => ratings.charges.length > 0)
    expect(ratings.charges).to.deep.equal([`${b.peerId.toString()} severe gossip:bad-signature`])
    await b.hangUp(a.peerId)
    const { pubsub } = a.services
    await eventually('a has noticed', () => pubsub.peers.size === 0)
    await pubsub.handleReceivedRpc(b.peerId, { subscriptions: [], messages: [await badlySigned(author, TOPIC, data)] })
    await eventually('the next charge', () => ratings.charges.length > 1)
    expect(a.guard.snapshot()).to.include({ messages: 2, invalid: 2 })
  })

  it('does not take it for a bad signature when the application could not read a message', async () => {
    const dataTransform = { inboundTransform: () => { throw new Error('unreadable') }, outboundTransform: (_topic: string, bytes: Uint8Array) => bytes }
    const [a, b] = [await guarded({}, { dataTransform }), await bare()]
    await meshed(a, b)
    await b.services.pubsub.publish(TOPIC, data)
    await eventually('the charge', () => ratings.charges.length > 0)
    expect(ratings.charges).to.deep.equal([`${b.peerId.toString()} minor gossip:unreadable`])
  })

  it('charges little for what the validator of a topic rejects, and nothing for what it ignores', async () => {
    const [a, b] = [await guarded(), await bare()]
    await meshed(a, b)
    a.services.pubsub.topicValidators.set(TOPIC, (_from, { data }) => (data.byteLength === 1 ? 'reject' : 'ignore') as never)
    await b.services.pubsub.publish(TOPIC, data)
    await b.services.pubsub.publish(TOPIC, new Uint8Array(1))
    await eventually('the charge', () => ratings.charges.length > 0)
    expect(ratings.charges).to.deep.equal([`${b.peerId.toString()} minor gossip:rejected`])
  })

  it('drops messages of banned authors, topics it is not in, and everything of banned senders', async () => {
    const [a, b] = [await guarded(), await bare()]
    await meshed(a, b)
    const heard: number[] = []
    a.services.pubsub.addEventListener('message', ({ detail }) => heard.push(detail.data[0]!))
    const one = async (key: PrivateKey, value: number, topic = TOPIC) => await signedMessage(key, topic, Uint8Array.of(value))
    const banned = await keyOf(2)
    ratings.denied.add(peerIdFromPrivateKey(banned).toString())
    sendRpc(b, a, [await one(banned, 1), await one(author, 2, 'other'), await one(author, 3)])
    await eventually('the third', () => heard.length === 1)
    ratings.denied.add(b.peerId.toString())
    sendRpc(b, a, [await one(author, 4)])
    await passes(() => { expect(a.guard.snapshot()).to.include({ messages: 4, denied: 2, unwanted: 1, limited: 0, invalid: 0 }) })
    expect(heard).to.deep.equal([3])
    expect(ratings.charges).to.deep.equal([])
  })

  it('leaves gossipsub as it was when it stops, and does its work again after a restart', async () => {
    const [a, b] = [await guarded(), await bare()]
    const { pubsub } = a.services
    const methods = (): unknown[] => [pubsub.handleReceivedRpc, pubsub.sendRpc, pubsub.sendRpcInBatch, pubsub.acceptFrom, pubsub.score.addPeer, pubsub.score.removePeer, pubsub.score.deliverMessage, pubsub.score.rejectMessage, pubsub.score.rejectInvalidMessage]
    const started = methods()
    await a.stop()
    const { prototype } = pubsub.constructor
    const { prototype: score } = pubsub.score.constructor
    expect(methods()).to.deep.equal([prototype.handleReceivedRpc, prototype.sendRpc, prototype.sendRpcInBatch, prototype.acceptFrom, score.addPeer, score.removePeer, score.deliverMessage, score.rejectMessage, score.rejectInvalidMessage])
    expect(methods()).to.not.include.members(started)
    expect(ratings.gossip).to.equal(undefined)
    await a.start()
    await meshed(a, b)
    sendRpc(b, a, [await badlySigned(author, TOPIC, data)])
    await eventually('the charge', () => ratings.charges.length > 0)
  })

  describe('a peer whose topics were ignored', () => {
    it('is asked for them again once it is forgiven, on the connection there is', async () => {
      const [a, b] = [await guarded(), await bare()]
      const recycled: string[] = []
      a.guard.addEventListener('peer:recycled', ({ detail: { peerId } }) => { recycled.push(peerId.toString()) })
      ratings.scores.set(b.peerId.toString(), -100)
      for (const { services: { pubsub } } of [a, b]) pubsub.subscribe(TOPIC)
      await acquainted(b, a)
      await eventually('they were ignored', () => a.guard.snapshot().gauges.lost === 1)
      const connection = a.getConnections(b.peerId)[0]
      ratings.scores.clear()
      await eventually('the mesh, on both sides', () => meshes(a, b, TOPIC) && meshes(b, a, TOPIC))
      expect(a.getConnections(b.peerId)).to.deep.equal([connection])
      expect(recycled).to.deep.equal([b.peerId.toString()])
      expect(a.guard.snapshot()).to.deep.include({ recycled: 1 })
      expect(a.guard.snapshot().gauges).to.include({ lost: 0 })
      const heard = new Promise<void>(resolve => { b.services.pubsub.addEventListener('message', () => { resolve() }) })
      await a.services.pubsub.publish(TOPIC, data)
      await heard
    })

    it('is connected anew when that is of no use', async () => {
      const clock = new ManualClock()
      const [a, b] = [await guarded({ clock }), await bare()]
      ratings.scores.set(b.peerId.toString(), -100)
      for (const { services: { pubsub } } of [a, b]) pubsub.subscribe(TOPIC)
      await acquainted(b, a)
      await eventually('they were ignored', () => a.guard.snapshot().gauges.lost === 1)
      const [connection] = a.getConnections(b.peerId)
      // like rust-libp2p, it tells its topics once a connection
      const inside = b.services.pubsub as unknown as { createOutboundStream?: unknown }
      inside.createOutboundStream = async () => {}
      ratings.scores.clear()
      await eventually('it is forgiven', () => a.services.pubsub.getScore(b.peerId.toString()) === 0)
      clock.advance(1_000)
      expect(a.guard.snapshot()).to.include({ recycled: 1 })
      await eventually('its streams are closed', () => !a.services.pubsub.peers.has(b.peerId.toString()))
      clock.advance(1_000)
      await eventually('a has opened a stream', () => a.services.pubsub.peers.has(b.peerId.toString()))
      clock.advance(2_000)
      expect(connection!.status).to.equal('open')
      delete inside.createOutboundStream
      clock.advance(1_000)
      await eventually('the mesh, on both sides', () => meshes(a, b, TOPIC) && meshes(b, a, TOPIC))
      expect(connection!.status).to.equal('closed')
      expect(a.getConnections(b.peerId).map(({ direction }) => direction)).to.deep.equal(['outbound'])
      expect(a.guard.snapshot()).to.deep.include({ recycled: 1 })
      expect(a.guard.snapshot().gauges).to.include({ lost: 0 })
    })

    it('is left alone when it was not subscribed to anything, is still graylisted, or has gone', async () => {
      const clock = new ManualClock()
      const [a, b, c] = [await guarded({ clock }), await bare(), await bare()]
      for (const node of [b, c]) ratings.scores.set(node.peerId.toString(), -100)
      a.services.pubsub.subscribe(TOPIC)
      c.services.pubsub.subscribe(TOPIC)
      await acquainted(b, a)
      await acquainted(c, a)
      await eventually('they were ignored', () => a.guard.snapshot().gauges.lost === 1)
      clock.advance(5_000)
      expect(a.guard.snapshot().gauges).to.include({ lost: 1 })
      await c.hangUp(a.peerId)
      await eventually('a has noticed', () => a.services.pubsub.peers.size === 1)
      clock.advance(1_000)
      expect(a.guard.snapshot().gauges).to.include({ lost: 0 })
      expect(a.guard.snapshot()).to.include({ recycled: 0 })
    })
  })

  describe('what gossipsub itself has against a peer', () => {
    const misbehave = ({ services: { pubsub } }: GossipNode, other: GossipNode, times: number): void => {
      pubsub.score.addPenalty(other.peerId.toString(), times, 'graft_backoff' as never)
      pubsub.score.scoreCache.clear()
    }

    it('is told as a share of what graylists, without the peer\'s own score', async () => {
      const [a, b] = [await guarded(), await bare()]
      await meshed(a, b)
      const id = b.peerId.toString()
      const told = (): number => {
        a.services.pubsub.score.scoreCache.clear()
        return ratings.gossip!(id)
      }
      expect(told()).to.equal(0)
      ratings.scores.set(id, -30)
      expect(told()).to.equal(0)
      ratings.scores.set(id, 20)
      expect(told()).to.equal(0)
      misbehave(a, b, 6 + Math.sqrt(3.5))
      expect(told()).to.be.closeTo(-0.1, 0.02)
      ratings.scores.set(id, 0)
      // gossipsub's score is still the one made with 20
      expect(ratings.gossip!(id)).to.be.closeTo(-0.1, 0.02)
      misbehave(a, b, 100)
      expect(told()).to.equal(-1)
      expect(ratings.gossip!('somebody')).to.equal(0)
    })

    it('is kept when the peer connects anew, and only that, for as many peers as may be', async () => {
      const [a, b, c] = [await guarded(), await bare(), await bare()]
      await meshed(a, b)
      await meshed(a, c)
      const { pubsub } = a.services
      misbehave(a, b, 100)
      const before = pubsub.getScore(b.peerId.toString())
      ratings.scores.set(c.peerId.toString(), 5)
      pubsub.score.scoreCache.clear()
      expect(pubsub.getScore(c.peerId.toString())).to.be.above(0)
      for (const node of [b, c]) await node.hangUp(a.peerId)
      await eventually('a has noticed', () => pubsub.peers.size === 0)
      expect([...pubsub.score.peerStats.keys()]).to.deep.equal([b.peerId.toString()])
      expect(pubsub.score.scoreCache.has(c.peerId.toString())).to.equal(false)
      await acquainted(b, a)
      pubsub.score.scoreCache.clear()
      expect(pubsub.getScore(b.peerId.toString())).to.be.within(before, before / 2)
      expect(a.guard.snapshot().gauges).to.include({ retained: 0 })

      const { score } = pubsub
      for (let i = 0; i < 1_100; i++) {
        score.addPeer(`bad ${i}`)
        score.addIP(`bad ${i}`, `192.0.2.${i % 200}`)
        score.addPenalty(`bad ${i}`, 100, 'graft_backoff' as never)
        score.removePeer(`bad ${i}`)
      }
      expect(a.guard.snapshot().gauges).to.include({ retained: 1_024 })
      expect(score.peerStats.size).to.equal(1_025)
      expect([...score.peerIPs.values()].reduce((sum, peers) => sum + peers.size, 0)).to.be.at.most(1_025)
    })
  })

  it('lets peers share the IP of a relay', async () => {
    const clock = new ManualClock()
    const a = await guarded({ clock })
    const shared = a.services.pubsub.score.params.IPColocationFactorWhitelist
    const { connectionManager } = (a as unknown as { components: { connectionManager: { getConnectionsMap: () => Map<unknown, unknown[]> } } }).components
    const { getConnectionsMap } = connectionManager
    const relay = '12D3KooWBmwkafWE2fqfzS96VoTZgpGp6aJsF4N4kLbEUFrKDp5M'
    connectionManager.getConnectionsMap = () => new Map([['all', [
      { direct: false, remoteAddr: multiaddr(`/ip4/8.8.8.8/tcp/1/p2p/${relay}/p2p-circuit`) },
      { direct: false, remoteAddr: multiaddr('/dns4/relay.example/tcp/1/p2p-circuit') },
      { direct: true, remoteAddr: multiaddr('/ip4/9.9.9.9/tcp/1') }
    ]]])
    clock.advance(1_000)
    connectionManager.getConnectionsMap = getConnectionsMap
    expect([shared.has('8.8.8.8'), shared.has('9.9.9.9')]).to.deep.equal([true, false])
    expect(a.guard.snapshot().gauges).to.include({ relays: 1 })
    await a.stop()
    expect(shared.has('8.8.8.8')).to.equal(false)
  })

  it('says so, and does nothing, on a node with another pubsub', async () => {
    const node = await bare({}, { pubsub: () => ({ [Symbol.toStringTag]: 'other', [serviceCapabilities]: ['@libp2p/pubsub'] }), gossipGuard: gossipGuard() })
    const { gossipGuard: guard } = node.services as unknown as { gossipGuard: GossipGuard }
    expect(guard.snapshot()).to.deep.equal({ messages: 0, limited: 0, denied: 0, unwanted: 0, invalid: 0, withheld: 0, recycled: 0, gauges: { gathered: 0, opinions: 0, lost: 0, relays: 0 } })
  })

  for (const rate of [{ perSecond: 0, burst: 5 }, { perSecond: NaN, burst: 5 }, { perSecond: 5, burst: 1e9 }]) {
    it(`refuses a rate of ${JSON.stringify(rate)}`, async () => {
      await guarded({ rate }).then(() => { throw new Error('it was taken') }, (err: unknown) => { expect(err).to.have.property('code', 'GOSSIP_RATE_INVALID') })
    })
  }
})
