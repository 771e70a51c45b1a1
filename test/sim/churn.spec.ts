import { expect } from 'chai'
import { seededRng, shuffled } from '../../src/util/rng.ts'
import { completeness, components, degrees } from '../support/graph.ts'
import { SimNetwork } from './network.ts'

const NODES = 50
const SEED = 11
const JOIN_LIMIT_MS = 120_000
const HEAL_LIMIT_MS = 15_000
const NEWCOMERS = 5
const DYING_SHARE = 0.3
const MIN_DEGREE = 5

/** See growth.spec.ts. */
const KNOWN = 0.98

describe(`simulation: ${NODES} nodes and heavy losses`, function () {
  const network = new SimNetwork(SEED)
  const rng = seededRng(SEED)
  const isOne = (): boolean => components(network.links()).length === 1 && degrees(network.links())[0]! >= MIN_DEGREE
  const isComplete = (): boolean => isOne() && completeness(network.known()) >= KNOWN

  before(async () => {
    const first = await network.join()
    for (let i = 1; i < NODES; i++) await network.join(first)
    expect(await network.run(JOIN_LIMIT_MS, isComplete), 'complete in time').to.be.a('number')
  })

  after(async () => { await network.stop() })

  it('goes on when the bootstrap node is killed for good', async () => {
    await network.die([network.nodes[0]!])
    report('the bootstrap node died', await network.run(HEAL_LIMIT_MS, isOne))
  })

  it('takes in newcomers through anybody', async () => {
    const before = network.alive.length
    for (let i = 0; i < NEWCOMERS; i++) await network.join(network.alive[rng.int(before)]!)
    const newcomers = network.nodes.slice(-NEWCOMERS)
    report(`${NEWCOMERS} joined`, await network.run(HEAL_LIMIT_MS, () => isOne() && newcomers.every(({ libp2p }) => libp2p.services.pool.state === 'connected')))
    expect(await network.run(JOIN_LIMIT_MS, () => completeness(network.known()) >= KNOWN), 'all know the newcomers, and they all').to.be.a('number')
  })

  it('is whole again after 30 % died at once', async () => {
    const dying = shuffled(network.alive, rng).slice(0, Math.round(network.alive.length * DYING_SHARE))
    await network.die(dying)
    report(`${dying.length} died`, await network.run(HEAL_LIMIT_MS, isOne))
    expect(network.alive.filter(({ libp2p }) => libp2p.services.pool.state === 'isolated'), 'isolated nodes').to.deep.equal([])
  })

  function report (what: string, ms: number | undefined): void {
    const degree = degrees(network.links())
    process.stdout.write(`      ${what}: ${components(network.links()).length} part(s), degree ${degree[0]} to ${degree.at(-1)}, after ${ms === undefined ? `more than ${HEAL_LIMIT_MS / 1000}` : ms / 1000} virtual s\n`)
    expect(ms, 'whole in time').to.be.a('number')
  }
})
