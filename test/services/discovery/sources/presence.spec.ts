import { generateKeyPair } from '@libp2p/crypto/keys'
import { gossipsub, TopicValidatorResult } from '@libp2p/gossipsub'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { TypedEventEmitter } from 'main-event'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { discovery } from '../../../../src/services/discovery/index.ts'
import { placeOf } from '../../../../src/services/discovery/place.ts'
import { presence } from '../../../../src/services/discovery/sources/presence.ts'
import { sealRecord } from '../../../../src/wire/signed-record.ts'
import { eventually } from '../../../support/eventually.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { START_MS } from '../../../support/open-book.ts'
import { introduced, pexNode } from '../../../support/pex-node.ts'
import { keyOf } from '../../../support/signed-records.ts'
import { sourceContext, StubBook, stubComponents } from '../stubs.ts'
import { stopAll } from '../../../support/stop-all.ts'
import type { GossipSub, GossipSubEvents, Message, TopicValidatorFn } from '@libp2p/gossipsub'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import type { BookEntry } from '../../../../src/services/address-book/index.ts'
import type { Discovery, Sighting } from '../../../../src/services/discovery/index.ts'
import type { PexNode, PexNodeInit } from '../../../support/pex-node.ts'

const TOPIC = '/peerkeep/test/presence/1.0.0'

describe('gossip presence', () => {
  describe('between real nodes', () => {
    type Node = PexNode & Libp2p<{ discovery: Discovery, pubsub: GossipSub }>
    const nodes: Node[] = []
    // it stands still, and with it the news and questions of peer exchange: gossip comes first
    const clock = new ManualClock(START_MS)
    afterEach(async () => { await stopAll(nodes.splice(0)) })

    async function create (pubsub: PexNodeInit['services'] = { pubsub: gossipsub() }): Promise<Node> {
      const services = { ...pubsub, discovery: discovery({ sources: [presence({ network: 'test', firstWithinMs: 0 })] }) }
      const node = await pexNode({ seed: 300 + nodes.length, clock, listen: '/ip4/127.0.0.1/tcp/0', services }) as Node
      nodes.push(node)
      return node
    }
    const known = (node: Node, other: PexNode): BookEntry | undefined => node.services.addressBook.get(other.peerId)
    const heard = (node: Node): number => node.services.discovery.snapshot().sources[0]!.sightings

    it('tells everybody of everybody, also those who are not connected, by the record that peer exchange tells', async () => {
      const [a, b, c] = [await create(), await create(), await create()]
      await introduced(a, b)
      await eventually('a and b', () => heard(a) === 1 && heard(b) === 1)
      await introduced(c, b)
      await eventually('c', () => known(a, c) != null && heard(b) === 2)
      expect(a.getPeers().map(String)).to.deep.equal([String(b.peerId)])
      expect(known(a, c)).to.include({ source: 'presence', lastObservedMs: 0 })
      expect(known(a, c)!.multiaddrs.map(placeOf)).to.deep.equal(c.getMultiaddrs().map(placeOf))
      for (const node of [a, b]) expect(known(node, c)!.record).to.deep.equal(await c.services.pex.ownRecord())

      // heard of before it came, and told of all the same
      await introduced(c, a)
      await eventually('a has met c', () => known(a, c)!.lastObservedMs > 0)
      const d = await pexNode({ seed: 299, clock })
      try {
        await d.dial(a.getMultiaddrs())
        await d.services.pex.ask(a.peerId)
        expect(d.services.addressBook.get(c.peerId)?.source).to.equal('pex')
      } finally {
        await d.stop()
      }
      for (const node of nodes) expect(node.services.pex.snapshot().refused).to.not.have.property('stale')

      const { pubsub } = a.services
      await a.stop()
      expect(pubsub.topicValidators.has(TOPIC)).to.equal(false)
    })

    it('ends on a node without pubsub, or with one that signs nothing', async () => {
      for (const node of [await create({}), await create({ pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign' }) })]) {
        await eventually('the end', () => node.services.discovery.snapshot().sources[0]!.state === 'ended')
        expect(node.services.discovery.snapshot().sources[0]).to.deep.include({ failures: 0, sightings: 0 })
      }
    })
  })

  describe('with a manual clock', () => {
    let clock: ManualClock
    let key: PrivateKey
    let pubsub: StubPubsub
    let addresses: string[]
    let teller: string
    let book: StubBook
    let events: TypedEventEmitter<any>
    let found: Sighting[]
    let stop: () => void
    let ended: Promise<unknown>

    class StubPubsub extends TypedEventEmitter<GossipSubEvents> {
      readonly globalSignaturePolicy = 'StrictSign'
      readonly topicValidators = new Map<string, TopicValidatorFn>()
      readonly topics = new Set<string>()
      readonly published: Array<{ atMs: number, data: Uint8Array }> = []
      subscribers: string[] = []
      broken = false
      recipients: string[] | undefined
      subscribe = (topic: string): void => { this.topics.add(topic) }
      unsubscribe = (topic: string): void => { this.topics.delete(topic) }
      getSubscribers = (): string[] => this.subscribers

      async publish (_topic: string, data: Uint8Array): Promise<object> {
        if (this.broken) throw new Error('no stream')
        this.published.push({ atMs: clock.monotonic(), data })
        return { recipients: this.recipients ?? this.subscribers }
      }

      async validate (author: PrivateKey, data: Uint8Array, from = author): Promise<TopicValidatorResult> {
        const message = { type: 'signed', from: peerIdFromPrivateKey(author), data } as Message
        return this.topicValidators.get(TOPIC)!(peerIdFromPrivateKey(from), message)
      }
    }

    beforeEach(async () => {
      clock = new ManualClock(1_700_000_000_000)
      key = await generateKeyPair('Ed25519')
      pubsub = new StubPubsub()
      pubsub.subscribers = ['somebody']
      addresses = ['/ip4/1.2.3.4/tcp/1']
      teller = '/ip4/5.6.7.8/tcp/9'
      book = new StubBook()
      events = new TypedEventEmitter()
      found = []
    })

    async function begin (firstWithinMs = 0): Promise<void> {
      const peerId = peerIdFromPrivateKey(key)
      const components = await stubComponents({
        peerId,
        pex: { ownRecord: async () => fromString(`record of ${addresses.length}`) },
        pubsub,
        events,
        addressBook: book,
        addressManager: { getAddresses: () => addresses.map(address => multiaddr(`${address}/p2p/${peerId.toString()}`)), getListenAddrs: () => [] },
        connectionManager: { getConnections: () => [{ direct: true, remoteAddr: multiaddr(teller) }] }
      })
      const { context, ...control } = sourceContext(clock)
      stop = control.stop
      const sightings = presence({ network: 'test', firstWithinMs })(components).find(context)
      ended = (async () => { for await (const sighting of sightings) found.push(sighting) })().catch((err: unknown) => err)
      await clock.advanceAsync(1)
    }

    afterEach(async () => {
      stop()
      expect(await ended).to.have.property('name', 'AbortError')
      expect(clock.pending).to.equal(0)
      expect([...pubsub.topics, ...pubsub.topicValidators.keys()]).to.deep.equal([])
      expect(pubsub.listenerCount('subscription-change') + events.listenerCount('self:peer:update')).to.equal(0)
    })

    it('publishes its own record at once, then every 9 to 11 minutes', async () => {
      await begin()
      await eventually('it', () => pubsub.published.length === 1 && clock.pending === 1)
      addresses = ['/ip4/1.2.3.4/tcp/1', '/ip4/127.0.0.1/tcp/1']
      await clock.advanceAsync(3_600_000, 10_000)
      const times = pubsub.published.map(({ atMs }) => atMs)
      expect(times[0]).to.equal(0)
      expect(times).to.have.length.within(6, 7)
      for (const [i, time] of times.entries()) if (i > 0) expect(time - times[i - 1]!).to.be.within(540_000, 670_000)
      expect(pubsub.published.map(({ data }) => toString(data))).to.deep.equal(['record of 1', ...times.slice(1).map(() => 'record of 2')])
    })

    it('waits a random while before the first', async () => {
      await begin(20_000)
      await clock.advanceAsync(20_000, 100)
      expect(pubsub.published.map(({ atMs }) => atMs)).to.have.length(1)
      expect(pubsub.published[0]!.atMs).to.be.within(100, 20_000)
    })

    it('waits for a subscriber and for an address', async () => {
      pubsub.subscribers = []
      addresses = []
      await begin()
      await clock.advanceAsync(1_000)
      pubsub.subscribers = ['somebody']
      pubsub.dispatchEvent(new CustomEvent('subscription-change'))
      await clock.advanceAsync(1_000)
      expect(pubsub.published).to.deep.equal([])
      addresses = ['/ip4/1.2.3.4/tcp/1']
      events.dispatchEvent(new CustomEvent('self:peer:update'))
      await eventually('it', () => pubsub.published.length === 1 && clock.pending === 1)
    })

    it('tries again soon when it could not publish, or nobody got it', async () => {
      const deaf: string[] = []
      pubsub.broken = true
      await begin()
      await eventually('the failure', () => clock.pending === 1)
      pubsub.broken = false
      pubsub.recipients = deaf
      await clock.advanceAsync(2_000, 100)
      await eventually('the second try', () => pubsub.published.length === 1 && clock.pending === 1)
      pubsub.recipients = undefined
      await clock.advanceAsync(8_000, 100)
      await eventually('it', () => pubsub.published.length === 2 && clock.pending === 1)
      await clock.advanceAsync(500_000, 10_000)
      expect(pubsub.published).to.have.length(2)
    })

    it('accepts one record per author in 60 s, and hands on what means something here', async () => {
      await begin()
      const author = await generateKeyPair('Ed25519')
      const record = async (...told: string[]): Promise<Uint8Array> => (await sealRecord(author, told.map(multiaddr), BigInt(clock.now()))).bytes
      expect(await pubsub.validate(author, await record('/ip4/1.2.3.4/tcp/2', '/ip4/127.0.0.1/tcp/2'))).to.equal(TopicValidatorResult.Accept)
      expect(await pubsub.validate(author, await record('/ip4/1.2.3.4/tcp/3'))).to.equal(TopicValidatorResult.Ignore)
      await clock.advanceAsync(60_000, 10_000)
      expect(await pubsub.validate(author, await record('/ip4/127.0.0.1/tcp/4'))).to.equal(TopicValidatorResult.Accept)
      await clock.advanceAsync(1)
      expect(found.map(({ multiaddrs }) => multiaddrs.map(String))).to.deep.equal([['/ip4/1.2.3.4/tcp/2']])
    })

    it('takes no more from one neighbour than it has to pass on, and does not look at the rest', async () => {
      await begin()
      const [busy, quiet] = [await generateKeyPair('Ed25519'), await generateKeyPair('Ed25519')]
      // as nobody signed them, each that is looked at is rejected
      const garbage = fromString('no record')
      const count = async (times: number, from: PrivateKey): Promise<number> => {
        let rejected = 0
        for (let i = 0; i < times; i++) {
          if (await pubsub.validate(await keyOf(nextAuthor++), garbage, from) === TopicValidatorResult.Reject) rejected++
        }
        return rejected
      }
      let nextAuthor = 1_000
      expect(await count(600, busy)).to.equal(500)
      expect(await count(10, quiet)).to.equal(10)
      await clock.advanceAsync(1_000)
      expect(await count(100, busy)).to.equal(50)
    })

    it('hands on DNS names only from the author itself, or those that are known as its', async () => {
      // local names, too, may be meant
      teller = '/ip4/127.0.0.1/tcp/9'
      const [author, other] = [await generateKeyPair('Ed25519'), await generateKeyPair('Ed25519')]
      const told = ['/ip4/1.2.3.4/tcp/2', '/dns4/router.lan/tcp/80', '/dnsaddr/intranet'].map(multiaddr)
      await begin()
      for (const from of [other, author, other]) {
        if (found.length === 2) book.learned.push({ peerId: peerIdFromPrivateKey(author), multiaddrs: [told[2]!], source: 'outbound' })
        const { bytes } = await sealRecord(author, told, BigInt(clock.now()))
        expect(await pubsub.validate(author, bytes, from)).to.equal(TopicValidatorResult.Accept)
        await clock.advanceAsync(60_000, 10_000)
      }
      expect(found.map(({ multiaddrs }) => multiaddrs.map(String))).to.deep.equal([
        ['/ip4/1.2.3.4/tcp/2'],
        ['/ip4/1.2.3.4/tcp/2', '/dns4/router.lan/tcp/80', '/dnsaddr/intranet'],
        ['/ip4/1.2.3.4/tcp/2', '/dnsaddr/intranet']
      ])
      expect(found.map(({ toldBy }) => toldBy?.toString())).to.deep.equal([teller, undefined, teller])
    })

    it('does not blame whoever passes on a signature that does not fit: it may fit there', async () => {
      await begin()
      const [author, neighbour] = [await generateKeyPair('Ed25519'), await generateKeyPair('Ed25519')]
      const { bytes: data } = await sealRecord(author, [multiaddr('/ip4/1.2.3.4/tcp/2')], 1n)
      data[data.length - 1]! ^= 1
      expect(await pubsub.validate(author, data, neighbour)).to.equal(TopicValidatorResult.Ignore)
      await clock.advanceAsync(60_000, 60_000)
      expect(await pubsub.validate(author, data)).to.equal(TopicValidatorResult.Reject)
      await clock.advanceAsync(60_000, 60_000)
      expect(await pubsub.validate(author, data.slice(0, 60), neighbour)).to.equal(TopicValidatorResult.Reject)
    })

    it('rejects forgeries, and takes no notice of itself and of unsigned messages', async () => {
      await begin()
      const [author, thief] = [await generateKeyPair('Ed25519'), await generateKeyPair('Ed25519')]
      const { bytes: data } = await sealRecord(author, [multiaddr('/ip4/1.2.3.4/tcp/2')], 1n)
      expect(await pubsub.validate(thief, data)).to.equal(TopicValidatorResult.Reject)
      expect(await pubsub.validate(key, data)).to.equal(TopicValidatorResult.Ignore)
      expect(await pubsub.topicValidators.get(TOPIC)!(peerIdFromPrivateKey(author), { type: 'unsigned', topic: TOPIC, data })).to.equal(TopicValidatorResult.Ignore)
      expect(await pubsub.validate(author, data, thief)).to.equal(TopicValidatorResult.Accept)
      await clock.advanceAsync(1)
      expect(found).to.have.length(1)
      expect(found[0]!.toldBy?.toString()).to.equal('/ip4/5.6.7.8/tcp/9')
    })
  })
})
