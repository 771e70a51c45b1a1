import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { ApiClient } from '../../../src/cli/client/api-client.ts'
import { NodeRefusal, failureOf } from '../../../src/cli/failure.ts'
import { readEndpoint, writeEndpoint } from '../../../src/http/endpoint-file.ts'
import { TOKEN, stubApi } from '../../support/api-stub.ts'
import { rejection } from '../../support/rejection.ts'
import { selfSignedCertificate } from '../../support/self-signed.ts'
import { makeTempDir } from '../../support/temp-dir.ts'
import type { RequestListener } from 'node:http'
import type { Failure } from '../../../src/cli/failure.ts'

/** No process can have it. */
const NO_PID = 2 ** 30

function json (status: number, value: unknown): RequestListener {
  return (_, response) => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value)) }
}

async function failure (asked: Promise<unknown>): Promise<Failure> {
  return failureOf(await rejection(asked))
}

describe('API client', () => {
  it('finds the node by its data directory, and asks with the token', async () => {
    await using api = await stubApi(json(200, { peers: [] }))
    const client = new ApiClient(api.place)
    expect(await client.get('/v1/peers', { query: { state: 'all', limit: 3, search: undefined } })).to.deep.equal({ peers: [] })
    expect(await client.post('/v1/bans', { body: { target: 'x' } })).to.deep.equal({ peers: [] })
    expect(api.requests.map(({ method, url }) => `${method} ${url}`)).to.deep.equal(['GET /v1/peers?state=all&limit=3', 'POST /v1/bans'])
    for (const { headers } of api.requests) expect(headers.authorization).to.equal(`Bearer ${TOKEN}`)
    expect(api.requests[1]?.headers['content-type']).to.equal('application/json')
  })

  it('says that no node runs: no file, one of a node that was killed, a port where nobody listens', async () => {
    await using dir = await makeTempDir()
    await using api = await stubApi(json(200, {}))
    const place = { ...api.place, dataDir: dir.path }
    const notRunning = { code: 'API_NOT_RUNNING', exitCode: 5, message: `no node with an admin API is running on ${dir.path}` }
    expect(await failure(new ApiClient(place).get('/'))).to.include(notRunning).and.have.property('fix').that.includes('npm start')

    await writeEndpoint(dir.path, { url: api.url, pid: NO_PID })
    await writeFile(join(dir.path, 'api-token'), TOKEN, { mode: 0o600 })
    await writeFile(join(dir.path, 'node.pid'), `${NO_PID}\n`)
    expect(await failure(new ApiClient(place).get('/'))).to.include(notRunning)
    // what listens there now might be anybody
    expect(api.requests).to.deep.equal([])

    // its id has become that of another process since
    await writeEndpoint(dir.path, { url: api.url, pid: process.pid })
    expect(await failure(new ApiClient(place).get('/'))).to.include(notRunning)
    await rm(join(dir.path, 'node.pid'))
    expect(await failure(new ApiClient(place).get('/'))).to.include(notRunning)
    expect(api.requests).to.deep.equal([])
    await writeFile(join(dir.path, 'node.pid'), `${process.pid}\n`)

    await api.end()
    expect(await failure(new ApiClient(place).get('/'))).to.include(notRunning)
    expect(await failure(new ApiClient({ ...place, apiUrl: api.url }).get('/'))).to.include({ code: 'API_UNREACHABLE', exitCode: 5 })
    await rm(join(dir.path, 'api-token'))
    expect(await failure(new ApiClient(place).get('/'))).to.include({ code: 'API_TOKEN_MISSING' })
  })

  it('passes on what the node refuses, but for advice about routes', async () => {
    const problem = { type: '/problems/x', title: 'X', status: 404, code: 'PEER_UNKNOWN', detail: 'no such peer' }
    await using api = await stubApi(json(404, { ...problem, fix: 'look at the list' }))
    await using other = await stubApi(json(404, { ...problem, fix: 'see GET /v1/peers' }))
    const asked = new ApiClient(api.place).get('/v1/peers/x')
    expect(await rejection(asked)).to.be.instanceOf(NodeRefusal)
    expect(await failure(asked)).to.deep.equal({ exitCode: 6, code: 'PEER_UNKNOWN', message: 'no such peer', fix: 'look at the list' })
    expect(await failure(new ApiClient(other.place).get('/'))).not.to.have.property('fix')
  })

  it('knows what is no admin API, and does not wait for ever', async () => {
    await using page = await stubApi((_, response) => { response.end('<html>') })
    expect(await failure(new ApiClient(page.place).get('/'))).to.include({ code: 'API_ANSWER_INVALID', exitCode: 5 })
    await using gateway = await stubApi((_, response) => { response.writeHead(502).end('bad gateway') })
    expect(await failure(new ApiClient(gateway.place).get('/'))).to.include({ code: 'API_ANSWER_INVALID', exitCode: 5 }).and.have.property('message').that.includes('status 502')
    await using slow = await stubApi((_, response) => { response.write('{') })
    expect(await failure(new ApiClient(slow.place).get('/', { timeoutMs: 50 }))).to.include({ code: 'API_TIMEOUT', exitCode: 5 })
    await using cut = await stubApi((_, response) => { response.writeHead(200, { 'content-length': 10 }).write('{', () => { response.destroy() }) })
    expect(await failure(new ApiClient(cut.place).get('/'))).to.include({ code: 'API_UNREACHABLE', exitCode: 5 })
  })

  it('trusts the certificate of the node on its data directory, whatever name it is for, and no other', async () => {
    await using api = await stubApi(json(200, { secure: true }), selfSignedCertificate())
    const { certificate } = await readEndpoint(api.dataDir) ?? {}
    await writeEndpoint(api.dataDir, { url: api.url.replace('127.0.0.1', 'localhost'), pid: process.pid, certificate })
    expect(await new ApiClient(api.place).get('/')).to.deep.equal({ secure: true })
    expect(await failure(new ApiClient({ ...api.place, apiUrl: api.url }).get('/')), 'it is nobody whom this machine trusts').to.include({ code: 'API_UNREACHABLE' })
    await writeEndpoint(api.dataDir, { url: api.url, pid: process.pid, certificate: selfSignedCertificate().cert })
    expect(await failure(new ApiClient(api.place).get('/'))).to.include({ code: 'API_UNREACHABLE' })
    expect(api.requests).to.have.length(1)

    // others that the same authority vouches for are not the node
    const own = selfSignedCertificate().cert
    await writeEndpoint(api.dataDir, { url: api.url, pid: process.pid, certificate: own + certificate })
    expect(await failure(new ApiClient(api.place).get('/'))).to.include({ code: 'API_UNREACHABLE' }).and.have.property('message').that.includes('another certificate')
    await writeEndpoint(api.dataDir, { url: api.url, pid: process.pid, certificate: certificate + own })
    expect(await new ApiClient(api.place).get('/')).to.deep.equal({ secure: true })
  })

  it('sends its token to no other machine for all to read', async () => {
    await using api = await stubApi(json(200, {}))
    for (const apiUrl of ['http://node.example.org:4780', 'http://192.0.2.7', 'http://127.0.0.1.example.org/']) {
      expect(await failure(new ApiClient({ ...api.place, apiUrl }).get('/')), apiUrl).to.include({ code: 'API_URL_INSECURE', exitCode: 2 }).and.have.property('fix').that.includes('ssh -L')
    }
    expect(await new ApiClient({ ...api.place, apiUrl: `${api.url.replace('127.0.0.1', 'localhost')}/` }).get('/')).to.deep.equal({})
  })
})
