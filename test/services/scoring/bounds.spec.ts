import { peerIdFromMultihash } from '@libp2p/peer-id'
import { expect } from 'chai'
import { seededRng } from '../../../src/util/rng.ts'
import { openScoring } from '../../support/open-scoring.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { PeerId } from '@libp2p/interface'

const rng = seededRng(31)

/** Cheaper than a random one: there are many. */
function passerBy (number: number): PeerId {
  const bytes = new Uint8Array(34)
  bytes.set([0x12, 0x20])
  new DataView(bytes.buffer).setUint32(2, number)
  return peerIdFromMultihash({ code: 0x12, size: 32, digest: bytes.subarray(2), bytes })
}

describe('scoring: bounds', () => {
  it('let 100,000 ids pass without forgetting who misbehaved, is connected, or growing over any cap', async function () {
    this.timeout(60_000)
    const { scoring, connect, clock } = await openScoring()
    const worst = Array.from({ length: 100 }, () => randomPeerId(rng))
    const friends = Array.from({ length: 40 }, () => randomPeerId(rng))
    for (const peer of worst) scoring.report(peer, 'fatal', 'test:forged')
    for (const peer of friends) connect(peer)
    for (let i = 0; i < 100_000; i++) {
      const peer = passerBy(i)
      if (i % 2 === 0) scoring.report(peer, 'minor', 'test:junk')
      else if (i % 10 === 1) connect(peer, { from: `/ip4/93.${i >> 16 & 255}.${i >> 8 & 255}.${i & 255}/tcp/1` }).fail()
      else scoring.observe(peer, { what: 'dial-failed' })
      if (i % 1000 === 0) clock.advance(1_000)
    }
    for (const peer of worst) expect(scoring.standing(peer)).to.equal('banned')
    for (const peer of friends) expect(scoring.get(peer)?.connected).to.equal(true)
    const { gauges } = scoring.snapshot()
    const caps = { peers: 16_384, debtors: 16_384, connected: 40, badStanding: 16_384, hosts: 8_192, recentFailures: 4_096, recentCharges: 4_096, changed: 16_384, unwritten: 32_768 }
    expect(gauges).to.have.all.keys(...Object.keys(caps))
    for (const [name, cap] of Object.entries(caps)) expect(gauges[name], name).to.be.at.most(cap)
    expect(gauges.peers).to.equal(16_384)
  })

  it('leave somebody without room charged and told of, but not remembered', async () => {
    const { scoring } = await openScoring({ maxPeers: 10 })
    for (let i = 0; i < 10; i++) scoring.report(randomPeerId(rng), 'fatal', 'test:forged')
    const heard: string[] = []
    const peer = randomPeerId(rng)
    scoring.addEventListener('peer:misbehaviour', ({ detail }) => heard.push(`${detail.peerId.toString()} ${detail.misbehaviour}`))
    scoring.report(peer, 'severe', 'test:junk')
    scoring.observe(peer, { what: 'delivery' })
    expect(heard).to.deep.equal([`${peer.toString()} 25`])
    expect(scoring.get(peer)).to.equal(undefined)
    expect(scoring.snapshot().gauges.badStanding).to.equal(10)
  })

  it('let an operation take a few microseconds with a full table', async function () {
    this.timeout(60_000)
    const { scoring } = await openScoring()
    const peers = Array.from({ length: 16_384 }, (_, i) => passerBy(i))
    for (const peer of peers) scoring.report(peer, 'minor', 'test:junk')
    const cost = (call: (peer: PeerId) => void): number => {
      const started = performance.now()
      for (let i = 0; i < 20_000; i++) call(peers[(i * 7919) % peers.length]!)
      return (performance.now() - started) * 1_000 / 20_000
    }
    const operations = {
      score: cost(peer => { scoring.score(peer) }),
      standing: cost(peer => { scoring.standing(peer) }),
      observe: cost(peer => { scoring.observe(peer, { what: 'delivery' }) }),
      failure: cost(peer => { scoring.observe(peer, { what: 'request-timeout' }) }),
      report: cost(peer => { scoring.report(peer, 'minor', 'test:junk') })
    }
    // bench/scoring has the figure; here only what a shared machine cannot make false
    for (const [name, us] of Object.entries(operations)) expect(us, `${name} in us`).to.be.lessThan(50)
    if (process.env.SHOW_FIGURES != null) process.stdout.write(`${JSON.stringify(operations)}\n`)
  })
})
