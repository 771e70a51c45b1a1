import { expect } from 'chai'
import { startAdminApi } from '../../support/admin-api.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import type { Answer } from '../../support/admin-api.ts'

describe('http: /healthz and /readyz', () => {
  it('say without a token, by any name, and no more than whether the node runs and has peers', async () => {
    await using nodes = new AppNodes()
    const [a, b] = [await nodes.create({ pool: { limits: { minPeers: 1 } } }), await nodes.create()]
    await using api = await startAdminApi({ node: a })
    const ask = async (path: string): Promise<Answer> => await api.request('GET', path, undefined, { token: null, headers: { host: 'a-pod.example' } })
    const both = async (): Promise<unknown[]> => (await Promise.all(['/healthz', '/readyz'].map(ask))).map(({ status, body }) => [status, body])

    expect(await both()).to.deep.equal([[200, { state: 'isolated' }], [503, { state: 'isolated' }]])
    await a.services.pool.dial(b.getMultiaddrs())
    expect(await both()).to.deep.equal([[200, { state: 'healthy' }], [200, { state: 'healthy' }]])
    a.services.pool.setLimits({ minPeers: 2 })
    expect(await both()).to.deep.equal([[200, { state: 'degraded' }], [200, { state: 'degraded' }]])
    await a.stop()
    expect(await both()).to.deep.equal([[503, { state: 'stopped' }], [503, { state: 'stopped' }]])
  })

  it('cost little, as nobody needs a token for them', async () => {
    await using nodes = new AppNodes()
    const node = await nodes.create()
    await using api = await startAdminApi({ node })
    let gathered = 0
    const { addressBook } = node.services
    const { entries } = addressBook
    addressBook.entries = (...rest) => {
      gathered++
      return entries.apply(addressBook, rest)
    }
    for (const path of ['/healthz', '/readyz']) await api.request('GET', path, undefined, { token: null })
    expect(gathered).to.equal(0)
    await api.request('GET', '/v1/peers')
    expect(gathered).to.equal(1)
  })
})
