import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { addressOf, nextEvent, poolNode } from '../../support/pool-node.ts'
import { recordedMetrics } from '../../support/recorded-metrics.ts'
import { passes } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { stopAll } from '../../support/stop-all.ts'
import type { PeerId } from '@libp2p/interface'
import type { Outcome } from '../../../src/components.ts'
import type { PoolNode, PoolNodeInit } from '../../support/pool-node.ts'

describe('pool: what it tells scoring, and makes of it', () => {
  const nodes: PoolNode[] = []
  let serial = 0

  async function node (init: Partial<PoolNodeInit> = {}): Promise<PoolNode> {
    const created = await poolNode({ name: `outcomes-${process.pid}-${serial++}`, ...init })
    nodes.push(created)
    return created
  }

  const connected = (node: PoolNode): string[] => node.services.pool.peers().map(({ peerId }) => peerId.toString())

  afterEach(async () => {
    await stopAll(nodes.splice(0))
  })

  it('tells scoring whom it reached, and who no longer answers while others do', async () => {
    const outcomes: string[] = []
    const scoring = { observe: (peer: PeerId, { what }: Outcome) => { outcomes.push(`${what} ${peer.toString()}`) } }
    const [subject, friend, other] = [await node({ scoring }), await node(), await node()]
    const meet = async (peer: PoolNode): Promise<void> => {
      const arrived = nextEvent(subject, 'peer:connected')
      await subject.services.pool.dial(addressOf(peer))
      await arrived
    }
    const timeOut = async (peer: PoolNode): Promise<void> => {
      const left = nextEvent(subject, 'peer:disconnected')
      subject.getConnections(peer.peerId)[0]!.abort(Object.assign(new Error('no answer'), { name: 'TimeoutError' }))
      await left
    }
    await meet(friend)
    await meet(other)
    await timeOut(other)
    await timeOut(friend)
    expect(outcomes).to.deep.equal([`dialled ${friend.peerId.toString()}`, `dialled ${other.peerId.toString()}`, `ping-timeout ${other.peerId.toString()}`])
  })

  it('is not told that whom it did not dial could be dialled', async () => {
    const outcomes: string[] = []
    const [subject, other] = [await node({ scoring: { observe: (_, { what }) => { outcomes.push(what) } } }), await node()]
    const arrived = nextEvent(subject, 'peer:connected')
    await other.services.pool.dial(addressOf(subject))
    await arrived
    expect(outcomes).to.deep.equal([])
  })

  it('forgets the waits of the time that it was alone, once somebody is there', async () => {
    const clock = new ManualClock()
    const first = await node({ start: false })
    const subject = await node({ clock, limits: { minPeers: 2, minOutbound: 2 } })
    const later = multiaddr(`/memory/later-${process.pid}`)
    subject.services.addressBook.add({ peerId: first.peerId, multiaddrs: [later], source: 'configured' })
    await clock.advanceAsync(300_000, 1_000)
    expect(subject.services.pool.snapshot()).to.deep.include({ state: 'isolated' })
    expect(subject.services.pool.snapshot().gauges.retries).to.equal(1)
    const other = await node()
    const arrived = nextEvent(subject, 'peer:connected')
    await subject.services.pool.dial(addressOf(other))
    await arrived
    expect(subject.services.pool.snapshot().gauges.retries).to.equal(0)
  })

  it('does not choose anchors of bad standing', async () => {
    const bad = new Set<string>()
    const clock = new ManualClock()
    const [good, worse] = [await node(), await node()]
    const subject = await node({ clock, scoring: { isDiscouraged: (peerId: PeerId | string) => bad.has(peerId.toString()) } })
    for (const other of [worse, good]) {
      await subject.services.pool.dial(addressOf(other))
      await passes(() => expect(connected(subject)).to.include(other.peerId.toString()))
    }
    bad.add(worse.peerId.toString())
    await clock.advanceAsync(60_000, 10_000)
    expect(subject.services.addressBook.anchors().map(String)).to.deep.equal([good.peerId.toString()])
  })

  it('shows how full its maps are, and the address book its own', async () => {
    const { metrics, read } = recordedMetrics()
    const [subject, other] = [await node({ metrics }), await node()]
    await subject.services.pool.dial(addressOf(other))
    await passes(() => expect(connected(subject)).to.have.length(1))
    expect(await read('peerkeep_pool_entries')).to.deep.equal(subject.services.pool.snapshot().gauges)
    expect(await read('peerkeep_pool_entries')).to.include({ peers: 1, surplus: 0, handshakes: 0, acceptRates: 0 })
    expect(await read('peerkeep_address_book_entries')).to.include({ new: 0, tried: 1 })
  })
})
