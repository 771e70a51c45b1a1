import { expect } from 'chai'
import { pexProtocol } from '../../../src/services/pex/messages.ts'
import { eventually, passes } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { START_MS } from '../../support/open-book.ts'
import { introduced, pexNode } from '../../support/pex-node.ts'
import { recordedMetrics } from '../../support/recorded-metrics.ts'
import { rejection } from '../../support/rejection.ts'
import { stopAll } from '../../support/stop-all.ts'
import type { PexNode, PexNodeInit } from '../../support/pex-node.ts'

describe('pex: what it tells others', () => {
  let nodes: PexNode[]
  let clock: ManualClock

  beforeEach(() => {
    nodes = []
    clock = new ManualClock(START_MS)
  })
  afterEach(async () => { await stopAll(nodes) })

  async function start (init: Partial<PexNodeInit> = {}): Promise<PexNode> {
    const node = await pexNode({ seed: 700 + nodes.length, clock, ...init })
    nodes.push(node)
    return node
  }

  const id = (node: PexNode): string => node.peerId.toString()

  it('tells scoring of answers, and the pool of those that brought somebody new', async () => {
    const [hub, a, b] = [await start(), await start(), await start()]
    await introduced(a, hub)
    await eventually('answered', () => a.outcomes.length)
    expect(a.outcomes).to.have.length(1)
    const [peer, outcome] = a.outcomes[0]!
    expect(peer).to.equal(id(hub))
    expect(outcome).to.include({ what: 'answer', tookMs: 0 })
    expect((outcome as { bytes: number }).bytes).to.be.within(100, 1_000)
    expect(a.useful, 'it told of itself only').to.deep.equal([])
    await introduced(b, hub)
    await passes(() => { expect(b.useful).to.deep.equal([id(hub)]) })
    await b.services.pex.ask(hub.peerId)
    expect(b.useful, 'nothing new').to.have.length(1)
    expect(hub.outcomes).to.deep.equal([])
  })

  it('tells scoring of a peer that does not answer in time, and of none that it gave up itself', async () => {
    const [a, b] = [await start(), await start()]
    await introduced(a, b)
    await eventually('answered', () => a.outcomes.length)
    a.outcomes.length = 0
    await b.unhandle(pexProtocol.id)
    await b.handle(pexProtocol.id, () => {})
    const giveUp = new AbortController()
    const given = a.services.pex.ask(b.peerId, { signal: giveUp.signal })
    giveUp.abort()
    await rejection(given)
    const asked = rejection(a.services.pex.ask(b.peerId))
    await clock.advanceAsync(10_000, 1_000)
    expect((await asked).code).to.equal('WIRE_TIMEOUT')
    expect(a.outcomes).to.deep.equal([[id(b), { what: 'request-timeout' }]])
    expect(a.charges).to.deep.equal([])
  })

  it('shows how full its maps are', async () => {
    const { metrics, read } = recordedMetrics()
    const [a, b] = [await start({ metrics }), await start()]
    await introduced(b, a)
    expect(await read('peerkeep_pex_entries')).to.deep.equal(a.services.pex.snapshot().gauges)
    expect(await read('peerkeep_pex_entries')).to.include({ met: 1, ratedPeers: 1, ratedHosts: 0, ratedSubnets: 0 })
  })
})
