import { expect } from 'chai'
import { completeness, components, degrees } from '../support/graph.ts'
import { SimNetwork } from './network.ts'

const NODES = 100
const SEED = 7
const JOIN_LIMIT_MS = 120_000
const QUIET_MS = 10 * 60_000
const MIN_DEGREE = 5
/** Peers pass on only whom they have met, so peer exchange alone leaves a few pairs unknown to each other; gossip presence, not simulated here, closes that. */
const KNOWN = 0.98

describe(`simulation: ${NODES} nodes that were told one address`, function () {
  const network = new SimNetwork(SEED)
  const isComplete = (): boolean =>
    components(network.links()).length === 1 && degrees(network.links())[0]! >= MIN_DEGREE && completeness(network.known()) >= KNOWN

  after(async () => { await network.stop() })

  it('all find each other and become one network', async () => {
    const first = await network.join()
    for (let i = 1; i < NODES; i++) await network.join(first)
    const startMs = performance.now()
    const ms = await network.run(JOIN_LIMIT_MS, isComplete)
    const degree = degrees(network.links())
    process.stdout.write(`      known ${(completeness(network.known()) * 100).toFixed(1)} %, ${components(network.links()).length} part(s), degree ${degree[0]} to ${degree.at(-1)}, ` +
      `after ${((ms ?? JOIN_LIMIT_MS) / 1000).toFixed(1)} virtual s (${((performance.now() - startMs) / 1000).toFixed(1)} s)\n`)
    expect(ms, 'complete in time').to.be.a('number')
  })

  it('then stays as it is: less than one change a minute a node, over ten minutes', async () => {
    const minutes = QUIET_MS / 60_000
    // trimming what was dialled in excess belongs to the growth
    await network.run(60_000)
    for (const node of network.nodes) node.changes = node.feelers = 0
    const startMs = performance.now()
    await network.run(QUIET_MS)
    const perMinute = (what: 'changes' | 'feelers'): string => (network.nodes.reduce((sum, node) => sum + node[what], 0) / minutes / NODES).toFixed(3)
    const worst = Math.max(...network.nodes.map(node => node.changes)) / minutes
    process.stdout.write(`      ${perMinute('changes')} changes a minute a node, the worst ${worst.toFixed(2)}; ${perMinute('feelers')} feelers ` +
      `(${((performance.now() - startMs) / 1000).toFixed(1)} s)\n`)
    expect(worst, 'changes a minute of the most restless node').to.be.below(1)
    expect(isComplete(), 'still one network in which nearly everybody knows everybody').to.equal(true)
  })
})
