import { expect } from 'chai'
import { gossipsubInit } from '../../src/app-node/services.ts'
import { eventually, standstill } from '../support/eventually.ts'
import { signedMessage } from '../support/gossip-message.ts'
import { acquainted, sendRpc } from '../support/gossip-node.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { keyOf } from '../support/signed-records.ts'
import { data, GuardedNodes, TOPIC } from '../services/gossip-guard/guarded-nodes.ts'
import type { RPC } from '@libp2p/gossipsub/message'
import type { PrivateKey, PublicKey } from '@libp2p/interface'
import type { GossipNode } from '../support/gossip-node.ts'
import type { StubRatings } from '../services/gossip-guard/stub-ratings.ts'

const OTHER_TOPIC = 'weather'
const SIGNED_PREFIX = 'libp2p-pubsub:'

interface Caches {
  seenCache: { size: number }
  fastMsgIdCache: { size: number }
}

/** Peerkeep's gossip knows copies of what it has verified by their fingerprints. Nobody can make use of that. */
describe('app node: copies of messages', () => {
  const net = new GuardedNodes(47_000)
  const { guarded, bare } = net
  let ratings: StubRatings
  let author: PrivateKey
  /** Signatures of messages that were verified. */
  let verified: number
  let restore: () => void

  beforeEach(async () => {
    ratings = net.begin()
    author = await keyOf(1)
    verified = 0
    const keys = Object.getPrototypeOf(author.publicKey) as PublicKey
    const original = Object.getOwnPropertyDescriptor(keys, 'verify')!
    keys.verify = function (this: PublicKey, ...args) {
      if (new TextDecoder().decode(args[0].subarray(0, SIGNED_PREFIX.length)) === SIGNED_PREFIX) verified++
      return (original.value as PublicKey['verify']).apply(this, args)
    }
    restore = () => { Object.defineProperty(keys, 'verify', original) }
  })
  afterEach(async () => {
    restore()
    await net.end()
  })

  const { fastMsgIdFn } = gossipsubInit()
  const cachesOf = (node: GossipNode): Caches => node.services.pubsub as unknown as Caches

  /** A guarded node, what it has heard, and two neighbours of it. */
  async function star (init: Parameters<typeof guarded>[0] = {}, seenTTL = 60_000): Promise<{ node: Awaited<ReturnType<typeof guarded>>, heard: string[], neighbours: [GossipNode, GossipNode] }> {
    const node = await guarded(init, { fastMsgIdFn, seenTTL })
    const neighbours: [GossipNode, GossipNode] = [await bare(), await bare()]
    // only the node listens, and verifies
    for (const topic of [TOPIC, OTHER_TOPIC]) node.services.pubsub.subscribe(topic)
    for (const neighbour of neighbours) await acquainted(neighbour, node)
    const heard: string[] = []
    node.services.pubsub.addEventListener('message', ({ detail }) => { heard.push(`${detail.topic}: ${new TextDecoder().decode(detail.data)}`) })
    return { node, heard, neighbours }
  }

  it('are verified once, whoever sends them', async () => {
    const { node, heard, neighbours: [b, c] } = await star()
    const message = await signedMessage(author, TOPIC, data)
    sendRpc(b, node, [message])
    await eventually('the message', () => heard.length === 1)
    for (const from of [b, c, c]) sendRpc(from, node, [message])
    await eventually('all copies', () => node.guard.snapshot().messages === 4)
    sendRpc(c, node, [await signedMessage(author, TOPIC, data)])
    await eventually('the next message', () => heard.length === 2)
    expect(verified).to.equal(2)
    expect(ratings.charges).to.deep.equal([])
  })

  const forgeries: Record<string, (message: RPC.Message) => Partial<RPC.Message>> = {
    'other data': () => ({ data: new TextEncoder().encode('a lie') }),
    'another signature': ({ signature }) => ({ signature: signature!.map(byte => byte ^ 1) }),
    'another number': ({ seqno }) => ({ seqno: seqno!.map(byte => byte ^ 1) }),
    'another topic': () => ({ topic: OTHER_TOPIC })
  }
  for (const [what, change] of Object.entries(forgeries)) {
    it(`do not shadow the truth when they have ${what} and come first, and cost each sender each time`, async () => {
      const { node, heard, neighbours: [b, c] } = await star()
      const message = await signedMessage(author, TOPIC, data)
      const forged = { ...message, ...change(message) }
      sendRpc(b, node, [forged, forged])
      sendRpc(c, node, [forged])
      await eventually('three charges', () => ratings.charges.length === 3)
      expect(cachesOf(node).fastMsgIdCache.size).to.equal(0)
      sendRpc(c, node, [message])
      await eventually('the truth', () => heard.length === 1)
      // nor afterwards
      sendRpc(b, node, [forged])
      await eventually('the next charge', () => ratings.charges.length === 4)
      const charge = (from: GossipNode): string => `${from.peerId.toString()} severe gossip:bad-signature`
      expect(ratings.charges.toSorted()).to.deep.equal([charge(b), charge(b), charge(b), charge(c)].toSorted())
      expect(heard).to.deep.equal([`${TOPIC}: hello`])
      expect(node.guard.snapshot().invalid).to.equal(4)
    })
  }

  it('that are signed as well, but differ, are verified, and heard once', async () => {
    const { node, heard, neighbours: [b, c] } = await star()
    const message = await signedMessage(author, TOPIC, data)
    sendRpc(b, node, [message])
    await eventually('the message', () => heard.length === 1)
    // the key is in the author's id as well
    sendRpc(c, node, [{ ...message, key: undefined }])
    await eventually('that it was verified', () => verified === 2)
    sendRpc(c, node, [await signedMessage(author, TOPIC, data)])
    await eventually('the next message', () => heard.length === 2)
    expect(ratings.charges).to.deep.equal([])
  })

  it('are forgotten no later than what gossipsub itself remembers, and then verified anew', async () => {
    const { node, heard, neighbours: [b, c] } = await star({}, 300)
    const message = await signedMessage(author, TOPIC, data)
    sendRpc(b, node, [message])
    await eventually('the message', () => heard.length === 1)
    expect(cachesOf(node).fastMsgIdCache.size).to.equal(1)
    await eventually('gossipsub has forgotten it', () => cachesOf(node).seenCache.size === 0)
    expect(cachesOf(node).fastMsgIdCache.size).to.equal(0)
    sendRpc(c, node, [message])
    await eventually('it is news again', () => heard.length === 2)
    expect(verified).to.equal(2)
  })

  it('are forgotten when the node is stopped', async () => {
    const { node, heard, neighbours: [b] } = await star()
    const message = await signedMessage(author, TOPIC, data)
    sendRpc(b, node, [message])
    await eventually('the message', () => heard.length === 1)
    await node.stop()
    expect(cachesOf(node).fastMsgIdCache.size).to.equal(0)
    await node.start()
    node.services.pubsub.subscribe(TOPIC)
    await acquainted(b, node)
    sendRpc(b, node, [message])
    await eventually('it is news again', () => heard.length === 2)
    expect(verified).to.equal(2)
  })

  it('are remembered of no more messages than the guard lets in', async () => {
    const { node, heard, neighbours: [b] } = await star({ clock: new ManualClock(), rate: { perSecond: 10, burst: 20 } })
    const messages = await Promise.all(Array.from({ length: 60 }, async () => signedMessage(author, TOPIC, data)))
    sendRpc(b, node, messages)
    await eventually('all that came', () => node.guard.snapshot().messages === 60)
    expect(node.guard.snapshot().limited).to.equal(40)
    expect(await standstill(() => heard.length)).to.be.at.most(20)
    expect(cachesOf(node).fastMsgIdCache.size).to.be.at.most(20)
  })
})
