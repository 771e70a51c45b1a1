import { expect } from 'chai'
import { startAdminApi } from '../../support/admin-api.ts'

const node = { listen: [] }

describe('http: /metrics', () => {
  it('is what the source renders, as it is, with the token only', async () => {
    const source = { contentType: 'text/plain; version=0.0.4; charset=utf-8', render: async () => 'peerkeep_x{name="\\"<b>"} 1\n' }
    await using api = await startAdminApi({ node, metrics: source })
    const { status, headers, text } = await api.request('GET', '/metrics')
    expect([status, headers['content-type'], text]).to.deep.equal([200, source.contentType, 'peerkeep_x{name="\\"<b>"} 1\n'])
    expect((await api.request('GET', '/metrics', undefined, { token: null })).status).to.equal(401)
  })

  it('is not there on a node that counts nothing', async () => {
    await using api = await startAdminApi({ node })
    expect((await api.request('GET', '/metrics')).status).to.equal(404)
  })
})
