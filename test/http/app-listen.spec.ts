import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { expect } from 'chai'
import { createAdminApi } from '../../src/http/index.ts'
import { eventually } from '../support/eventually.ts'
import { rejection } from '../support/rejection.ts'
import { selfSignedCertificate } from '../support/self-signed.ts'
import { TOKEN, connectRaw, startAdminApi } from '../support/admin-api.ts'
import type { TestApi } from '../support/admin-api.ts'

describe('admin API: listening', () => {
  let api: TestApi
  before(async () => { api = await startAdminApi() })
  after(async () => { await api[Symbol.asyncDispose]() })

  it('says where', () => {
    expect(api.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(api.api.url).to.equal(api.url)
  })

  it('is done once', async () => {
    expect((await rejection(api.api.listen({ host: '127.0.0.1', port: 0 }))).code).to.equal('API_CONFLICT')
  })

  it('fails with what to do, and may be tried elsewhere', async () => {
    const other = await createAdminApi({ node: api.node, token: TOKEN, events: undefined, inbox: {} as never })
    try {
      const taken = await rejection(other.listen({ host: '127.0.0.1', port: api.port }))
      expect(taken.code).to.equal('LISTEN_ADDRESS_IN_USE')
      expect(taken.message).to.include(`127.0.0.1:${api.port}`)
      expect(taken.details.fix).to.include('--api-listen')
      // kept for documentation: no machine has it
      expect((await rejection(other.listen({ host: '203.0.113.1', port: 0 }))).code).to.equal('LISTEN_ADDRESS_UNAVAILABLE')
      expect((await rejection(other.listen({ host: '127.0.0.1', port: 0, tls: { cert: 'no', key: 'no' } }))).code).to.equal('TLS_INVALID')
      expect(other.url).to.equal(undefined)
      expect(await other.listen({ host: '127.0.0.1', port: 0 })).to.match(/^http:/)
    } finally {
      await other.close()
    }
  })

  it('on all addresses is told by one that works here', async () => {
    await using all = await startAdminApi({ node: api.node, inbox: {} as never, listen: { host: '0.0.0.0' } })
    expect(all.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await all.request('GET', '/v1/bans')).status).to.equal(200)
  })

  describe('with TLS', () => {
    const certificate = selfSignedCertificate()
    let secure: TestApi
    before(async () => { secure = await startAdminApi({ node: api.node, inbox: {} as never, listen: { tls: certificate }, limits: { headersMs: 300, connections: 4 } }) })
    after(async () => { await secure[Symbol.asyncDispose]() })

    it('answers', async () => {
      expect(secure.url).to.match(/^https:\/\/127\.0\.0\.1:\d+$/)
      const { status } = await secure.request('GET', '/v1/bans', undefined, { ca: certificate.cert })
      expect(status).to.equal(200)
      expect((await secure.request('GET', '/v1/bans', undefined, { ca: certificate.cert, headers: { origin: secure.url } })).status).to.equal(200)
    })

    it('drops who never begins the handshake, without a word', async () => {
      const silent = await connectRaw(secure.port)
      expect(await silent.closed()).to.equal('')
    })

    it('closes in time, whoever is there without a word', async () => {
      const closing = await startAdminApi({ node: api.node, inbox: {} as never, listen: { tls: certificate }, limits: { closeMs: 300 } })
      const silent = await connectRaw(closing.port)
      const stream = await closing.stream('GET', '/v1/events', undefined, { ca: certificate.cert })
      const began = performance.now()
      await closing.api.close()
      expect(performance.now() - began).to.be.below(2_000)
      await silent.closed()
      stream.destroy()
      await closing[Symbol.asyncDispose]()
    })

    it('does not answer without', async () => {
      const plain = await connectRaw(secure.port)
      plain.write(`GET /v1/bans HTTP/1.1\r\nHost: 127.0.0.1:${secure.port}\r\n\r\n`)
      expect(await plain.closed()).to.not.match(/^HTTP/)
    })

    it('takes no old version of it', async () => {
      const socket = connectTls({ host: '127.0.0.1', port: secure.port, ca: certificate.cert, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
      const [err] = await once(socket, 'error') as [NodeJS.ErrnoException]
      expect(err.message).to.match(/version|alert|ssl/i)
    })

    it('limits connections, those that never finish the handshake too', async () => {
      const halfOpen = await Promise.all(Array.from({ length: 12 }, async () => await connectRaw(secure.port)))
      const held = await secure.stream('GET', '/v1/events', undefined, { ca: certificate.cert })
      expect(held.statusCode).to.equal(200)
      await eventually('they make room', () => halfOpen.filter(({ socket }) => socket.destroyed).length >= 9)
      for (let i = 0; i < 8; i++) expect((await secure.request('GET', '/v1/bans', undefined, { ca: certificate.cert })).status).to.equal(200)
      expect(held.destroyed).to.equal(false)
      held.destroy()
      for (const { socket } of halfOpen) socket.destroy()
    })
  })
})
