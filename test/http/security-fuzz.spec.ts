import { expect } from 'chai'
import * as fc from 'fast-check'
import { TOKEN, startAdminApi } from '../support/admin-api.ts'
import type { TestApi } from '../support/admin-api.ts'

const SOCKETS_AT_ONCE = 25

describe('admin API: anything at all', () => {
  let api: TestApi
  before(async () => {
    api = await startAdminApi({ limits: { headersMs: 100, bodyMs: 100, keepAliveMs: 100, failuresPerMinute: 1e6, writesPerSecond: 1e6 } })
  })
  after(async () => { await api[Symbol.asyncDispose]() })

  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 }), fc.constantFrom('', ' ', '\r\n', '\0', '%00', '..', '/', '\\', '\u2028', '9'.repeat(400), '__proto__', 'constructor'))
  const path = fc.oneof(
    fc.constantFrom('/', '/v1/node', '/v1/peers?limit=', '/v1/bans/', '/v1/peers/dial', '/v1/shards/x/open', '/v1/events?after=', '/v1/topics/', '/openapi.json', '*', 'http://', '//'),
    text
  ).chain(start => text.map(end => `${start}${end}`))
  const header = fc.tuple(fc.constantFrom('Host', 'Authorization', 'Content-Length', 'Transfer-Encoding', 'Content-Type', 'Connection', 'Expect', 'Upgrade', 'Origin', 'Last-Event-ID', 'Accept-Encoding', 'If-None-Match', 'Range', ''), fc.oneof(
    fc.constantFrom('chunked', 'gzip, chunked', '0', '-1', '5', '99999999999999999999', 'application/json', 'application/json; charset=\xff', 'upgrade', 'close', '100-continue', 'bytes=0-,5-', '*', 'Bearer x', 'localhost'), text
  )).map(([name, value]) => `${name}: ${value}`)
  const json = fc.json({ maxDepth: 3 })
  const method = fc.oneof(fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY', 'get', 'PRI'), text)

  /** As far as it goes a request that gets in, so that what comes then is reached too. */
  const request = (port: number) => fc.record({ method, path, headers: fc.array(header, { maxLength: 4 }), valid: fc.boolean(), body: fc.oneof(fc.constant(''), json, text), version: fc.constantFrom('1.1', '1.0', '2.0', '9') })
    .map(({ method, path, headers, valid, body, version }) => {
      const own = valid ? [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${TOKEN}`, ...body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body, 'latin1')}`]] : []
      return `${method} ${path} HTTP/${valid ? '1.1' : version}\r\n${[...own, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`
    })

  const send = async (bytes: string | Uint8Array): Promise<string> => {
    const raw = await api.raw()
    raw.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    raw.socket.end()
    return await raw.closed()
  }
  const check = (answer: string, bytes: string | Uint8Array): void => {
    const asked = JSON.stringify(typeof bytes === 'string' ? bytes : [...bytes])
    expect(answer, asked).to.match(/^(?:HTTP\/1\.1 (?!500)\d{3} |$)/)
    expect(answer, asked).to.not.include(TOKEN)
  }

  it('is answered or cut off, never a failure', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof({ weight: 4, arbitrary: request(api.port) }, fc.uint8Array({ maxLength: 200 })), { minLength: SOCKETS_AT_ONCE, maxLength: SOCKETS_AT_ONCE }), async requests => {
      await Promise.all(requests.map(async bytes => { check(await send(bytes), bytes) }))
    }), { numRuns: 12, endOnFailure: true })
    expect((await api.request('GET', '/v1/bans')).status).to.equal(200)
  })

  it('in the place of JSON is refused, or taken for what it is', async () => {
    const paths = ['/v1/bans', '/v1/messages', '/v1/broadcast', '/v1/topics', '/v1/peers/dial']
    await fc.assert(fc.asyncProperty(fc.constantFrom(...paths), fc.oneof(json, fc.record({ target: text, peerId: text, text, topic: text, address: text, reason: text }, { requiredKeys: [] }).map(value => JSON.stringify(value))), async (path, payload) => {
      const { statusCode, body } = await api.api.app.inject({ method: 'POST', url: path, payload, headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' } })
      expect(statusCode, body).to.not.equal(500)
      if (statusCode >= 400) expect(JSON.parse(body)).to.include.keys('type', 'title', 'status', 'code', 'detail')
    }), { numRuns: 150, endOnFailure: true })
    expect(Object.keys(Object.prototype)).to.deep.equal([])
  })
})
