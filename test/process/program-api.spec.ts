import { access, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { ApiClient } from '../../src/cli/client/api-client.ts'
import { buildDist } from '../support/build-dist.ts'
import { eventually } from '../support/eventually.ts'
import { Program, killPrograms, quietly } from '../support/program.ts'
import { selfSignedCertificate } from '../support/self-signed.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { NodeInfo } from '../../src/http/schemas/node.ts'

describe('program: the admin API', function () {
  this.timeout(60_000)
  before(buildDist)
  afterEach(killPrograms)

  it('answers over TLS beyond this machine, beside a secure WebSocket listener', async () => {
    await using dir = await makeTempDir()
    const { cert, key } = selfSignedCertificate()
    const files = { cert: join(dir.path, 'cert.pem'), key: join(dir.path, 'key.pem') }
    await Promise.all([writeFile(files.cert, cert), writeFile(files.key, key)])
    const data = join(dir.path, 'data')
    const program = new Program({ args: quietly(data, '--tls-cert', files.cert, '--tls-key', files.key, '--listen', '/ip4/127.0.0.1/tcp/0/tls/ws', '--api-listen', '0.0.0.0:0') })
    const { peerId, addresses } = await program.waitFor('ready')
    expect(addresses[0]).to.match(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/tls\/ws\/p2p\//)
    expect((await program.waitFor('api:listening')).url).to.match(/^https:\/\/127\.0\.0\.1:\d+$/)
    const api = new ApiClient({ dataDir: data, config: undefined, profile: 'default', apiTokenFile: undefined, apiUrl: undefined, json: true })
    expect(await api.get<NodeInfo>('/v1/node')).to.include({ peerId })
    expect((await program.stop()).code).to.equal(0)
    expect(program.stderr).to.equal('')
  })

  it('does not open when a signal comes while the node starts', async () => {
    await using dir = await makeTempDir()
    const program = new Program({ args: quietly(dir.path, '--api-listen', '127.0.0.1:0') })
    await eventually('it has begun', async () => await access(join(dir.path, 'node.pid')).then(() => true, () => false))
    const before = program.events.length
    expect(await program.stop()).to.deep.equal({ code: 0, signal: null })
    expect(program.events.slice(before).map(({ event }) => event)).to.include('stopped').and.not.include('api:listening')
    expect(program.stderr).to.equal('')
    expect((await readdir(dir.path)).filter(name => name === 'api.json' || name === 'node.pid')).to.deep.equal([])

    // nor when it comes once the node is there
    const again = new Program({ args: quietly(dir.path, '--api-listen', '127.0.0.1:0') })
    await again.waitFor('ready')
    expect((await again.stop()).code).to.equal(0)
    expect(again.stderr).to.equal('')
    expect((await readdir(dir.path)).filter(name => name === 'api.json' || name === 'node.pid')).to.deep.equal([])
    expect(await readFile(join(dir.path, 'identity.json'), 'utf8')).to.include('peerId')
  })
})
