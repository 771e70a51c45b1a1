import { RPC } from '@libp2p/gossipsub/message'
import { expect } from 'chai'
import { addressBook } from '../../../src/services/address-book/index.ts'
import { pool } from '../../../src/services/pool/index.ts'
import { barePair } from '../../support/bare-pair.ts'
import { passes } from '../../support/eventually.ts'
import { acquainted, gossipNode, hears } from '../../support/gossip-node.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { addressOf, poolNode } from '../../support/pool-node.ts'
import { stopAll } from '../../support/stop-all.ts'
import type { Stream } from '@libp2p/interface'
import type { BarePair } from '../../support/bare-pair.ts'
import type { GossipNode } from '../../support/gossip-node.ts'
import type { PoolNode } from '../../support/pool-node.ts'

const IDENTIFY = '/ipfs/id/1.0.0'
const AUTONAT = '/libp2p/autonat/1.0.0'

describe('pool: streams that a remote leaves open', () => {
  let clock: ManualClock
  let subject: PoolNode
  let pair: BarePair

  beforeEach(async () => {
    clock = new ManualClock()
    pair = await barePair()
    subject = await poolNode({ name: `stale-${process.pid}`, clock })
  })
  afterEach(async () => { await stopAll([subject, pair]) })

  const open = (protocol: string): Stream[] => subject.getConnections().flatMap(({ streams }) => streams).filter(stream => stream.protocol === protocol)

  it('end after 12 s when libp2p sets them no deadline, and others do not', async () => {
    const lasting = '/test/lasting/1.0.0'
    await subject.handle([lasting, AUTONAT], () => {})
    const connection = await pair.client.dial(addressOf(subject))
    await passes(() => expect(subject.services.pool.peers()).to.have.length(1))
    await passes(() => expect(open(IDENTIFY)).to.have.length(0))
    const held = await connection.newStream(IDENTIFY)
    await connection.newStream(AUTONAT)
    await connection.newStream(lasting)
    const counts = (): number[] => [IDENTIFY, AUTONAT, lasting].map(protocol => open(protocol).length)
    await passes(() => expect(counts()).to.deep.equal([1, 1, 1]))
    await clock.advanceAsync(12_000, 1_000)
    expect(held.status).to.equal('open')
    await clock.advanceAsync(1_000, 1_000)
    await passes(() => expect(held.status).to.equal('reset'))
    await clock.advanceAsync(1_000, 1_000)
    expect(counts()).to.deep.equal([0, 0, 1])
    expect(subject.getConnections()).to.have.length(1)
  })

  describe('of gossipsub', () => {
    let victim: GossipNode
    let remote: GossipNode
    const GOSSIP = '/meshsub/1.2.0'
    const inbound = (): Stream[] => victim.getConnections().flatMap(({ streams }) => streams).filter(({ protocol, direction }) => protocol === GOSSIP && direction === 'inbound')
    const replace = async (): Promise<Stream> => {
      const before = inbound().length
      const stream = await remote.getConnections()[0]!.newStream(GOSSIP)
      await passes(() => expect(inbound()).to.have.length(before + 1))
      return stream
    }

    beforeEach(async () => {
      victim = await gossipNode({ seed: 41, gossip: { maxInboundStreams: 2 }, services: { addressBook: addressBook({ clock }), pool: pool({ clock, feelerIntervalMs: 0 }) } })
      remote = await gossipNode({ seed: 42 })
      await acquainted(remote, victim)
      await passes(() => expect(inbound()).to.have.length(1))
    })
    afterEach(async () => { await stopAll([victim, remote]) })

    it('end 12 s after they were replaced, and gossipsub goes on with the new one', async () => {
      const [first] = inbound()
      const second = await replace()
      await clock.advanceAsync(12_000, 1_000)
      expect(inbound()).to.have.length(2)
      await clock.advanceAsync(1_000, 1_000)
      expect(inbound()).to.have.length(1)
      expect(first!.status).to.equal('aborted')
      const rpc = RPC.encode({ subscriptions: [{ subscribe: true, topic: 'after' }], messages: [] })
      second.send(Uint8Array.of(rpc.length, ...rpc))
      await passes(() => expect(hears(victim, remote, 'after')).to.equal(true))
      expect(victim.services.pubsub.peers.has(remote.peerId.toString()), 'it is not taken for gone').to.equal(true)
    })

    it('have their time again when the one that replaced them is gone', async () => {
      const [first] = inbound()
      const second = await replace()
      await clock.advanceAsync(10_000, 1_000)
      second.abort(new Error('reset'))
      await passes(() => expect(inbound()).to.deep.equal([first]))
      await clock.advanceAsync(20_000, 1_000)
      expect(inbound()).to.deep.equal([first])
      await replace()
      await clock.advanceAsync(12_000, 1_000)
      expect(inbound()).to.have.length(2)
    })
  })
})
