import { expect } from 'chai'
import { readQuery, withoutVariables } from './support/promql.ts'
import { queriesOf, readDashboard } from './support/shipped.ts'
import type { Dashboard } from './support/shipped.ts'

describe('observability: dashboard', () => {
  let dashboard: Dashboard
  before(async () => { dashboard = await readDashboard() })

  it('can be imported anywhere: its data source and its nodes are variables', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).to.deep.equal(['datasource', 'network', 'instance'])
    expect(dashboard.uid).to.equal('peerkeep')
    for (const { title, targets = [] } of dashboard.panels) {
      for (const { datasource, expr } of targets) {
        expect(datasource.uid, title).to.equal('${datasource}')
        // each selector is of the nodes that are chosen
        const { selectors } = readQuery(expr.replaceAll(/\$__\w+/g, '1m'))
        for (const selector of selectors) expect(selector, expr).to.deep.include({ label: 'instance', op: '=~', value: '$instance' })
      }
    }
  })

  it('explains each panel, in units', () => {
    for (const { type, title, description, fieldConfig, targets } of dashboard.panels) {
      if (type === 'row') continue
      expect(description, title).to.match(/^[A-Z0-9].+\.$/)
      expect(fieldConfig?.defaults.unit, title).to.be.oneOf(['none', 'ops', 's', 'bytes', 'Bps', 'percentunit'])
      expect(targets, title).to.have.length.above(0)
    }
  })

  it('names each line by labels that its query gives', () => {
    for (const { title, targets = [] } of dashboard.panels) {
      for (const { expr, legendFormat } of targets) {
        const { grouping } = readQuery(withoutVariables(expr))
        const aggregated = /\b(?:sum|max|min|avg|count|topk|histogram_quantile)\b/.test(expr)
        for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          expect(aggregated ? grouping : [...grouping, 'instance'], `${title}: ${legendFormat}`).to.include(label)
        }
      }
    }
  })

  it('has a place for each panel, and rows for what the services do', () => {
    const taken = new Map<string, string>()
    for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
      expect(x + w, title).to.be.at.most(24)
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect(taken.get(`${column} ${line}`), `${title} lies over`).to.equal(undefined)
          taken.set(`${column} ${line}`, title)
        }
      }
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).to.equal(dashboard.panels.length)
    expect(dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).to.deep.equal([
      'Overview', 'Peers', 'Scoring and bans', 'Gossip and messages', 'Shards', 'DHT', 'Process and network'
    ])
    expect(queriesOf(dashboard)).to.have.length.above(dashboard.panels.length)
  })
})
