import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { readEndpoint, removeEndpoint, writeEndpoint } from '../../src/http/endpoint-file.ts'
import { rejection } from '../support/rejection.ts'
import { makeTempDir } from '../support/temp-dir.ts'

describe('endpoint file', () => {
  let dir: Awaited<ReturnType<typeof makeTempDir>>
  beforeEach(async () => { dir = await makeTempDir() })
  afterEach(async () => { await dir[Symbol.asyncDispose]() })

  const here = { url: 'http://127.0.0.1:4780', pid: 1234 }

  it('says where the API listens, to its owner only', async () => {
    await writeEndpoint(dir.path, here)
    expect(await readEndpoint(dir.path)).to.deep.equal(here)
    expect((await stat(join(dir.path, 'api.json'))).mode & 0o777).to.equal(0o600)
    expect(await readdir(dir.path)).to.deep.equal(['api.json'])
  })

  it('has the certificate with which it answers', async () => {
    const secure = { url: 'https://127.0.0.1:4780', pid: 1234, certificate: '-----BEGIN CERTIFICATE-----' }
    await writeEndpoint(dir.path, secure)
    expect(await readEndpoint(dir.path)).to.deep.equal(secure)
  })

  it('replaces what a killed node left', async () => {
    await writeFile(join(dir.path, 'api.json'), '{"url":"http://127.0.0.1:1","pid":1}', { mode: 0o644 })
    await writeEndpoint(dir.path, here)
    expect(await readEndpoint(dir.path)).to.deep.equal(here)
    expect((await stat(join(dir.path, 'api.json'))).mode & 0o777).to.equal(0o600)
  })

  it('goes away, once or twice', async () => {
    await writeEndpoint(dir.path, here)
    await removeEndpoint(dir.path)
    await removeEndpoint(dir.path)
    expect(await readEndpoint(dir.path)).to.equal(undefined)
    expect(await readdir(dir.path)).to.deep.equal([])
  })

  for (const text of ['', '{', 'null', '[]', '{"url":"http://127.0.0.1:1"}', '{"url":"nowhere","pid":1}', '{"url":1,"pid":1}']) {
    it(`is not taken for one when it holds ${JSON.stringify(text)}`, async () => {
      await writeFile(join(dir.path, 'api.json'), text)
      const error = await rejection(readEndpoint(dir.path))
      expect(error.code).to.equal('API_ENDPOINT_INVALID')
      expect(error.message).to.include(join(dir.path, 'api.json'))
    })
  }

  it('leaves nothing behind when it cannot be written', async () => {
    await mkdir(join(dir.path, 'api.json', 'in-the-way'), { recursive: true })
    await writeEndpoint(dir.path, here).then(() => { throw new Error('it was written') }, () => {})
    expect(await readdir(dir.path)).to.deep.equal(['api.json'])
  })
})
