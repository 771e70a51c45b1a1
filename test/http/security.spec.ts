import { expect } from 'chai'
import { createAdminApi } from '../../src/http/index.ts'
import { tokenCheck } from '../../src/http/security/token.ts'
import { rejection } from '../support/rejection.ts'
import { TOKEN, startAdminApi } from '../support/admin-api.ts'
import type { TestApi } from '../support/admin-api.ts'

describe('admin API: who may use it', () => {
  let api: TestApi
  before(async () => { api = await startAdminApi({ hosts: ['Node.Example.org', 'other.example.org:8443'], metrics: { contentType: 'text/plain', render: async () => '' }, limits: { failuresPerMinute: 1_000 } }) })
  after(async () => { await api[Symbol.asyncDispose]() })

  describe('token', () => {
    const wrong: Record<string, Record<string, string>> = {
      none: {},
      empty: { authorization: '' },
      'of another scheme': { authorization: `Basic ${TOKEN}` },
      'with nothing before it': { authorization: TOKEN },
      'with nothing after Bearer': { authorization: 'Bearer ' },
      'of the same length': { authorization: `Bearer ${'x'.repeat(TOKEN.length)}` },
      'shorter by one': { authorization: `Bearer ${TOKEN.slice(1)}` },
      'longer by one': { authorization: `Bearer ${TOKEN}x` },
      'in other letters': { authorization: `Bearer ${TOKEN.toUpperCase()}` },
      'very long': { authorization: `Bearer ${'x'.repeat(8_000)}` },
      'twice': { authorization: `Bearer ${TOKEN} ${TOKEN}` },
      'in a cookie': { cookie: `token=${TOKEN}` }
    }
    for (const [what, headers] of Object.entries(wrong)) {
      it(`${what}: 401`, async () => {
        const { status, headers: { 'www-authenticate': challenge }, body } = await api.request('GET', '/v1/node', undefined, { token: null, headers })
        expect(status).to.equal(401)
        expect(challenge).to.match(/^Bearer realm="peerkeep"/)
        expect(body.code).to.match(/^API_TOKEN_(?:MISSING|WRONG)$/)
      })
    }

    it('in the URL: 401, as URLs are written down everywhere', async () => {
      for (const path of [`/v1/node?token=${TOKEN}`, `/v1/node?access_token=${TOKEN}`]) expect((await api.request('GET', path, undefined, { token: null })).status).to.equal(401)
      expect((await api.request('GET', '/v1/node', undefined, { token: null, headers: { host: `${TOKEN}@127.0.0.1:${api.port}` } })).status).to.equal(403)
    })

    it('right: 200, however Bearer is written', async () => {
      for (const scheme of ['Bearer', 'bearer', 'BEARER ']) expect((await api.request('GET', '/v1/node', undefined, { token: null, headers: { authorization: `${scheme} ${TOKEN}` } })).status).to.equal(200)
    })

    it('is needed for everything but the dashboard and the health', async () => {
      const open = new Set(['/', '/healthz', '/readyz'])
      const paths = Object.keys((await api.request('GET', '/openapi.json')).body.paths as Record<string, unknown>)
      expect(paths).to.include.members(['/v1/node', '/v1/events', '/v1/files', '/metrics', '/openapi.json', '/healthz'])
      for (const path of paths) {
        const { status } = await api.request('GET', path.replaceAll(/\{\w+\}/g, 'x'), undefined, { token: null })
        if (open.has(path)) expect(status, path).to.be.oneOf([200, 503])
        // what others there are by which method is not told either
        else expect(status, path).to.equal(401)
      }
      expect((await api.request('GET', '/v1/no-such-path', undefined, { token: null })).status).to.equal(401)
    })

    it('of the greatest length is right only whole', () => {
      const check = tokenCheck('x'.repeat(512))
      expect([511, 512, 513].map(length => check(`Bearer ${'x'.repeat(length)}`))).to.deep.equal(['wrong', 'right', 'wrong'])
    })

    it('must be long enough', async () => {
      for (const token of ['', 'short', 'x'.repeat(31), `${'x'.repeat(40)}\n`, 'x'.repeat(513)]) {
        const error = await rejection(createAdminApi({ node: api.node, token }))
        expect(error.code).to.equal('API_TOKEN_INVALID')
        if (token !== '') expect(error.message).to.not.include(token)
      }
    })
  })

  describe('host', () => {
    const good = ['127.0.0.1:PORT', '127.9.9.9:PORT', 'localhost:PORT', 'LOCALHOST:PORT', '[::1]:PORT', 'node.example.org:PORT', 'node.example.org', 'NODE.example.org:443', 'other.example.org:8443']
    for (const host of good) {
      it(`${host} is its own`, async () => {
        expect((await api.request('GET', '/v1/node', undefined, { headers: { host: host.replace('PORT', `${api.port}`) } })).status).to.equal(200)
      })
    }
    const bad = [
      'evil.example', 'evil.example:PORT', '127.0.0.1.nip.io:PORT', 'localhost.evil.example:PORT', 'evil.localhost:PORT', 'localhost.:PORT', 'localhost:PORT.', '127.0.0.1', '127.0.0.1:1',
      '0.0.0.0:PORT', '10.0.0.1:PORT', '[::2]:PORT', '[::ffff:127.0.0.1]:PORT', '2130706433:PORT', '0x7f.1:PORT', '127.1:PORT', 'node.example.org:1', 'other.example.org', 'other.example.org:PORT', 'evil@localhost:PORT',
      'localhost:PORT, evil.example', 'localhost:PORT/', '%6cocalhost:PORT'
    ]
    for (const host of bad) {
      it(`${host} is not: 403`, async () => {
        const { status, body } = await api.request('GET', '/v1/node', undefined, { headers: { host: host.replace('PORT', `${api.port}`) } })
        expect(status).to.equal(403)
        expect(body.code).to.equal('API_HOST_REFUSED')
      })
    }

    it('must be named', async () => {
      for (const [line, status] of [['GET / HTTP/1.1', 400], ['GET / HTTP/1.0', 403], ['GET / HTTP/1.1\r\nHost:', 403], ['GET / HTTP/1.0\r\nHost: evil.example', 403]] as const) {
        const raw = await api.raw()
        raw.write(`${line}\r\nConnection: close\r\n\r\n`)
        expect(await raw.closed(), line).to.match(new RegExp(`^HTTP/1\\.1 ${status} `))
      }
    })

    it('is checked before the token, and for the dashboard too', async () => {
      for (const path of ['/', '/v1/node', '/v1/nothing', '/nothing']) {
        expect((await api.request('GET', path, undefined, { token: null, headers: { host: `evil.example:${api.port}` } })).status, path).to.equal(403)
      }
    })

    it('is not checked for the health: whoever watches the node has names of its own', async () => {
      const { status } = await api.request('GET', '/healthz', undefined, { token: null, headers: { host: '10.1.2.3' } })
      expect(status).to.be.oneOf([200, 503])
    })
  })

  describe('pages of other sites', () => {
    const get = async (headers: Record<string, string>, path = '/v1/node', method = 'GET'): Promise<number> => (await api.request(method, path, undefined, { headers })).status

    it('are refused by their origin', async () => {
      for (const origin of ['https://evil.example', 'null', '', 'http://localhost', 'http://localhost:1', `http://localhost:${api.port}`, `http://127.0.0.1:${api.port}.evil.example`, `ftp://127.0.0.1:${api.port}`, `http://127.0.0.1:${api.port}/`, 'file://']) {
        expect(await get({ origin }), origin).to.equal(403)
        expect(await get({ origin }, '/v1/bans', 'POST'), origin).to.equal(403)
      }
    })

    it('are refused by what the browser says of them', async () => {
      for (const site of ['cross-site', 'same-site', 'anything']) {
        expect(await get({ 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' })).to.equal(403)
        expect(await get({ 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }, '/')).to.equal(403)
      }
    })

    it('may link to the dashboard, not post to it', async () => {
      const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
      expect(await get(link, '/')).to.not.equal(403)
      expect(await get(link, '/', 'POST')).to.equal(403)
    })

    it('are not its own, nor other programs', async () => {
      expect(await get({ origin: `http://127.0.0.1:${api.port}`, 'sec-fetch-site': 'same-origin' })).to.equal(200)
      expect(await get({ 'sec-fetch-site': 'none' })).to.equal(200)
      // behind a proxy that adds TLS
      expect(await get({ host: 'node.example.org', origin: 'https://node.example.org', 'sec-fetch-site': 'same-origin' })).to.equal(200)
    })
  })

  it('puts the headers that protect a browser on every answer', async () => {
    const requests: Array<[method: string, path: string, headers?: Record<string, string>]> = [
      ['GET', '/'], ['GET', '/v1/node'], ['GET', '/healthz'], ['GET', '/v1/nothing'], ['GET', '/%zz'], ['GET', '/v1/node', { host: 'evil.example' }], ['GET', '/v1/node', { authorization: 'Bearer x' }], ['POST', '/v1/bans', { 'content-type': 'text/plain' }]
    ]
    for (const [method, path, headers] of requests) {
      const answer = await api.request(method, path, undefined, { headers })
      const where = `${method} ${path} ${answer.status}`
      expect(answer.headers, where).to.include({
        'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin'
      })
      expect(answer.headers['content-security-policy'], where).to.match(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/)
      if (path !== '/') expect(answer.headers['cache-control'], where).to.equal('no-store')
      expect(answer.headers, where).to.not.have.any.keys('access-control-allow-origin', 'server', 'x-powered-by')
    }
    const events = await api.stream('GET', '/v1/events')
    expect(events.headers).to.include({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    events.destroy()
  })
})
