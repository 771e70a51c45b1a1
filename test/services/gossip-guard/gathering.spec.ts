import { expect } from 'chai'
import { replace } from '../../../src/services/gossip-guard/tap.ts'
import { eventually } from '../../support/eventually.ts'
import { signedMessage } from '../../support/gossip-message.ts'
import { acquainted, sendRpc } from '../../support/gossip-node.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { keyOf } from '../../support/signed-records.ts'
import { data, GuardedNodes, TOPIC } from './guarded-nodes.ts'
import type { RPC } from '@libp2p/gossipsub/message'
import type { PrivateKey } from '@libp2p/interface'
import type { GossipNode } from '../../support/gossip-node.ts'

const ENCRYPTED_MESSAGE_BYTES = 65_535
/** Of which go-libp2p loses none. */
const MAX_MESSAGES = 8

describe('gossip guard: gathered messages', () => {
  const net = new GuardedNodes(48_000)
  const { guarded, bare } = net
  let author: PrivateKey

  beforeEach(async () => {
    net.begin()
    author = await keyOf(1)
  })
  afterEach(async () => { await net.end() })

  /** A guarded node with a neighbour of stock libp2p that listens, and all that the neighbour gets. */
  async function pair (gossip: Parameters<typeof guarded>[1] = {}, init: Parameters<typeof guarded>[0] = {}): Promise<{ node: Awaited<ReturnType<typeof guarded>>, neighbour: GossipNode, got: RPC[], heard: Uint8Array[] }> {
    const [node, neighbour] = [await guarded(init, gossip), await bare()]
    const got: RPC[] = []
    const heard: Uint8Array[] = []
    const { pubsub } = neighbour.services
    pubsub.subscribe(TOPIC)
    pubsub.addEventListener('message', ({ detail }) => { heard.push(detail.data) })
    await acquainted(neighbour, node)
    await eventually('the node knows of its topic', () => node.services.pubsub.getSubscribers(TOPIC).length === 1)
    replace(pubsub, 'handleReceivedRpc', original => async (from, rpc) => {
      got.push(rpc)
      await original(from, rpc)
    })
    return { node, neighbour, got, heard }
  }
  const sizes = (got: RPC[]): number[] => got.map(({ messages }) => messages.length).filter(count => count > 0)
  const said = (heard: Uint8Array[]): string[] => heard.map(bytes => new TextDecoder().decode(bytes))

  for (const batchPublish of [true, false]) {
    it(`go to a neighbour together, in their order, ${batchPublish ? 'to all at once' : 'to one after the other'}`, async () => {
      const { node, got, heard } = await pair({ batchPublish })
      const texts = Array.from({ length: 20 }, (_, i) => `number ${i}`)
      const sent = await Promise.all(texts.map(async text => node.services.pubsub.publish(TOPIC, new TextEncoder().encode(text))))
      expect(sent.every(({ recipients }) => recipients.length === 1)).to.equal(true)
      await eventually('all of them', () => heard.length === texts.length)
      expect(sizes(got)).to.deep.equal([MAX_MESSAGES, MAX_MESSAGES, texts.length - 2 * MAX_MESSAGES])
      expect(said(heard)).to.deep.equal(texts)
    })
  }

  it('are no more than fits into an encrypted message, unless one alone is', async () => {
    const { node, got, heard } = await pair()
    const lengths = [...Array<number>(100).fill(1_024), 200_000, ...Array<number>(20).fill(12_000)]
    await Promise.all(lengths.map(async length => node.services.pubsub.publish(TOPIC, new Uint8Array(length))))
    await eventually('all of them', () => heard.length === lengths.length)
    const bytes = got.map(({ messages }) => messages.reduce((sum, message) => sum + message.data!.byteLength, 0)).filter(sum => sum > 0)
    expect(bytes.filter(sum => sum > ENCRYPTED_MESSAGE_BYTES)).to.deep.equal([200_000])
    expect(bytes.length).to.equal(Math.ceil(100 / MAX_MESSAGES) + 1 + Math.ceil(20 / 5))
  })

  it('come a few at a time, as go-libp2p drops what it cannot verify at once', async () => {
    const clock = new ManualClock()
    const { node, got } = await pair({}, { clock })
    await Promise.all(Array.from({ length: 20 }, async () => node.services.pubsub.publish(TOPIC, data)))
    expect(node.guard.snapshot().gauges.gathered).to.equal(1)
    for (const expected of [[8], [8, 8], [8, 8, 4]]) {
      await eventually('the next few', () => sizes(got).length >= expected.length)
      expect(sizes(got)).to.deep.equal(expected)
      clock.advance(4)
    }
    expect(node.guard.snapshot().gauges.gathered).to.equal(0)
  })

  it('do not wait when they are more than a mebibyte', async () => {
    const { node, heard } = await pair({}, { clock: new ManualClock() })
    await Promise.all(Array.from({ length: 60 }, async () => node.services.pubsub.publish(TOPIC, new Uint8Array(20_000))))
    await eventually('the first mebibyte', () => heard.length > 50)
  })

  it('are what they were when they were published', async () => {
    const { node, heard } = await pair()
    const bytes = new TextEncoder().encode('hello')
    await node.services.pubsub.publish(TOPIC, bytes)
    bytes.fill(0)
    await eventually('the message', () => heard.length === 1)
    expect(said(heard)).to.deep.equal(['hello'])
  })

  it('do not overtake control messages, nor are they overtaken', async () => {
    const { node, neighbour, got } = await pair()
    const messages = await Promise.all([1, 2, 3].map(async () => signedMessage(author, TOPIC, data)))
    sendRpc(node, neighbour, messages.slice(0, 2))
    sendRpc(node, neighbour, [], { subscriptions: [{ topic: 'other', subscribe: true }] })
    sendRpc(node, neighbour, messages.slice(2))
    await eventually('everything', () => got.length === 3)
    expect(got.map(rpc => [rpc.messages.length, rpc.subscriptions.length])).to.deep.equal([[2, 0], [0, 1], [1, 0]])
  })

  it('are not said to be sent where there is no way to', async () => {
    const { node, neighbour } = await pair()
    const { pubsub } = node.services
    const rpc = { subscriptions: [], messages: [await signedMessage(author, TOPIC, data)] }
    expect(pubsub.sendRpc('nobody', rpc)).to.equal(false)
    const peers = new Set(['nobody', neighbour.peerId.toString()])
    pubsub.sendRpcInBatch(peers, rpc)
    expect([...peers]).to.deep.equal([neighbour.peerId.toString()])
  })

  it('wait for a neighbour that does not read only up to the limit, and reach the others', async () => {
    const { node, neighbour, heard } = await pair({ maxOutboundBufferSize: 100_000 })
    const slow = await bare()
    slow.services.pubsub.subscribe(TOPIC)
    await acquainted(slow, node)
    await eventually('the node knows of both', () => node.services.pubsub.getSubscribers(TOPIC).length === 2)
    const isOpenTo = ({ peerId }: GossipNode): boolean => node.services.pubsub.streamsOutbound.has(peerId.toString())
    for (const { streams } of slow.getConnections(node.peerId)) {
      for (const stream of streams) if (stream.direction === 'inbound' && stream.protocol.includes('meshsub')) stream.pause()
    }
    let published = 0
    await eventually('it is given up', async () => {
      for (let i = 0; i < 20; i++) await node.services.pubsub.publish(TOPIC, new Uint8Array(1_500))
      published += 20
      return !isOpenTo(slow)
    })
    await eventually('all of them', () => heard.length === published)
    expect(isOpenTo(neighbour)).to.equal(true)
  })

  it('are sent when the guard stops, and one by one after that', async () => {
    const { node, neighbour, got } = await pair()
    const messages = await Promise.all([1, 2, 3, 4].map(async () => signedMessage(author, TOPIC, data)))
    for (const message of messages.slice(0, 2)) sendRpc(node, neighbour, [message])
    ;(node.guard as unknown as { stop (): void }).stop()
    for (const message of messages.slice(2)) sendRpc(node, neighbour, [message])
    await eventually('all of them', () => sizes(got).length === 3)
    expect(sizes(got)).to.deep.equal([2, 1, 1])
  })
})
