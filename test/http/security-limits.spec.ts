import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect } from 'chai'
import fastify from 'fastify'
import { API_LIMITS } from '../../src/http/index.ts'
import { addBodyDeadline } from '../../src/http/security/body-deadline.ts'
import { eventually } from '../support/eventually.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import { TOKEN, connectRaw, startAdminApi } from '../support/admin-api.ts'
import type { AddressInfo, Socket } from 'node:net'
import type { ApiApp } from '../../src/http/context.ts'
import type { RawSocket, TestApi } from '../support/admin-api.ts'

const PAGE_BYTES = 2 * 1024 * 1024

const head = ({ port }: { port: number }, line: string, token: string | null = TOKEN): string =>
  `${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${token == null ? '' : `Authorization: Bearer ${token}\r\n`}`

describe('admin API: limits', () => {
  describe('time', () => {
    let api: TestApi
    before(async () => { api = await startAdminApi({ limits: { headersMs: 200, bodyMs: 200, keepAliveMs: 200 } }) })
    after(async () => { await api[Symbol.asyncDispose]() })

    it('ends a connection on which nothing is asked', async () => {
      const raw = await api.raw()
      expect(await raw.closed()).to.match(/^(?:HTTP\/1\.1 408 |$)/)
    })

    it('ends a request whose headers do not come: 408', async () => {
      const raw = await api.raw()
      raw.write(head(api, 'GET /v1/node'))
      raw.write('X-Slow: ')
      expect(await raw.closed()).to.match(/^HTTP\/1\.1 408 [^]*API_REQUEST_TIMEOUT/)
    })

    it('ends a request whose body does not come: 408', async () => {
      const raw = await api.raw()
      raw.write(`${head(api, 'POST /v1/bans')}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"target"`)
      expect(await raw.closed()).to.match(/^HTTP\/1\.1 408 [^]*API_REQUEST_TIMEOUT/)
    })

    it('ends one that trickles', async () => {
      const raw = await api.raw()
      raw.write(`${head(api, 'POST /v1/bans')}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`)
      const trickle = setInterval(() => { raw.write('1\r\n \r\n') }, 20)
      expect(await raw.closed().finally(() => { clearInterval(trickle) })).to.match(/^HTTP\/1\.1 408 /)
    })

    it('does not wait for the body of what was refused', async () => {
      const raw = await api.raw()
      raw.write(`${head(api, 'POST /v1/bans', null)}Content-Type: application/json\r\nContent-Length: 50000\r\n\r\n{`)
      await raw.until(/^HTTP\/1\.1 401 /)
      const trickle = setInterval(() => { raw.write(' ') }, 20)
      await raw.closed().finally(() => { clearInterval(trickle) })
    })

    for (const line of ['POST /%zz', `DELETE /v1/bans/${'x'.repeat(600)}`]) {
      it(`does not wait for the body of ${line.slice(0, 20)}, which leads nowhere`, async () => {
        const raw = await api.raw()
        raw.write(`${head(api, line, null)}Content-Length: 50000\r\n\r\n{`)
        expect(await raw.closed()).to.match(/^HTTP\/1\.1 400 [^]*connection: close[^]*API_PATH_INVALID/i)
      })
    }

    it('ends a connection that waits for its next request', async () => {
      const raw = await api.raw()
      raw.write(`${head(api, 'GET /v1/bans')}\r\n`)
      expect(await raw.closed()).to.match(/^HTTP\/1\.1 200 /)
    })
  })

  it('lets a streamed body take long, not stand still', async () => {
    const clock = new ManualClock()
    const app: ApiApp = fastify()
    addBodyDeadline(app, clock, 1_000)
    let got = 0
    app.addContentTypeParser('application/octet-stream', (_request, payload, done) => {
      payload.on('data', (chunk: Buffer) => { got += chunk.length }).once('end', () => { done(null) })
    })
    app.setErrorHandler((err, _request, reply) => reply.code(408).send((err as { code: string }).code))
    app.post('/', { config: { streamed: true } }, async () => `${got} bytes`)
    await app.ready()
    const accepted: Socket[] = []
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => { app.routing(request, response) })
      .on('connection', socket => { accepted.push(socket) })
      .listen(0, '127.0.0.1')
    await once(server, 'listening')
    const send = async (type = 'application/octet-stream'): Promise<RawSocket> => {
      const raw = await connectRaw((server.address() as AddressInfo).port)
      raw.write(`POST / HTTP/1.1\r\nHost: here\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`)
      await eventually('it is watched', () => clock.pending === 1)
      return raw
    }
    try {
      const stream = await send()
      for (let sent = 1; sent <= 5; sent++) {
        stream.write('1\r\nx\r\n')
        await eventually('it has come', () => got === sent)
        clock.advance(1_000)
      }
      clock.advance(1_000)
      expect(await stream.closed()).to.match(/^HTTP\/1\.1 408 [^]*API_REQUEST_TIMEOUT/)

      const whole = await send()
      whole.write('1\r\nx\r\n0\r\n\r\n')
      expect(await whole.until(/bytes$/)).to.match(/^HTTP\/1\.1 200 [^]*6 bytes$/)
      expect(clock.pending).to.equal(0)
      whole.destroy()

      // it was told so at once, and goes on sending
      const refused = await send('text/html')
      await refused.until(/FST_ERR_CTP_INVALID_MEDIA_TYPE$/)
      const { bytesRead } = accepted.at(-1)!
      refused.write('1\r\nx\r\n')
      await eventually('it has come', () => accepted.at(-1)!.bytesRead > bytesRead)
      clock.advance(1_000)
      await refused.closed()
    } finally {
      server.closeAllConnections()
      server.close()
      await app.close()
    }
  })

  describe('size', () => {
    let api: TestApi
    before(async () => { api = await startAdminApi({ limits: { bodyBytes: 1_000, headerBytes: 4_096 } }) })
    after(async () => { await api[Symbol.asyncDispose]() })

    it('of a URL: 431', async () => {
      const { status, body } = await api.request('GET', `/v1/peers?search=${'x'.repeat(10_000)}`)
      expect(status).to.equal(431)
      expect(body.code).to.equal('API_HEADERS_TOO_LARGE')
    })

    it('of the headers: 431', async () => {
      expect((await api.request('GET', '/v1/bans', undefined, { headers: { 'x-much': 'x'.repeat(10_000) } })).status).to.equal(431)
    })

    it('of a body, as it is announced and as it comes: 413', async () => {
      expect((await api.request('POST', '/v1/bans', { target: 'x'.repeat(2_000) })).status).to.equal(413)
      const raw = await api.raw()
      raw.write(`${head(api, 'POST /v1/bans')}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`)
      raw.write(`800\r\n${' '.repeat(2_048)}\r\n`)
      expect(await raw.until(/\}$/)).to.match(/^HTTP\/1\.1 413 [^]*API_BODY_TOO_LARGE/)
      raw.destroy()
    })

    it('of a body is told to who sends all of it first', async () => {
      const raw = await api.raw()
      raw.socket.pause()
      const length = 5_000_000
      raw.write(`${head(api, 'POST /v1/bans')}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`)
      await new Promise<void>((resolve, reject) => { raw.socket.write(' '.repeat(length), err => { if (err == null) resolve(); else reject(err) }) })
      raw.socket.resume()
      expect(await raw.until(/\}$/)).to.match(/^HTTP\/1\.1 413 /)
      raw.destroy()
    })

    it('is more where a route takes more', async () => {
      const { status } = await api.request('POST', '/v1/broadcast', { topic: 'test', text: 'x'.repeat(60_000) })
      expect(status).to.not.equal(413)
    })
  })

  describe('answers that nobody takes', () => {
    let dir: Awaited<ReturnType<typeof makeTempDir>>
    let api: TestApi
    before(async () => {
      dir = await makeTempDir()
      await writeFile(join(dir.path, 'index.html'), randomBytes(PAGE_BYTES))
      api = await startAdminApi({ dashboard: dir.path, limits: { takeMs: 300 } })
    })
    after(async () => {
      await api[Symbol.asyncDispose]()
      await dir[Symbol.asyncDispose]()
    })
    const paused = async (): Promise<RawSocket> => {
      const raw = await api.raw()
      raw.socket.pause()
      return raw
    }

    it('are not many on one connection', async () => {
      const { arrayBuffers } = process.memoryUsage()
      const greedy = await Promise.all(Array.from({ length: 8 }, paused))
      for (const raw of greedy) raw.write(`${head(api, 'GET /', null)}\r\n`.repeat(1_000))
      expect((await api.request('HEAD', '/', undefined, { token: null })).status).to.equal(200)
      expect((process.memoryUsage().arrayBuffers - arrayBuffers) / PAGE_BYTES, 'pages in memory').to.be.below(4)
      for (const raw of greedy) {
        raw.socket.resume()
        expect((await raw.closed()).length / PAGE_BYTES, 'pages sent').to.be.below(17)
      }
    })

    it('are given up after a while', async () => {
      const open = (): number => process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length
      const before = open()
      const raw = await paused()
      raw.write(`${head(api, 'GET /', null)}\r\n`.repeat(16))
      await eventually('it is served', () => open() === before + 2)
      await eventually('only the other end is there', () => open() === before + 1)
      raw.destroy()
    })
  })

  describe('rates', () => {
    let api: TestApi
    before(async () => { api = await startAdminApi({ limits: { failuresPerMinute: 3, writesPerSecond: 5, readsPerSecond: 50 } }) })
    after(async () => { await api[Symbol.asyncDispose]() })

    const flood = async (count: number, ask: () => Promise<{ status: number }>): Promise<number[]> => (await Promise.all(Array.from({ length: count }, ask))).map(({ status }) => status)

    it('of wrong tokens: 429, and the right one goes on working', async () => {
      const statuses = await flood(8, async () => await api.request('GET', '/v1/bans', undefined, { token: 'x'.repeat(40) }))
      expect(statuses.sort((a, b) => a - b)).to.deep.equal([401, 401, 401, 429, 429, 429, 429, 429])
      const { status, headers, body } = await api.request('GET', '/v1/bans', undefined, { token: null })
      expect(status).to.equal(429)
      expect(Number(headers['retry-after'])).to.be.within(1, 60)
      expect(body.code).to.equal('API_RATE_LIMITED')
      expect((await api.request('GET', '/v1/bans')).status).to.equal(200)
    })

    it('of changes: 429, while it can still be looked at', async () => {
      expect(await flood(30, async () => await api.request('POST', '/v1/bans', {}))).to.include.members([400, 429])
      expect((await api.request('GET', '/v1/bans')).status).to.equal(200)
    })

    it('of everything else, with or without a token: 429', async () => {
      expect(await flood(200, async () => await api.request('GET', '/healthz', undefined, { token: null }))).to.include(429)
    })

    it('leave room for what watches a node', () => {
      expect(API_LIMITS.readsPerSecond).to.be.at.least(5_000)
    })
  })

  describe('connections', () => {
    let api: TestApi
    beforeEach(async () => { api = await startAdminApi({ limits: { connections: 6 } }) })
    afterEach(async () => { await api[Symbol.asyncDispose]() })

    const open = async (count: number): Promise<RawSocket[]> => await Promise.all(Array.from({ length: count }, async () => await api.raw()))

    it('that ask nothing make room', async () => {
      const idle = await open(30)
      expect((await api.request('GET', '/v1/bans')).status).to.equal(200)
      // those that were there first; the request above was one more
      await eventually('they are closed', () => idle.filter(({ socket }) => socket.destroyed).length >= 24)
      expect(idle.slice(0, 20).every(({ socket }) => socket.destroyed)).to.equal(true)
    })

    it('that showed the token stay, as long as there are others', async () => {
      const known = await api.raw()
      const ask = async (): Promise<void> => {
        known.write(`${head(api, 'GET /v1/bans')}\r\n`)
        await known.until(/"total":0\}$/)
      }
      await ask()
      const others = await open(20)
      await eventually('some made room', () => others.filter(({ socket }) => socket.destroyed).length >= 15)
      const before = known.received
      known.write(`${head(api, 'GET /v1/bans')}\r\n`)
      await eventually('it is answered once more', () => known.received.length > before.length)
    })

    it('with requests of who has the token stay, and new ones are refused', async () => {
      const streams = await Promise.all(Array.from({ length: 6 }, async () => await api.stream('GET', '/v1/events')))
      const refused = await api.request('GET', '/v1/bans').catch((err: NodeJS.ErrnoException) => err.code)
      expect(refused).to.be.oneOf(['ECONNRESET', 'EPIPE'])
      streams[0]!.destroy()
      await eventually('there is room again', async () => await api.request('GET', '/v1/bans').then(({ status }) => status === 200, () => false))
      for (const stream of streams) stream.destroy()
    })
  })
})
