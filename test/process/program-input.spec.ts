import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { buildDist } from '../support/build-dist.ts'
import { Program, killPrograms, quietly } from '../support/program.ts'
import { selfSignedCertificate } from '../support/self-signed.ts'
import { makeTempDir } from '../support/temp-dir.ts'

interface Case {
  args: (dir: string) => string[]
  env?: (dir: string) => Record<string, string>
  files?: Record<string, string>
  code: number
  /** Of the line that begins with `error:`. */
  says: RegExp
  fix?: RegExp
}

const CASES: Record<string, Case> = {
  'an unknown flag': { args: () => ['--bootstrp', 'x'], code: 2, says: /unknown flag --bootstrp \(did you mean --bootstrap\?\)/ },
  'an unknown command': { args: () => ['rnu'], code: 2, says: /unknown command "rnu" \(did you mean run\?\)/ },
  'a malformed multiaddr': { args: () => ['--bootstrap', '127.0.0.1:4701'], code: 2, says: /--bootstrap must be a multiaddr like \/ip4\/127\.0\.0\.1\/tcp\/4701\/p2p\/\w+, not "127\.0\.0\.1:4701"/ },
  'a bad variable': { args: () => [], env: () => ({ PEERKEEP_MAX_PEERS: 'lots' }), code: 2, says: /PEERKEEP_MAX_PEERS must be a whole number from 1 to 10000, not "lots"/ },
  'an unknown variable': { args: () => [], env: () => ({ PEERKEEP_DATADIR: 'x' }), code: 2, says: /PEERKEEP_DATADIR is unknown \(did you mean PEERKEEP_DATA_DIR\?\)/ },
  'a missing config file': { args: (dir) => ['--config', join(dir, 'none.json')], code: 2, says: /cannot read .*none\.json \(from --config\): there is no such file/, fix: /check the path/ },
  'a config file that is not JSON': { args: (dir) => ['--config', join(dir, 'c.json')], files: { 'c.json': '{ maxPeers: 3 }' }, code: 2, says: /c\.json \(from --config\) is not JSON/ },
  'a wrong type in the config file': { args: (dir) => ['--config', join(dir, 'c.json')], files: { 'c.json': '{ "maxPeers": "60" }' }, code: 2, says: /"maxPeers" in .*c\.json must be a whole number from 1 to 10000, not "60"/ },
  'an unknown key in the config file': { args: (dir) => ['--config', join(dir, 'c.json')], files: { 'c.json': '{ "maxPers": 60 }' }, code: 2, says: /"maxPers" in .*c\.json is not an option \(did you mean maxPeers\?\)/ },
  'an unknown profile': { args: () => ['--profile', 'rely'], code: 2, says: /there is no profile "rely" \(from --profile\) \(did you mean relay\?\)/, fix: /profiles are default, dev, light, private, relay/ },
  'half a TLS pair': { args: (dir) => ['--tls-cert', join(dir, 'c.pem')], code: 2, says: /--tls-cert needs --tls-key too/ },
  'a missing TLS file': { args: (dir) => ['--tls-cert', join(dir, 'c.pem'), '--tls-key', join(dir, 'k.pem')], code: 2, says: /cannot read .*c\.pem \(from --tls-cert\): there is no such file/ },
  'TLS files that are none': { args: (dir) => ['--tls-cert', join(dir, 'c.pem'), '--tls-key', join(dir, 'k.pem')], files: { 'c.pem': 'x', 'k.pem': 'y' }, code: 2, says: /--tls-cert .*c\.pem and --tls-key .*k\.pem cannot be used/, fix: /PEM/ },
  'a TLS key of another certificate': { args: (dir) => ['--tls-cert', join(dir, 'c.pem'), '--tls-key', join(dir, 'k.pem')], files: { 'c.pem': selfSignedCertificate().cert, 'k.pem': selfSignedCertificate().key }, code: 2, says: /--tls-key .*k\.pem cannot be used/ },
  'a secure address without a certificate': { args: () => ['--listen', '/ip4/127.0.0.1/tcp/0/tls/ws'], code: 2, says: /needs a certificate/ },
  'a swarm key that is none': { args: (dir) => ['--psk-file', join(dir, 'k')], files: { k: 'secret' }, code: 2, says: /not the content of a swarm key file/ },
  'an empty passphrase file': { args: (dir) => ['--passphrase-file', join(dir, 'p')], files: { p: '\n' }, code: 2, says: /p \(--passphrase-file\) is empty/ },
  'an address of another machine': { args: () => ['--listen', '/ip4/192.0.2.1/tcp/4701'], code: 4, says: /cannot listen on \/ip4\/192\.0\.2\.1\/tcp\/4701: this machine has no such address/, fix: /0\.0\.0\.0/ },
  'an admin API that others could read': { args: () => ['--api-listen', '0.0.0.0:4780'], code: 2, says: /--api-listen \(0\.0\.0\.0:4780\) would show the admin API/, fix: /--tls-cert and --tls-key, or --api-insecure/ },
  'an admin API at an address of another machine': { args: () => ['--api-listen', '192.0.2.1:4780', '--api-insecure'], code: 4, says: /the admin API cannot listen on 192\.0\.2\.1:4780: this machine has no such address/ },
  'a data directory below a file': { args: (dir) => ['--data-dir', join(dir, 'file', 'data')], files: { file: '' }, code: 3, says: /data directory .*file\/data cannot be used/ },
  'the id of nobody': { args: () => ['id'], code: 3, says: /there is no identity at .*data\/identity\.json/, fix: /npm start/ }
}

describe('program: bad input', function () {
  this.timeout(30_000)
  before(buildDist)
  afterEach(killPrograms)

  for (const [name, { args, env, files = {}, code, says, fix }] of Object.entries(CASES)) {
    it(`${name}: one line, exit code ${code}, nothing written`, async () => {
      await using dir = await makeTempDir()
      for (const [file, text] of Object.entries(files)) await writeFile(join(dir.path, file), text)
      const given = args(dir.path)
      const data = join(dir.path, 'data')
      // a default port that another program has would be told first
      const quiet = ['--no-mdns', ...given.includes('--api-listen') ? [] : ['--no-api']]
      const program = new Program({ args: given.includes('--data-dir') ? [...given, ...quiet] : ['--data-dir', data, ...quiet, ...given], env: env?.(dir.path) })
      const { code: exitCode } = await program.exited

      const lines = program.stderr.trimEnd().split('\n')
      expect(lines[0], program.stderr).to.match(/^error: /).and.match(says)
      if (fix != null) expect(lines[1]).to.match(/^ {2}fix: /).and.match(fix)
      expect(lines.length, program.stderr).to.be.at.most(2)
      expect(exitCode).to.equal(code)
      // the same for programs, and nothing else
      expect(program.events.map(({ event }) => event)).to.deep.equal(['error'])
      expect(program.events[0]).to.have.property('message').that.matches(says)
      expect((await readdir(dir.path)).toSorted()).to.deep.equal(Object.keys(files).toSorted())
    })
  }

  it('a port in use: says which, exit code 4', async () => {
    await using dir = await makeTempDir()
    const server = createServer()
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
    const { port } = server.address() as { port: number }
    try {
      const program = new Program({ args: quietly(join(dir.path, 'data'), '--listen', `/ip4/127.0.0.1/tcp/${port}`), json: false })
      expect((await program.exited).code).to.equal(4)
      expect(program.stderr).to.equal(`error: cannot listen on /ip4/127.0.0.1/tcp/${port}: port ${port} is in use by another program\n  fix: stop that program, or choose another port: --listen /ip4/127.0.0.1/tcp/0\n`)
      expect(program.lines).to.deep.equal([])
      expect(await readdir(dir.path)).to.deep.equal([])
    } finally {
      await new Promise(resolve => { server.close(resolve) })
    }
  })

  it('colours only on a terminal, and shows help without configuration', async () => {
    const program = new Program({ args: ['--help'], json: false, env: { PEERKEEP_NONSENSE: '1', FORCE_COLOR: '1' } })
    expect((await program.exited).code).to.equal(0)
    const text = program.lines.join('\n')
    expect(text).to.include('--bootstrap').and.include('PEERKEEP_MAX_PEERS').and.include('Exit codes').and.not.include('\u001B')
    expect(program.stderr).to.equal('')
  })

  it('config shows where each value came from, and no secret', async () => {
    await using dir = await makeTempDir()
    await mkdir(join(dir.path, 'etc'))
    await writeFile(join(dir.path, 'etc', 'node.json'), '{ "minPeers": 3, "dataDir": "data", "profile": "dev", "maxRetry": "20s" }')
    const program = new Program({ args: ['config', '--config', 'etc/node.json', '--max-peers', '30'], cwd: dir.path, env: { PEERKEEP_NETWORK: 'lab', PEERKEEP_MIN_PEERS: '4', PEERKEEP_PASSPHRASE: 'hush' } })
    expect((await program.exited).code).to.equal(0)
    const shown = JSON.parse(program.lines[0] ?? '') as Record<string, { value: unknown, from: string, where: string }>
    const file = join(dir.path, 'etc', 'node.json')
    expect(shown).to.deep.include({
      maxPeers: { value: 30, from: 'flag', where: '--max-peers' },
      minPeers: { value: 4, from: 'environment', where: 'PEERKEEP_MIN_PEERS' },
      network: { value: 'lab', from: 'environment', where: 'PEERKEEP_NETWORK' },
      maxRetry: { value: '20s', from: 'file', where: file },
      // counted from the folder of the file
      dataDir: { value: join(dir.path, 'etc', 'data'), from: 'file', where: file },
      passphrase: { value: null, from: 'environment', where: 'PEERKEEP_PASSPHRASE' }
    })
    expect(shown['dht']).to.include({ value: 'server', from: 'profile' })
    expect(program.lines.join('')).not.to.include('hush')
  })
})
