import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { startAdminApi } from '../support/admin-api.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { TestApi } from '../support/admin-api.ts'

const PAGE = '<!doctype html><title>Peerkeep</title><script type="module" src="main-ABCD1234.js"></script>'
const SCRIPT = 'console.log("dashboard")\n'.repeat(50)

describe('admin API: the dashboard', () => {
  let dir: Awaited<ReturnType<typeof makeTempDir>>
  let api: TestApi
  before(async () => {
    dir = await makeTempDir()
    const root = join(dir.path, 'dashboard')
    await mkdir(root)
    await writeFile(join(dir.path, 'secret.txt'), 'not for others')
    await writeFile(join(root, 'index.html'), PAGE)
    await writeFile(join(root, 'main-ABCD1234.js'), SCRIPT)
    await writeFile(join(root, 'main-ABCD1234.js.br'), brotliCompressSync(SCRIPT))
    await writeFile(join(root, 'main-ABCD1234.js.gz'), gzipSync(SCRIPT))
    await writeFile(join(root, 'main-ABCD1234.js.map'), '{}')
    await writeFile(join(root, '.hidden'), 'not for others')
    api = await startAdminApi({ dashboard: root })
  })
  after(async () => {
    await api[Symbol.asyncDispose]()
    await dir[Symbol.asyncDispose]()
  })
  const get = async (path: string, headers: Record<string, string> = {}) => await api.request('GET', path, undefined, { token: null, headers })

  it('is there without a token', async () => {
    const { status, headers, text } = await get('/')
    expect(status).to.equal(200)
    expect(text).to.equal(PAGE)
    expect(headers['content-type']).to.match(/^text\/html; charset=utf-8$/i)
    expect(headers['cache-control']).to.equal('no-cache')
    expect(headers['content-security-policy']).to.include("script-src 'self'")
    expect((await get('/index.html')).text).to.equal(PAGE)
  })

  it('is asked for anew only when it changed', async () => {
    const { headers: { etag } } = await get('/')
    expect((await get('/', { 'if-none-match': etag! })).status).to.equal(304)
  })

  it('is kept for ever where the name says what is in a file', async () => {
    const { headers, text } = await get('/main-ABCD1234.js')
    expect(text).to.equal(SCRIPT)
    expect(headers['content-type']).to.match(/javascript/)
    expect(headers['cache-control']).to.equal('public, max-age=31536000, immutable')
  })

  it('is compressed for who can read that', async () => {
    for (const [accept, encoding, decode] of [['gzip, deflate, br', 'br', brotliDecompressSync], ['gzip', 'gzip', gunzipSync]] as const) {
      const answer = await api.stream('GET', '/main-ABCD1234.js', undefined, { token: null, headers: { 'accept-encoding': accept } })
      expect(answer.headers).to.include({ 'content-encoding': encoding, 'cache-control': 'public, max-age=31536000, immutable' })
      expect(answer.headers['content-type']).to.match(/javascript/)
      expect(answer.headers.vary).to.match(/accept-encoding/i)
      expect(decode(Buffer.concat(await answer.toArray() as Buffer[])).toString()).to.equal(SCRIPT)
    }
  })

  it('is as it is for who can read nothing else', async () => {
    for (const accept of ['identity', 'br;q=0, gzip;q=0.0', 'zstd', 'brotli']) {
      const { headers, text } = await get('/main-ABCD1234.js', { 'accept-encoding': accept })
      expect(headers['content-encoding'], accept).to.equal(undefined)
      expect(text).to.equal(SCRIPT)
    }
    const { headers: { etag } } = await get('/main-ABCD1234.js', { 'accept-encoding': 'br' })
    expect((await get('/main-ABCD1234.js', { 'if-none-match': etag! })).status, 'other bytes').to.equal(200)
  })

  it('answers HEAD, and nothing else', async () => {
    const { status, text, headers } = await api.request('HEAD', '/', undefined, { token: null })
    expect([status, text, headers['content-length']]).to.deep.equal([200, '', String(PAGE.length)])
    expect((await api.request('POST', '/', undefined, { token: null })).status).to.equal(405)
  })

  for (const path of [
    '/../secret.txt', '/..%2fsecret.txt', '/..%2f..%2fetc/passwd', '/%2e%2e/secret.txt', '/%2e%2e%2fsecret.txt', '/..%5csecret.txt', '/..\\secret.txt', '/./../secret.txt', '//secret.txt', '//etc/passwd', '/%2fetc/passwd',
    '/.hidden', '/%2ehidden', '/index.html%00.js', '/%00', '/index.html/', '/index.html/..', '/main-ABCD1234.js.br', '/main-ABCD1234.js.map', '//index.html', '/x/../index.html', '/INDEX.HTML', '/index.htm%6c%6c', '/..;/secret.txt',
    '/%c0%ae%c0%ae/secret.txt', '/%252e%252e/secret.txt', '/v1/../index.html/..%2f', `/${'../'.repeat(200)}etc/passwd`, `/${'x'.repeat(5_000)}`, '/\u00e9', '/secret.txt', '/C:/secret.txt', 'http://evil.example/secret.txt'
  ]) {
    it(`${path.slice(0, 40)} leads nowhere`, async () => {
      const raw = await api.raw()
      raw.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nConnection: close\r\n\r\n`)
      const answer = await raw.closed()
      expect(answer).to.match(/^HTTP\/1\.1 (?:400|401|404) /)
      expect(answer).to.not.include('not for others').and.not.include('root:').and.not.include(dir.path)
    })
  }

  it('says what to do where it has not been built', async () => {
    await using bare = await startAdminApi({ dashboard: join(dir.path, 'nowhere') })
    const { status, text, headers } = await bare.request('GET', '/', undefined, { token: null })
    expect(status).to.equal(404)
    expect(headers['content-type']).to.match(/^text\/plain/)
    expect(text).to.include('npm run build')
  })
})
