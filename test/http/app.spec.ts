import { expect } from 'chai'
import { createAdminApi } from '../../src/http/index.ts'
import { version } from '../../src/index.ts'
import { AppNodes } from '../support/app-nodes.ts'
import { rejection } from '../support/rejection.ts'
import { TOKEN, startAdminApi } from '../support/admin-api.ts'
import type { Logger } from '@libp2p/interface'
import type { Inbox } from '../../src/http/index.ts'
import type { TestApi } from '../support/admin-api.ts'

const VAULT = 'ab'.repeat(32)

describe('admin API', () => {
  let api: TestApi
  before(async () => { api = await startAdminApi() })
  after(async () => { await api[Symbol.asyncDispose]() })

  it('tells about its node', async () => {
    const { status, body } = await api.request('GET', '/v1/node')
    expect(status).to.equal(200)
    expect(body.peerId).to.equal(api.node.peerId.toString())
    expect(body.versions.peerkeep).to.equal(version)
    expect(body.versions.node).to.equal(process.versions.node)
  })

  it('can be asked without a network', async () => {
    const answer = await api.api.app.inject({ url: '/v1/node', headers: { authorization: `Bearer ${TOKEN}` } })
    expect(answer.statusCode).to.equal(200)
  })

  describe('problems', () => {
    const cases: Array<[what: string, method: string, path: string, body: unknown, headers: Record<string, string>, status: number, code: string]> = [
      ['an unknown path', 'GET', '/v1/nothing', undefined, {}, 404, 'API_NOT_FOUND'],
      ['an unknown path outside', 'GET', '/nothing', undefined, {}, 404, 'API_NOT_FOUND'],
      ['another method', 'DELETE', '/v1/node', undefined, {}, 405, 'API_METHOD_NOT_ALLOWED'],
      ['a method that is rarely used', 'PROPFIND', '/v1/node', undefined, {}, 405, 'API_METHOD_NOT_ALLOWED'],
      ['a path that cannot be decoded', 'GET', '/v1/bans/%ff%', undefined, {}, 400, 'API_PATH_INVALID'],
      ['a part of the path that is too long', 'GET', `/v1/bans/${'x'.repeat(2_000)}`, undefined, {}, 400, 'API_PATH_INVALID'],
      ['a body too large', 'POST', '/v1/bans', { target: 'x'.repeat(70_000) }, {}, 413, 'API_BODY_TOO_LARGE'],
      ['a body that is far too large', 'POST', '/v1/bans', { target: 'x'.repeat(3_000_000) }, {}, 413, 'API_BODY_TOO_LARGE'],
      ['a body that is not JSON', 'POST', '/v1/bans', '{"target":', { 'content-type': 'application/json' }, 400, 'API_BODY_INVALID'],
      ['no body', 'POST', '/v1/bans', '', { 'content-type': 'application/json' }, 400, 'API_BODY_INVALID'],
      ['a form', 'POST', '/v1/bans', 'target=192.0.2.1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'API_BODY_TYPE'],
      ['plain text, which any page may send', 'POST', '/v1/bans', '{"target":"192.0.2.1"}', { 'content-type': 'text/plain' }, 415, 'API_BODY_TYPE'],
      ['a polluted prototype', 'POST', '/v1/bans', '{"target":"192.0.2.1","__proto__":{"allowed":true}}', { 'content-type': 'application/json' }, 400, 'API_BODY_INVALID'],
      ['a polluted constructor', 'POST', '/v1/bans', '{"target":"192.0.2.1","constructor":{"prototype":{"allowed":true}}}', { 'content-type': 'application/json' }, 400, 'API_BODY_INVALID'],
      ['a property that is not known', 'POST', '/v1/bans', { target: '192.0.2.1', tagret: 1 }, {}, 400, 'API_REQUEST_INVALID'],
      ['a property that is missing', 'POST', '/v1/bans', {}, {}, 400, 'API_REQUEST_INVALID'],
      ['a number where text belongs', 'POST', '/v1/bans', { target: 1 }, {}, 400, 'API_REQUEST_INVALID'],
      ['a list where an object belongs', 'POST', '/v1/bans', [], {}, 400, 'API_REQUEST_INVALID'],
      ['a query that is not known', 'GET', '/v1/peers?token=x', undefined, {}, 400, 'API_REQUEST_INVALID'],
      ['a number out of range', 'GET', '/v1/peers?limit=0', undefined, {}, 400, 'API_REQUEST_INVALID'],
      ['text where a number belongs', 'GET', '/v1/peers?limit=ten', undefined, {}, 400, 'API_REQUEST_INVALID'],
      ['a query twice', 'GET', '/v1/peers?limit=1&limit=2', undefined, {}, 400, 'API_REQUEST_INVALID'],
      ['what a service refuses', 'POST', '/v1/bans', { target: 'nobody' }, {}, 400, 'BANS_TARGET_INVALID']
    ]
    for (const [what, method, path, body, headers, status, code] of cases) {
      it(`${what}: ${status}`, async () => {
        const { body: problem, ...answer } = await api.request(method, path, body, { headers })
        expect(answer.status, answer.text).to.equal(status)
        expect(answer.headers['content-type']).to.match(/^application\/problem\+json/)
        expect(problem).to.include({ type: `/problems/${code.toLowerCase()}`, code, status })
        expect(problem.title).to.match(/^[A-Z][a-z: ]+$/)
        expect(problem.detail).to.be.a('string').that.is.not.empty
      })
    }

    it('name what was wrong', async () => {
      const { body } = await api.request('GET', '/v1/peers?limit=ten')
      expect(body.detail).to.equal('query/limit must be integer')
      expect((await api.request('POST', '/v1/bans', { target: '192.0.2.1', tagret: 1 })).body.detail).to.include('tagret')
    })

    it('change nothing', async () => {
      expect(api.node.services.bans.list()).to.deep.equal([])
      expect(({} as { allowed?: boolean }).allowed).to.equal(undefined)
    })

    it('say what a path does take', async () => {
      const { headers } = await api.request('PUT', '/v1/bans/192.0.2.1')
      expect(headers.allow?.split(', ')).to.have.members(['GET', 'HEAD', 'DELETE'])
    })

    it('tell nothing of what nobody foresaw, but log it', async () => {
      const logged: string[] = []
      const log = (name: string): Logger => Object.assign(() => {}, {
        enabled: true, color: '', trace: () => {}, newScope: log, error: (...args: unknown[]) => { logged.push([name, ...args].join(' ')) }
      })
      const inbox = { messages: () => { throw new Error('the secret of /home/somebody') } } as unknown as Inbox
      await using broken = await startAdminApi({ inbox, node: { logger: { forComponent: log } } })
      const { status, text, body } = await broken.request('GET', '/v1/messages')
      expect(status).to.equal(500)
      expect(body.code).to.equal('API_UNEXPECTED')
      expect(text).to.not.include('secret').and.not.include('home')
      expect(logged.join('\n')).to.include('peerkeep:admin').and.include('the secret of /home/somebody')
    })
  })

  describe('answers', () => {
    it('HEAD like GET, without a body', async () => {
      const [get, head] = [await api.request('GET', '/v1/bans'), await api.request('HEAD', '/v1/bans')]
      expect(head.status).to.equal(200)
      expect(head.headers['content-type']).to.equal(get.headers['content-type'])
      expect(head.text).to.equal('')
    })

    it('no OPTIONS: other sites have no business here', async () => {
      const { status, headers } = await api.request('OPTIONS', '/v1/node', undefined, { token: null, headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' } })
      expect(status).to.equal(403)
      expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).to.deep.equal([])
    })

    it('numbers and booleans in URLs', async () => {
      expect((await api.request('GET', '/v1/peers?limit=5&offset=0')).status).to.equal(200)
      expect((await api.request('GET', '/v1/shards?search=false')).status).to.equal(200)
    })

    it('a body left out where nothing of it is needed', async () => {
      const { status, body } = await api.request('POST', `/v1/shards/${VAULT}/open`)
      // it got to the service
      expect(status, body.detail).to.equal(403)
      expect(body.code).to.equal('SHARDS_NO_OWNER_KEY')
    })
  })

  describe('close', () => {
    it('ends within 2 s with streams of events, requests and idle connections open', async () => {
      await using busy = await startAdminApi()
      const streams = await Promise.all(Array.from({ length: 5 }, async () => await busy.stream('GET', '/v1/events')))
      expect(streams.map(({ statusCode }) => statusCode)).to.deep.equal([200, 200, 200, 200, 200])
      const idle = await busy.raw()
      const halfway = await busy.raw()
      halfway.write(`POST /v1/bans HTTP/1.1\r\nHost: 127.0.0.1:${busy.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`)
      const start = performance.now()
      await Promise.all([busy.api.close(), busy.api.close()])
      expect(performance.now() - start).to.be.below(2_000)
      await Promise.all([idle.closed(), halfway.closed()])
      expect(busy.api.url).to.equal(undefined)
      expect((await rejection(busy.api.listen({ host: '127.0.0.1', port: 0 }))).code).to.equal('API_CONFLICT')
    })

    it('leaves nothing with the node', async () => {
      await using nodes = new AppNodes()
      const node = await nodes.create()
      const { services } = node
      const heard = (): number[] => [services.pool.listenerCount('peer:connected'), services.bans.listenerCount('ban:added'), services.shards.listenerCount('holder:lost')]
      const before = heard()
      const api = await createAdminApi({ node, token: TOKEN })
      expect(heard().every((count, i) => count > before[i]!)).to.equal(true)
      await api.close()
      expect(heard()).to.deep.equal(before)
    })
  })
})
