import { RPC } from '@libp2p/gossipsub/message'
import { expect } from 'chai'
import { concat } from 'uint8arrays/concat'
import { replace } from '../../src/services/gossip-guard/tap.ts'
import { eventually, passes } from '../support/eventually.ts'
import { badlySigned, signedMessage } from '../support/gossip-message.ts'
import { acquainted, gossipNode, hears, meshes, sendRpc } from '../support/gossip-node.ts'
import { keyOf } from '../support/signed-records.ts'
import { stillAtFault } from '../support/upstream.ts'
import { stopAll } from '../support/stop-all.ts'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import type { OpenGossipSub } from '../../src/services/gossip-guard/open-gossipsub.ts'
import type { GossipNode, GossipNodeInit } from '../support/gossip-node.ts'

const TOPIC = 'news'
const data = new TextEncoder().encode('hello')

describe('upstream: gossipsub', () => {
  const nodes: GossipNode[] = []
  let seed = 40_000
  afterEach(async () => { await stopAll(nodes.splice(0)) })

  async function add (gossip?: Partial<GossipsubOpts>, services?: GossipNodeInit['services']): Promise<GossipNode> {
    const node = await gossipNode({ seed: seed++, gossip: { heartbeatInterval: 200, ...gossip }, services })
    nodes.push(node)
    return node
  }
  const scoreOf = ({ services: { pubsub } }: GossipNode, other: GossipNode): number => {
    pubsub.score.scoreCache.clear()
    return pubsub.getScore(other.peerId.toString())
  }
  const behaveBadly = ({ services: { pubsub } }: GossipNode, other: GossipNode): void => {
    pubsub.score.addPenalty(other.peerId.toString(), 26, 'graft_backoff' as never)
  }

  it('E1: to connect anew wipes a bad score', async () => {
    const [a, b] = [await add(), await add()]
    await acquainted(b, a)
    behaveBadly(a, b)
    const before = scoreOf(a, b)
    expect(before).to.be.below(-6_000)
    await b.hangUp(a.peerId)
    await eventually('a has noticed', () => !a.services.pubsub.peers.has(b.peerId.toString()))
    await acquainted(b, a)
    const after = scoreOf(a, b)
    stillAtFault(after === 0, 'src/services/gossip-guard/retained-scores.ts', `${before} before, ${after} after`)
  })

  it('E11: nobody is disconnected, whatever the score', async () => {
    const [a, b] = [await add(), await add()]
    await acquainted(b, a)
    let beats = 0
    a.services.pubsub.addEventListener('gossipsub:heartbeat', () => {
      beats++
      behaveBadly(a, b)
    })
    await eventually('five heartbeats', () => beats >= 5)
    expect(scoreOf(a, b)).to.be.below(-6_000)
    stillAtFault(a.getConnections(b.peerId).length === 1, 'src/services/gossip-guard/watch.ts (offences are reported, and bans and the pool disconnect)', 'disconnected')
  })

  it('E14: what a graylisted peer tells of its topics is lost for as long as it stays connected', async () => {
    let opinion = -100
    const [a, b] = [await add({ scoreParams: { appSpecificScore: () => opinion, appSpecificWeight: 1 } }), await add()]
    a.services.pubsub.subscribe(TOPIC)
    b.services.pubsub.subscribe(TOPIC)
    await acquainted(b, a)
    await eventually('b has heard of a', () => meshes(b, a, TOPIC))
    opinion = 0
    await eventually('a has forgiven b', () => a.services.pubsub.getScore(b.peerId.toString()) === 0)
    let beats = 0
    a.services.pubsub.addEventListener('gossipsub:heartbeat', () => { beats++ })
    await eventually('five heartbeats', () => beats >= 5)
    stillAtFault(!hears(a, b, TOPIC), 'src/services/gossip-guard/recycler.ts', 'it is known to be subscribed')
  })

  it('peers that left in good standing keep a place in the cache of scores for ever', async () => {
    const [a, b] = [await add({ scoreParams: { appSpecificScore: () => 1 } }), await add()]
    await acquainted(b, a)
    const { score } = a.services.pubsub
    expect(scoreOf(a, b)).to.be.above(0)
    await b.hangUp(a.peerId)
    await eventually('a has noticed', () => score.peerStats.size === 0)
    stillAtFault(score.scoreCache.size === 1, 'src/services/gossip-guard/retained-scores.ts', 'the cache is empty')
  })

  it('messages of topics that nobody here is subscribed to are checked and kept', async () => {
    const [a, b] = [await add(), await add()]
    await acquainted(b, a)
    const kept: string[] = []
    replace(a.services.pubsub.score, 'deliverMessage', original => (...args) => {
      kept.push(args[2])
      original(...args)
    })
    sendRpc(b, a, [await signedMessage(await keyOf(1), 'other', data)])
    await passes(() => { stillAtFault(kept.length === 1, 'src/services/gossip-guard/watch.ts (#isWanted)', 'it is dropped') }, 2_000)
  })

  describe('calls what the gossip guard stands in for:', () => {
    let a: GossipNode
    let b: GossipNode
    let idOfB: string
    let calls: unknown[][]

    beforeEach(async () => {
      [a, b] = [await add(), await add()]
      idOfB = b.peerId.toString()
      calls = []
      const { pubsub } = a.services
      const note = <T extends object, K extends keyof T>(target: T, name: K): void => {
        replace(target, name, original => ((...args: unknown[]) => {
          calls.push([name, ...args])
          return (original as (...args: unknown[]) => unknown)(...args)
        }) as T[K])
      }
      for (const name of ['handleReceivedRpc', 'sendRpc', 'sendRpcInBatch', 'acceptFrom'] as const) note(pubsub, name)
      for (const name of ['addPeer', 'removePeer', 'deliverMessage', 'rejectMessage', 'rejectInvalidMessage'] as const) note(pubsub.score, name)
      note(pubsub.score.params, 'appSpecificScore')
      pubsub.subscribe(TOPIC)
      b.services.pubsub.subscribe(TOPIC)
      await acquainted(b, a)
      await eventually('the mesh', () => meshes(a, b, TOPIC) && meshes(b, a, TOPIC))
    })
    const called = (name: string): unknown[][] => calls.filter(call => call[0] === name).map(([, ...args]) => args)
    const caused = async (name: string): Promise<unknown[]> => await eventually(name, () => called(name).at(-1)) as unknown[]

    it('addPeer and removePeer, with the peer id', async () => {
      expect(called('addPeer')).to.deep.equal([[idOfB]])
      await b.hangUp(a.peerId)
      expect(await caused('removePeer')).to.deep.equal([idOfB])
    })

    it('handleReceivedRpc with the sender and what it sent, and acceptFrom before anything is waited for', async () => {
      const { pubsub } = a.services
      const [from, rpc] = called('handleReceivedRpc')[0] as Parameters<OpenGossipSub['handleReceivedRpc']>
      expect(from.toString()).to.equal(idOfB)
      expect(rpc.subscriptions).to.deep.equal([{ subscribe: true, topic: TOPIC }])
      calls = []
      const handled = pubsub.handleReceivedRpc(b.peerId, { subscriptions: [], messages: [] })
      expect(called('acceptFrom')).to.deep.equal([[idOfB]])
      await handled
    })

    it('sendRpc with the neighbour and the very object that came, to pass it on and to answer who asks for it', async () => {
      const { pubsub } = a.services
      const message = await signedMessage(await keyOf(1), TOPIC, data)
      const c = await add()
      const idOfC = c.peerId.toString()
      c.services.pubsub.subscribe(TOPIC)
      await acquainted(c, a)
      await eventually('the mesh', () => meshes(a, c, TOPIC))
      const sentToC = (): unknown[] => called('sendRpc').flatMap(([peer, rpc]) => peer === idOfC ? (rpc as RPC).messages : [])
      await pubsub.handleReceivedRpc(b.peerId, { subscriptions: [], messages: [message] })
      await eventually('it is passed on', () => sentToC().length === 1)
      expect(sentToC()[0]).to.equal(message)
      const messageIDs = [concat([message.key!, message.seqno!])]
      await pubsub.handleReceivedRpc(c.peerId, { subscriptions: [], messages: [], control: { ihave: [], iwant: [{ messageIDs }], graft: [], prune: [], idontwant: [] } })
      await eventually('it is sent again', () => sentToC().length === 2)
      expect(sentToC()[1]).to.equal(message)
      await pubsub.publish(TOPIC, data)
      await eventually('its own is sent', () => sentToC().length === 3)
      expect(sentToC()[2]).to.not.equal(message)
    })

    it('sendRpcInBatch for hints of what it need not be sent', async () => {
      const c = await add()
      c.services.pubsub.subscribe(TOPIC)
      await acquainted(c, a)
      await eventually('the mesh', () => meshes(a, c, TOPIC))
      await b.services.pubsub.publish(TOPIC, new Uint8Array(2_000))
      const [peers, rpc] = await caused('sendRpcInBatch') as Parameters<OpenGossipSub['sendRpcInBatch']>
      expect([...peers]).to.deep.equal([c.peerId.toString()])
      expect(rpc.control?.idontwant).to.have.length(1)
    })

    it('streamsOutbound has who can be sent to, and several transmissions in one are read as one', async () => {
      const author = await keyOf(1)
      const messages = await Promise.all([1, 2].map(async () => signedMessage(author, TOPIC, data)))
      const got: number[] = []
      replace(b.services.pubsub, 'handleReceivedRpc', original => async (from, rpc) => {
        got.push(rpc.messages.length)
        await original(from, rpc)
      })
      const { streamsOutbound } = a.services.pubsub
      expect([...streamsOutbound.keys()]).to.deep.equal([idOfB])
      streamsOutbound.get(idOfB)!.push(concat(messages.map(message => RPC.encode({ subscriptions: [], messages: [message] }))))
      await eventually('both messages', () => got.includes(2))
    })

    it('appSpecificScore with the peer id', () => {
      scoreOf(a, b)
      expect(called('appSpecificScore').at(-1)).to.deep.equal([idOfB])
    })

    it('deliverMessage for the first to bring a valid message', async () => {
      await b.services.pubsub.publish(TOPIC, data)
      const [peer, id, topic] = await caused('deliverMessage')
      expect({ peer, topic }).to.deep.equal({ peer: idOfB, topic: TOPIC })
      expect(id).to.be.a('string')
    })

    it('rejectInvalidMessage for bad signatures', async () => {
      sendRpc(b, a, [await badlySigned(await keyOf(1), TOPIC, data)])
      expect(await caused('rejectInvalidMessage')).to.deep.equal([idOfB, TOPIC])
    })

    it('rejectMessage for what the validator of the topic rejects', async () => {
      a.services.pubsub.topicValidators.set(TOPIC, () => 'reject' as never)
      await b.services.pubsub.publish(TOPIC, data)
      const [peer, id, topic, reason] = await caused('rejectMessage')
      expect({ peer, topic, reason }).to.deep.equal({ peer: idOfB, topic: TOPIC, reason: 'reject' })
      expect(id).to.be.a('string')
    })

    it('mesh has exactly the topics that it is subscribed to', () => {
      const { pubsub } = a.services
      expect([...pubsub.mesh.keys()]).to.deep.equal([TOPIC])
      pubsub.unsubscribe(TOPIC)
      expect([...pubsub.mesh.keys()]).to.deep.equal([])
    })
  })
})
