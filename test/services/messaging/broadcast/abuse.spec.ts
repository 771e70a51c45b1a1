import { expect } from 'chai'
import { encodeBroadcast } from '../../../../src/services/messaging/broadcast/message.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { eventually, passes } from '../../../support/eventually.ts'
import { signedMessage } from '../../../support/gossip-message.ts'
import { sendRpc } from '../../../support/gossip-node.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { keyOf } from '../../../support/signed-records.ts'
import { watchUnhandled } from '../../../support/unhandled.ts'
import { BroadcastNodes, EVENT, inReach, meshed, TOPIC } from './broadcast-nodes.ts'
import type { GossipsubMessage } from '@libp2p/gossipsub'
import type { PrivateKey } from '@libp2p/interface'
import type { RPC } from '@libp2p/gossipsub/message'
import type { GossipNode } from '../../../support/gossip-node.ts'

const FRAMES = 5_000
const BATCH = 100
const utf8 = new TextEncoder()
const tea = { item: 'tea' }

const frame = (data: unknown, nowMs = Date.now()): Uint8Array =>
  encodeBroadcast({ id: crypto.getRandomValues(new Uint8Array(16)), payload: { encoding: 'json', bytes: utf8.encode(JSON.stringify(data)) }, sentMs: nowMs, expiresMs: nowMs + 600_000 })

describe('messaging: broadcasts of those who break the rules', () => {
  const net = new BroadcastNodes(53_000)
  const { node, bare, listener } = net

  afterEach(async () => { await net.end() })

  const bareListener = async (): Promise<GossipNode> => {
    const made = await bare()
    made.services.pubsub.subscribe(TOPIC)
    return made
  }
  const keyOfNode = (of: GossipNode): PrivateKey => (of as unknown as { components: { privateKey: PrivateKey } }).components.privateKey

  it('charges whoever passes on what is no broadcast, and nobody who does not pass it on', async () => {
    const [a, b, c] = [await bareListener(), await listener(), await listener()]
    await meshed(b, a)
    await meshed(b, c)
    const stranger = await keyOf(53_900)
    sendRpc(a, b, [await signedMessage(stranger, TOPIC, Uint8Array.of(1, 2, 3))])
    await passes(() => { expect(b.ratings.charges).to.deep.equal([`${a.peerId.toString()} minor gossip:rejected`]) })
    await a.services.pubsub.publish(TOPIC, frame(tea))
    await eventually('the next comes through', () => c.heard.length === 1)
    expect(c.ratings.charges).to.deep.equal([])
    expect(c.broadcasts.snapshot()).to.include({ rejected: 0, ignored: 0 })
  })

  it('charges the author of what does not fit the schema, and not who passed it on', async () => {
    // b has another idea of the event, so it passes on what c does not take
    const [author, b, c] = [await bareListener(), await node(), await listener()]
    b.registry.on(EVENT, { encode: () => new Uint8Array(0), decode: bytes => bytes }, () => {})
    await meshed(b, author)
    await meshed(b, c)
    const nowMs = Date.now()
    const bytes = encodeBroadcast({ id: new Uint8Array(16), payload: { encoding: 'bytes', bytes: utf8.encode('{}') }, sentMs: nowMs, expiresMs: nowMs + 1_000 })
    await author.services.pubsub.publish(TOPIC, bytes)
    await passes(() => { expect(c.registry.snapshot()[0]).to.include({ invalid: 1 }) })
    expect(c.ratings.charges, 'c does not know the author').to.deep.equal([])
    await inReach(author, c)
    await author.services.pubsub.publish(TOPIC, encodeBroadcast({ id: new Uint8Array(16).fill(1), payload: { encoding: 'bytes', bytes: utf8.encode('{}') }, sentMs: nowMs, expiresMs: nowMs + 60_000 }))
    await passes(() => { expect(c.ratings.charges).to.deep.equal([`${author.peerId.toString()} moderate messaging:invalid`]) })
    expect(b.ratings.charges).to.deep.equal([])
  })

  it('delivers what is sent again after gossipsub has forgotten it to nobody, until it expires and after', async () => {
    const clock = new ManualClock(Date.now())
    const [author, replayer, c] = [await node({ clock }), await bareListener(), await listener({ clock, gossip: { seenTTL: 100 } })]
    await meshed(c, replayer)
    await inReach(author, replayer)
    const captured = Promise.withResolvers<RPC.Message>()
    replayer.services.pubsub.addEventListener('gossipsub:message', ({ detail: { msg } }: CustomEvent<GossipsubMessage>) => {
      if (msg.type !== 'signed') return
      const seqno = new Uint8Array(8)
      new DataView(seqno.buffer).setBigUint64(0, msg.sequenceNumber)
      captured.resolve({ from: msg.from.toMultihash().bytes, data: msg.data, seqno, topic: msg.topic, signature: msg.signature })
    })
    await author.broadcasts.broadcast(EVENT, tea, { expiresInMs: 600_000 })
    const message = await captured.promise
    await eventually('it was there once', () => c.heard.length === 1)
    for (const [advanceMs, counts] of [[0, { duplicates: 1, expired: 0 }], [599_999, { duplicates: 2, expired: 0 }], [1, { duplicates: 2, expired: 1 }]] as const) {
      clock.advance(advanceMs)
      // until gossipsub has forgotten it, it does not even ask
      await eventually('it was ignored', () => {
        const { duplicates, expired } = c.broadcasts.snapshot()
        if (duplicates >= counts.duplicates && expired >= counts.expired) return true
        sendRpc(replayer, c, [message])
        return false
      })
    }
    expect(c.heard).to.have.length(1)
    expect(c.ratings.charges).to.deep.equal([])
  })

  it(`survives ${FRAMES} random and mutated frames, and charges their sender alone`, async function () {
    this.timeout(120_000)
    const unhandled = watchUnhandled()
    const rng = seededRng(54)
    const open = { scoreThresholds: { gossipThreshold: -1e11, publishThreshold: -1e11, graylistThreshold: -1e12 } }
    const [attacker, victim, honest] = [await bareListener(), await listener({ gossip: open, guard: { rate: { perSecond: 1e6, burst: 1e6 } } }), await node()]
    await meshed(victim, attacker)
    await inReach(honest, victim)
    const key = keyOfNode(attacker)
    const mutate = (bytes: Uint8Array): Uint8Array => {
      const mutated = bytes.slice(0, rng.int(4) === 0 ? rng.int(bytes.byteLength + 1) : undefined)
      for (let i = rng.int(4); i >= 0 && mutated.byteLength > 0; i--) mutated[rng.int(mutated.byteLength)] = rng.int(256)
      return mutated
    }
    const kinds = [() => rng.bytes(rng.int(300)), () => mutate(frame(tea)), () => frame([tea, { item: rng.int(9) }][rng.int(2)]), () => mutate(frame({ item: 'x'.repeat(rng.int(5_000)) }))]
    const counted = (): number => {
      const { received, ignored, rejected, duplicates, expired } = victim.broadcasts.snapshot()
      return received + ignored + rejected + duplicates + expired
    }
    for (let sent = 0; sent < FRAMES; sent += BATCH) {
      const some = await Promise.all(Array.from({ length: BATCH }, async (_, i) => signedMessage(key, TOPIC, kinds[i % kinds.length]!())))
      sendRpc(attacker, victim, some)
      await eventually('they were judged', () => counted() === sent + BATCH, 60_000)
    }
    const { rejected, received } = victim.broadcasts.snapshot()
    const { invalid } = victim.registry.snapshot()[0]!
    expect(rejected).to.be.above(FRAMES / 4)
    expect(invalid).to.be.above(FRAMES / 10)
    expect(received).to.be.above(FRAMES / 10)
    expect(victim.ratings.charges.filter(charge => charge === `${attacker.peerId.toString()} minor gossip:rejected`)).to.have.length(rejected)
    expect(victim.ratings.charges.filter(charge => charge === `${attacker.peerId.toString()} moderate messaging:invalid`)).to.have.length(invalid)
    expect(victim.ratings.charges).to.have.length(rejected + invalid)
    expect(victim.broadcasts.gauges).to.include({ validating: 0, runningBroadcasts: 0, topics: 1 })
    await honest.broadcasts.broadcast(EVENT, { item: 'still there' })
    await eventually('an honest one comes through', () => victim.heard.some(({ data }) => (data as typeof tea).item === 'still there'))
    await unhandled.stop()
  })
})
