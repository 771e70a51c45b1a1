import { expect } from 'chai'
import { createRunningSettings } from '../../../src/cli/running-settings.ts'
import { merge, reconcile, valuesFromEnvironment, valuesFromFile } from '../../../src/config/index.ts'
import { startAdminApi } from '../../support/admin-api.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import type { Settings } from '../../../src/http/schemas/settings.ts'
import type { Answer, TestApi } from '../../support/admin-api.ts'
import type { AppNode } from '../../../src/index.ts'

const merged = reconcile(merge([valuesFromFile({ maxPeers: 30, minRetry: '2s' }, 'file', 'node.json'), valuesFromEnvironment({ PEERKEEP_PASSPHRASE: 'secret words', PEERKEEP_MIN_PEERS: '3' })]))
const { minPeers, maxPeers, maxInbound, maxOutbound, minOutbound, maxPerIp, maxPerSubnet } = merged.config

describe('http: /v1/settings', () => {
  let nodes: AppNodes
  let node: AppNode
  let api: TestApi
  let log: { level: typeof merged.config.logLevel }
  let told: unknown[]

  before(async () => {
    nodes = new AppNodes()
    node = await nodes.create({ listen: [], pool: { limits: { minPeers, maxPeers, maxInbound, maxOutbound, minOutbound, maxPerIp, maxPerSubnet } } })
  })
  beforeEach(async () => {
    log = { level: 'warn' }
    told = []
    api = await startAdminApi({ node, settings: createRunningSettings({ node, merged, log, publish: event => { told.push(event) } }) })
  })
  afterEach(async () => { await api[Symbol.asyncDispose]() })
  after(async () => { await nodes[Symbol.asyncDispose]() })

  const get = async (): Promise<Map<string, Settings['settings'][number]>> => new Map(((await api.request('GET', '/v1/settings')).body as Settings).settings.map(setting => [setting.name, setting]))
  const patch = async (change: unknown): Promise<Answer> => await api.request('PATCH', '/v1/settings', change)

  it('are all options, where each comes from, and never a secret', async () => {
    const settings = await get()
    expect(settings.size).to.equal(Object.keys(merged.config).length)
    expect(settings.get('maxPeers')).to.deep.include({ value: 30, from: 'file', changeable: true, allowed: 'a whole number from 1 to 10000' })
    expect(settings.get('minPeers')).to.deep.include({ value: 3, from: 'environment' })
    expect(settings.get('minRetry')).to.deep.include({ value: '2s', from: 'file', changeable: false })
    expect(settings.get('listen')?.value).to.be.an('array')
    expect(settings.get('passphrase')).to.deep.include({ value: null, from: 'environment', changeable: false })
    expect([...settings.values()].filter(({ changeable }) => changeable).map(({ name }) => name)).to.have.members([
      'minPeers', 'maxPeers', 'maxInbound', 'maxOutbound', 'minOutbound', 'maxPerIp', 'maxPerSubnet', 'autoBan', 'gossipRate', 'logLevel'
    ])
  })

  it('change the running node, and say so', async () => {
    const { status, body } = await patch({ minPeers: 4, autoBan: false, gossipRate: 50, logLevel: 'debug' })
    expect(status).to.equal(200)
    expect(node.services.pool.limits).to.include({ minPeers: 4, maxPeers: 30 })
    expect(node.services.bans.automatic).to.equal(false)
    expect(node.services.gossipGuard.rate).to.deep.equal({ perSecond: 50, burst: 50 })
    expect(log.level).to.equal('debug')
    expect((body as Settings).settings.find(({ name }) => name === 'minPeers')).to.include({ value: 4, from: 'running' })
    expect(told).to.deep.equal([{ event: 'settings:changed', changes: [
      { name: 'minPeers', before: 3, after: 4 },
      { name: 'autoBan', before: true, after: false },
      { name: 'gossipRate', before: 400, after: 50 },
      { name: 'logLevel', before: 'warn', after: 'debug' }
    ] }])

    await patch({ minPeers: 3, autoBan: true, gossipRate: 400, logLevel: 'warn' })
    expect((await get()).get('minPeers')).to.include({ value: 3, from: 'environment' })
    told.length = 0
    await patch({ minPeers: 3 })
    expect(told, 'nothing has changed').to.deep.equal([])
  })

  it('tell what had to follow', async () => {
    await patch({ maxPeers: 10 })
    const settings = await get()
    expect([settings.get('maxInbound'), settings.get('maxOutbound')].map(setting => [setting?.value, setting?.from])).to.deep.equal([[10, 'running'], [10, 'running']])
    expect(told).to.deep.equal([{ event: 'settings:changed', changes: [
      { name: 'maxPeers', before: 30, after: 10 }, { name: 'maxInbound', before: maxInbound, after: 10 }, { name: 'maxOutbound', before: maxOutbound, after: 10 }
    ] }])
    await patch({ maxPeers, maxInbound, maxOutbound, minOutbound })
  })

  it('are all refused with one that contradicts, is out of range, fixed or unknown', async () => {
    const before = [...await get()]
    for (const [change, code, words] of [
      [{ maxInbound: 40, maxPeers: 20, autoBan: false, logLevel: 'trace' }, 'POOL_LIMITS_INVALID', 'maxInbound (40) is above maxPeers (20)'],
      [{ gossipRate: 10, minPeers: 9_999 }, 'POOL_LIMITS_INVALID', 'minPeers (9999) is above maxPeers (30)'],
      [{ gossipRate: 0, minPeers: 4 }, 'API_REQUEST_INVALID', 'gossipRate'],
      [{ minPeers: '4' }, 'API_REQUEST_INVALID', 'minPeers'],
      [{ dataDir: '/etc', minPeers: 4 }, 'API_REQUEST_INVALID', 'dataDir'],
      [{ minPers: 4 }, 'API_REQUEST_INVALID', 'minPers'],
      [{ logLevel: 'loud' }, 'API_REQUEST_INVALID', 'logLevel'],
      [{}, 'API_REQUEST_INVALID', ''],
      [[], 'API_REQUEST_INVALID', ''],
      ['null', 'API_BODY_TYPE', '']
    ] as const) {
      const { status, body } = await patch(change)
      expect([JSON.stringify(change), status, body.code]).to.deep.equal([JSON.stringify(change), code === 'API_BODY_TYPE' ? 415 : 400, code])
      expect(body.detail).to.include(words)
    }
    expect([...await get()]).to.deep.equal(before)
    expect(told).to.deep.equal([])
    expect(log.level).to.equal('warn')
  })

  it('refuse by themselves, too, whoever asks', () => {
    const settings = createRunningSettings({ node, merged, log, publish: event => { told.push(event) } })
    for (const [change, words] of [
      [{ dataDir: '/etc', logLevel: 'trace' }, '"dataDir" cannot be changed while the node runs'],
      [{ minPers: 4 }, '"minPers" in the change is not an option (did you mean minPeers?)'],
      [{ logLevel: 'loud' }, '"logLevel" in the change must be trace, debug']
    ] as const) expect(() => { settings.change(change as never) }).to.throw(words).with.property('code', 'CONFIG_INVALID')
    expect([log.level, told]).to.deep.equal(['warn', []])
  })

  it('are none, and cannot be changed, where no program lets them', async () => {
    await using bare = await startAdminApi({ node: { listen: [] } })
    expect((await bare.request('GET', '/v1/settings')).body).to.deep.equal({ settings: [] })
    const { status, body } = await bare.request('PATCH', '/v1/settings', { minPeers: 4 })
    expect([status, body.code]).to.deep.equal([503, 'API_SETTINGS_UNAVAILABLE'])
  })
})
