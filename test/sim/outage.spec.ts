import { expect } from 'chai'
import { components } from '../support/graph.ts'
import { tell } from '../support/figure.ts'
import { SimNetwork } from './network.ts'
import type { SimNode } from './sim-node.ts'

const NODES = 16
const FAITHFUL = 6
const SEED = 23
const JOIN_LIMIT_MS = 120_000
const OUTAGE_MS = 5 * 60_000
const AWAY_MS = 10 * 60_000
const RETURN_LIMIT_MS = 60_000
/** Of the peers that each had. */
const SHARE = 0.8

describe(`simulation: ${NODES} nodes, links that die and peers that go away`, function () {
  const network = new SimNetwork(SEED, { trust: true })
  let friend: SimNode
  const faithful: SimNode[] = []

  before(async () => {
    const first = await network.join()
    friend = await network.join(first)
    while (faithful.length < FAITHFUL) faithful.push(await network.befriend(friend, first))
    for (let i = network.nodes.length; i < NODES; i++) await network.join(first)
    expect(await network.run(JOIN_LIMIT_MS, () => network.nodes.every(node => node.connected().size >= 8)), 'complete in time').to.be.a('number')
    await network.run(60_000)
  })

  after(async () => { await network.stop() })

  const bans = (): number => network.nodes.reduce((sum, { libp2p }) => sum + libp2p.services.bans!.list().length, 0)
  const notGood = (): string[] => network.nodes.flatMap(({ libp2p }) => [...libp2p.services.scoring!.peers()].filter(({ standing }) => standing !== 'good').map(({ peerId }) => peerId.toString()))

  it('T16: has most of its peers again within a minute after five minutes without a link, and blames nobody', async () => {
    const had = new Map(network.nodes.map(node => [node, node.connected().size]))
    const known = new Map(network.nodes.map(node => [node, node.known().size]))
    network.cut()
    await network.run(OUTAGE_MS)
    expect(network.nodes.map(node => node.connected().size), 'cut off').to.deep.equal(network.nodes.map(() => 0))
    expect(network.nodes.map(node => node.known().size), 'nobody is forgotten').to.deep.equal([...known.values()])
    network.heal()
    const ms = await network.run(RETURN_LIMIT_MS, () => network.nodes.every(node => node.connected().size >= SHARE * had.get(node)!) && components(network.links()).length === 1)
    tell('80 % of the peers of every node are back', ms == null ? 'never' : `${ms / 1_000} s`, `${RETURN_LIMIT_MS / 1_000} s`)
    expect(ms).to.be.a('number')
    tell('bans, peers not in good standing', `${bans()}, ${notGood().length}`, '0, 0')
    expect([bans(), notGood()]).to.deep.equal([0, []])
  })

  it('T17: an explicit peer that was away for ten minutes is back within one, at all that keep it', async () => {
    const areBack = (): boolean => faithful.every(node => node.connected().has(friend.id))
    expect(await network.run(RETURN_LIMIT_MS, areBack)).to.be.a('number')
    await network.die([friend])
    await network.run(AWAY_MS)
    expect(faithful.filter(node => node.connected().has(friend.id))).to.deep.equal([])
    // it dials nobody itself
    friend.libp2p.services.pool.setLimits({ minPeers: 0, minOutbound: 0, maxOutbound: 0 })
    await network.revive(friend)
    const ms = await network.run(RETURN_LIMIT_MS, areBack)
    tell(`the explicit peer is back at all ${FAITHFUL}`, ms == null ? 'never' : `${ms / 1_000} s`, `${RETURN_LIMIT_MS / 1_000} s`)
    expect(ms).to.be.a('number')
    expect([bans(), notGood()]).to.deep.equal([0, []])
  })
})
