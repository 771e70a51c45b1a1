import { expect } from 'chai'
import { LieInformer } from '../../../src/services/shards/informer.ts'
import { Evidence } from '../../../src/services/shards/pb/shards.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { Opinion } from '../../support/protocol-nodes.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { silentLogger } from '../messaging/direct/silent-log.ts'
import { falseProof } from './support/lies.ts'
import { ShardNetwork } from './support/shard-network.ts'
import type { PeerId } from '@libp2p/interface'
import type { LieInformerInit } from '../../../src/services/shards/informer.ts'

interface Told {
  peerId: PeerId
  bytes: Uint8Array
}

/** Evidence against holders of one vault, as it is told. */
async function evidenceAgainst (liars: number): Promise<Told[]> {
  await using network = await ShardNetwork.create({ holders: 6 })
  const alice = await network.addOwner()
  const { id, holders } = await network.until(alice.assembly.owner.store(new Uint8Array(10), { threshold: 3, holders: 5, policy: { auditEveryMs: 86_400_000 } }))
  for (const peer of holders.slice(0, liars)) network.node(peer).lie = falseProof
  const told = new Map<string, Told>()
  const tell = network.links.tell.bind(network.links)
  network.links.tell = async (from, to, bytes, signal) => {
    const { accept } = Evidence.decode(bytes)
    const liar = holders.find(peer => accept != null && Buffer.from(accept.content).includes(Buffer.from(peer.toMultihash().bytes)))
    if (liar != null) told.set(liar.toString(), { peerId: liar, bytes })
    await tell(from, to, bytes, signal)
  }
  for (let i = 0; i < 3; i++) await network.until(alice.assembly.owner.open(id))
  await network.becomes('all are told of', () => told.size === liars, 30_000)
  return [...told.values()]
}

interface Scene {
  informer: LieInformer
  opinion: Opinion
  clock: ManualClock
  told: Array<[to: string, bytes: Uint8Array]>
  lies: Array<[peer: string, told: boolean]>
}

function scene (init: Partial<LieInformerInit> & { listeners?: () => Promise<PeerId[]> } = {}): Scene {
  const made: Omit<Scene, 'informer'> = { opinion: new Opinion(), clock: new ManualClock(), told: [], lies: [] }
  const informer = new LieInformer({
    clock: made.clock,
    log: silentLogger().forComponent('informer'),
    scoring: () => made.opinion.scoring,
    listeners: async () => [],
    knows: () => true,
    tell: async (peer, bytes) => { made.told.push([peer.toString(), bytes]) },
    emit: ({ peerId, told }) => { made.lies.push([peerId.toString(), told]) },
    ...init
  })
  informer.start()
  return { ...made, informer }
}

describe('shards: evidence', function () {
  this.timeout(60_000)
  const rng = seededRng(7)
  const [one, two, three] = [randomPeerId(rng), randomPeerId(rng), randomPeerId(rng)]
  let evidence: Told[]

  before(async () => { evidence = await evidenceAgainst(2) })

  it('is checked, charged once, and passed on once to all but the liar and who told', async () => {
    const [{ peerId, bytes }] = evidence as [Told]
    const { informer, opinion, told, lies } = scene({ listeners: async () => [one, two, three, peerId] })
    await informer.receive(one, bytes)
    await informer.receive(two, bytes)
    await informer.inform(Evidence.decode(bytes))
    expect(opinion.offences.map(({ peer, offence, cause }) => [peer, offence, cause])).to.deep.equal([[peerId.toString(), 'severe', 'shards:partial']])
    expect(told.map(([to]) => to).sort()).to.deep.equal([two, three].map(String).sort())
    expect(told.every(([, passed]) => Buffer.from(passed).equals(bytes))).to.equal(true)
    expect(lies).to.deep.equal([[peerId.toString(), true]])
    expect(informer.gauges).to.deep.equal({ liars: 1, evidenceWaiting: 0, evidenceTold: 0 })
  })

  it('that is false is charged to who told it, whatever is wrong, and nobody else hears it', async () => {
    const [{ bytes: first }, { bytes: second }] = evidence as [Told, Told]
    const [real, other] = [Evidence.decode(first), Evidence.decode(second)]
    const swapped: Array<[string, Evidence]> = [
      ['another accept', { ...real, accept: other.accept }],
      ['another request', { ...real, request: other.request }],
      ['another answer', { ...real, answer: other.answer }],
      ['another kind', { ...real, kind: 'AUDIT' }],
      ['a broken signature', { ...real, answer: { ...real.answer!, signature: real.answer!.signature.map((byte, i) => i === 5 ? byte ^ 1 : byte) } }],
      ['nothing', { kind: 'PARTIAL', request: new Uint8Array(0) }],
      ['an equivocation that is none', { kind: 'EQUIVOCATION', request: new Uint8Array(0), answer: real.accept, other: other.accept }]
    ]
    for (const [what, false_] of swapped) {
      const { informer, opinion, told, lies } = scene({ listeners: async () => [two] })
      await informer.receive(one, Evidence.encode(false_))
      expect(opinion.offences.map(({ peer, offence, cause }) => [peer, offence, cause]), what).to.deep.equal([[one.toString(), 'severe', 'shards:evidence']])
      expect([told, lies], what).to.deep.equal([[], []])
    }
  })

  it('of a kind that is not known yet says nothing of anybody', async () => {
    const { informer, opinion, told } = scene({ listeners: async () => [two] })
    await informer.receive(one, Evidence.encode({ kind: 'LATER', request: new Uint8Array(3) }))
    expect([opinion.offences, told]).to.deep.equal([[], []])
  })

  it('of peers that nobody here knows is charged, and goes no further', async () => {
    const [{ peerId, bytes }] = evidence as [Told]
    const { informer, opinion, told } = scene({ listeners: async () => [two], knows: () => false })
    await informer.receive(one, bytes)
    expect(opinion.offences.map(({ peer }) => peer)).to.deep.equal([peerId.toString()])
    expect(told).to.deep.equal([])
  })

  it('that comes faster than it can be checked is dropped, and nobody is charged for that', async () => {
    const [{ bytes }] = evidence as [Told]
    const { informer, opinion } = scene()
    const all = Array.from({ length: 500 }, async () => { await informer.receive(one, bytes) })
    expect(informer.gauges.evidenceWaiting).to.be.at.most(64)
    await Promise.all(all)
    expect(informer.counts.dropped).to.be.above(400)
    expect(opinion.offences).to.have.length(1)
  })

  it('is told behind the back of who found it, until the stop', async () => {
    const [{ bytes }] = evidence as [Told]
    let aborted = false
    const { informer, opinion } = scene({
      listeners: async () => [two],
      tell: async (_, __, signal) => {
        await new Promise<void>(resolve => { signal.addEventListener('abort', () => { aborted = true; resolve() }) })
      }
    })
    await informer.inform(Evidence.decode(bytes))
    expect(opinion.offences).to.have.length(1)
    expect(informer.gauges.evidenceTold).to.equal(1)
    await informer.stop()
    expect([aborted, informer.gauges.evidenceTold]).to.deep.equal([true, 0])
  })

  it('is told to those that can be reached, though others cannot; and to nobody after the stop', async () => {
    const [{ bytes }, { bytes: later }] = evidence as [Told, Told]
    const reached: string[] = []
    const { informer } = scene({
      listeners: async () => [two, three],
      tell: async peer => {
        if (peer.equals(two)) throw new Error('gone')
        reached.push(peer.toString())
      }
    })
    await informer.receive(one, bytes)
    expect(reached).to.deep.equal([three.toString()])
    await informer.stop()
    await informer.receive(one, later)
    expect(reached).to.deep.equal([three.toString()])
  })
})
