import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { matches, readQuery, withoutVariables } from './support/promql.ts'
import { queriesOf, readDashboard, readDocumented, readRules } from './support/shipped.ts'
import { SmallNetwork } from './support/small-network.ts'
import type { Family, Sample } from './support/exposition.ts'
import type { Matcher } from './support/promql.ts'
import type { Named } from './support/shipped.ts'

/** What Prometheus adds. */
const TARGET = { instance: 'localhost:4780', job: 'peerkeep' }
/** Made by `label_replace`. */
const MADE = new Set(['service'])
const UNITS = /_(?:bytes|seconds)$/

describe('observability: metrics', function () {
  this.timeout(60_000)
  let network: SmallNetwork | undefined
  let members: SmallNetwork['members']
  let families: Map<string, Family>
  let own: Family[]
  let samples: Sample[]

  before(async () => {
    network = await SmallNetwork.start()
    await network.beBusy()
    members = network.members
    families = await network.exposition()
    own = [...families.values()].filter(({ name }) => name.startsWith('peerkeep_'))
    const all: Sample[] = [...[...families.values()].flatMap(family => family.samples), { name: 'up', labels: {}, value: 1 }]
    samples = all.map(({ labels, ...rest }) => ({ ...rest, labels: { __name__: rest.name, ...TARGET, ...labels } }))
  })
  after(async () => { await network?.[Symbol.asyncDispose]() })

  /** What of a query does not fit what the nodes show. */
  function complaints ({ title, expr }: Named): string[] {
    const { selectors, grouping } = readQuery(withoutVariables(expr))
    const read = selectors.map(selector => samples.filter(({ labels }) => selector.every(matcher => matches(matcher, labels[matcher.label] ?? ''))))
    const written = (selector: Matcher[]): string => selector.map(({ label, op, value }) => `${label}${op}${value}`).join(', ')
    return [
      ...selectors.filter((_, i) => read[i]?.length === 0).map(selector => `${title}: nothing has ${written(selector)}`),
      ...grouping.filter(label => !MADE.has(label) && !read.flat().some(({ labels }) => label in labels)).map(label => `${title}: nothing that it reads has the label ${label}`)
    ]
  }

  it('each query of the dashboard reads what there is', async () => {
    const queries = queriesOf(await readDashboard())
    expect(queries).to.have.length.above(60)
    expect(queries.flatMap(complaints)).to.deep.equal([])
  })

  it('each alert reads what there is', async () => {
    expect((await readRules()).map(({ alert, expr }) => ({ title: alert, expr })).flatMap(complaints)).to.deep.equal([])
  })

  it('each metric of Peerkeep is documented as it is, and no other', async () => {
    const documented = await readDocumented()
    expect([...documented.keys()]).to.have.members(own.map(({ name }) => name))
    for (const { name, type, samples: shown } of own) {
      expect(documented.get(name)?.type, name).to.equal(type)
      for (const { labels } of shown) expect(Object.keys(labels).filter(label => label !== 'le'), name).to.have.members(documented.get(name)?.labels ?? [])
    }
  })

  it('names say what is counted, and in which unit', () => {
    for (const { name, type, help } of own) {
      expect(name).to.match(/^peerkeep_[a-z]+(?:_[a-z]+)*$/)
      expect(name.endsWith('_total'), name).to.equal(type === 'counter')
      if (type === 'histogram' && name !== 'peerkeep_scoring_score') expect(name).to.match(UNITS)
      expect(help, name).to.match(/^\S.* .*\S$/).and.not.include('_')
    }
  })

  it('promtool has no complaint about Peerkeep\'s', async function () {
    for (const { render } of members) {
      const { status, error, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: await render(), encoding: 'utf8' })
      if (error != null) {
        process.stderr.write('    skipped: no promtool\n')
        this.skip()
      }
      // 3: there are complaints, about those of others
      expect(status, stderr).to.be.oneOf([0, 3])
      expect(`${stdout}${stderr}`.split('\n').filter(line => line.startsWith('peerkeep_'))).to.deep.equal([])
    }
  })

  it('says what has happened', () => {
    const sum = (name: string, label?: string): number => (families.get(name)?.samples ?? [])
      .filter(({ labels }) => label == null || Object.values(labels).includes(label))
      .reduce((total, { value }) => total + value, 0)
    expect(sum('peerkeep_node_events_total', 'ban:added'), 'bans told of').to.equal(1)
    expect(sum('peerkeep_bans_in_force', 'peer'), 'bans').to.equal(1)
    expect(sum('peerkeep_scoring_reports_total', 'minor'), 'charges').to.equal(1)
    expect(sum('peerkeep_shards_own_vaults'), 'vaults owned').to.equal(1)
    expect(sum('peerkeep_shards_held_vaults', 'whole'), 'vaults held').to.equal(2)
    expect(sum('peerkeep_node_health'), 'each node in one state').to.equal(members.length)
    expect(sum('peerkeep_pool_peers'), 'peers').to.be.within(1, 6)
    expect(sum('peerkeep_build_info', 'main'), 'nodes').to.equal(members.length)
  })

  it('nodes of one process show each their own', async () => {
    const [first, ...others] = members
    const shown = async (member = first): Promise<string> => (await member?.render() ?? '').split('\n').find(line => line.startsWith('peerkeep_messaging_messages_total{what="received"}')) ?? ''
    // the first one wrote, the second one received it
    expect(await shown()).to.match(/ 0$/)
    expect(await shown(others[0])).to.match(/ 1$/)
  })
})
