import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'chai'
import { version } from '../../src/index.ts'
import { startAdminApi } from '../support/admin-api.ts'
import type { TestApi } from '../support/admin-api.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']

describe('admin API: /openapi.json', () => {
  let api: TestApi
  let document: any
  let operations: Array<{ name: string, path: string, operation: any }>
  before(async () => {
    api = await startAdminApi({ metrics: { contentType: 'text/plain', render: async () => '' } })
    document = (await api.request('GET', '/openapi.json')).body
    operations = Object.entries<any>(document.paths).flatMap(([path, item]) => METHODS.filter(method => item[method] != null).map(method => ({ name: `${method.toUpperCase()} ${path}`, path, operation: item[method] })))
  })
  after(async () => { await api[Symbol.asyncDispose]() })

  it('is OpenAPI 3.1', async () => {
    expect(document.openapi).to.match(/^3\.1\./)
    expect(document.info.version).to.equal(version)
    const { valid, errors } = await new Validator().validate(document)
    expect(valid, JSON.stringify(errors)).to.equal(true)
  })

  it('lists what there is', () => {
    expect(operations.map(({ name }) => name)).to.have.members([
      'GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /openapi.json',
      'GET /v1/node', 'GET /v1/network', 'GET /v1/settings', 'PATCH /v1/settings', 'GET /v1/events',
      'GET /v1/peers', 'GET /v1/peers/{id}', 'POST /v1/peers/dial', 'POST /v1/peers/{id}/ping', 'DELETE /v1/peers/{id}/connection',
      'GET /v1/bans', 'POST /v1/bans', 'GET /v1/bans/{target}', 'DELETE /v1/bans/{target}',
      'GET /v1/messages', 'POST /v1/messages', 'POST /v1/broadcast', 'GET /v1/outbox', 'DELETE /v1/outbox/{id}', 'GET /v1/topics', 'POST /v1/topics', 'DELETE /v1/topics/{topic}', 'POST /v1/files',
      'GET /v1/shards', 'POST /v1/shards', 'GET /v1/shards/{id}', 'PATCH /v1/shards/{id}', 'DELETE /v1/shards/{id}', 'GET /v1/shards/{id}/log',
      ...['open', 'export', 'audit', 'refresh', 'repair', 'reshare', 'rotate', 'update'].map(what => `POST /v1/shards/{id}/${what}`)
    ])
  })

  it('says of each what it is for, what it answers and how it fails', () => {
    const tags = (document.tags as Array<{ name: string }>).map(({ name }) => name)
    for (const { name, operation } of operations) {
      expect(operation.summary, name).to.be.a('string').that.is.not.empty
      expect(tags, name).to.include.members(operation.tags as string[])
      const { default: problem, ...answers } = operation.responses
      expect(Object.keys(answers as object), name).to.satisfy((statuses: string[]) => statuses.some(status => /^2\d\d$/.test(status)))
      const { schema, examples } = problem.content['application/problem+json']
      expect(schema.required, name).to.include.members(['type', 'title', 'status', 'code', 'detail'])
      expect(Object.values(examples as object)[0].value, name).to.include.keys(...schema.required)
    }
  })

  it('names each differently', () => {
    const ids = operations.map(({ operation }) => operation.operationId as string)
    expect(new Set(ids).size).to.equal(ids.length)
    for (const id of ids) expect(id).to.match(/^[a-z][A-Za-z]+$/)
  })

  it('says what needs the token', () => {
    expect(document.security).to.deep.equal([{ token: [] }])
    expect(document.components.securitySchemes.token).to.include({ type: 'http', scheme: 'bearer' })
    expect(operations.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path)).to.have.members(['/healthz', '/readyz'])
  })

  it('is told to who has the token only', async () => {
    expect((await api.request('GET', '/openapi.json', undefined, { token: null })).status).to.equal(401)
  })
})
