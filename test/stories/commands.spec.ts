import { randomUUID } from 'node:crypto'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { COMMAND_NAMES } from '../../src/cli/commands.ts'
import { Programs } from '../http/inbox/inbox-nodes.ts'
import { buildDist } from '../support/build-dist.ts'
import { eventually } from '../support/eventually.ts'
import { Program, killPrograms, quietly, runtime } from '../support/program.ts'
import { CTRL_C, hasTerminals, runOnTerminal, runPiped } from '../support/pseudo-terminal.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { Ran, Reactions } from '../support/pseudo-terminal.ts'
import type { Program as Peer } from '../http/inbox/inbox-nodes.ts'

const NODE = fileURLToPath(new URL('../../dist/node.js', import.meta.url))
/** What it calls itself: clears the screen, turns text around, is markup. */
const EVIL = '\u001B[2J\u001B]0;owned\u0007<script>alert(1)</script>\u202Egnp.exe'
/** All that this program may tell a terminal: colours, and what it does to its own lines and screens. */
const ESC = '\u001B'
const OWN_SEQUENCES = new RegExp(`${ESC}\\[(?:\\d+m|2?K|H|J|0J|2J|\\d*G|\\?25[hl]|\\?1049[hl])`, 'g')
const OF_TOP_ALONE = new RegExp(`${ESC}\\[(?:\\?1049[hl]|2J)`)

describe('program: commands about a running node', function () {
  this.timeout(120_000)
  let dir: Awaited<ReturnType<typeof makeTempDir>>
  let env: Record<string, string>
  let node: Program
  let peers: Programs
  let peer: Peer
  let peerId: string
  /** Nobody has told them of the node. */
  let loners: Peer[]
  let token: string
  const ran = { terminal: new Set<string>(), json: new Set<string>() }

  before(function () {
    if (!hasTerminals()) {
      process.stderr.write('    skipped: no script of util-linux\n')
      this.skip()
    }
    buildDist()
  })
  before(async () => {
    dir = await makeTempDir()
    // no flag at all, as who runs `npm start`; the network is one that nobody else is in
    const network = `test-${randomUUID()}`
    env = { PATH: process.env['PATH'] ?? '', HOME: dir.path, PEERKEEP_NETWORK: network, PEERKEEP_LISTEN: '/ip4/127.0.0.1/tcp/0', PEERKEEP_MDNS: 'false' }
    node = new Program({ env, json: false })
    await node.until(() => node.lines.find(line => line.startsWith('Dashboard and admin API: http://127.0.0.1:')), 'the admin API')
    token = (await readFile(join(dir.path, '.peerkeep', 'api-token'), 'utf8')).trim()
    const address = node.lines.map(line => /\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/\w+/.exec(line)?.[0]).find(found => found != null) as string

    peers = new Programs()
    const init = { network, bootstrap: [address], shards: { hold: true } }
    peer = await peers.run({ ...init, nodeInfo: { userAgent: EVIL } }, { dir: join(dir.path, 'files'), maxBytes: 10_000_000 })
    await peers.run(init)
    loners = [await peers.run({ network }), await peers.run({ network })]
    peerId = peer.node.peerId.toString()
    await node.until(() => node.lines.filter(line => line.startsWith('+ ')).length === 2, 'both peers')
  })
  after(async () => {
    await peers?.[Symbol.asyncDispose]()
    await killPrograms()
    await dir?.[Symbol.asyncDispose]()
  })

  function nameOf (args: readonly string[]): string {
    if (args[1] === 'recover') return 'shards open'
    return COMMAND_NAMES.find(name => args.join(' ').startsWith(name) && name.split(' ').every((word, i) => args[i] === word)) as string
  }

  /** In a terminal. Whatever stands there, it sends nothing that is not this program's. */
  async function shown (args: string[], { code = 0, typed }: { code?: number, typed?: Reactions } = {}): Promise<string> {
    ran.terminal.add(nameOf(args))
    const { stdout, code: ended } = await runOnTerminal([runtime, NODE, ...args], { env, ...typed == null ? {} : { typed } })
    expect(ended, stdout).to.equal(code)
    const plain = stdout.replaceAll(OWN_SEQUENCES, '').replaceAll(/[\r\n]/g, '')
    expect(plain).not.to.match(/[\p{Cc}\p{Cf}]/u)
    if (args[0] !== 'top') expect(stdout).not.to.match(OF_TOP_ALONE)
    return stdout.replaceAll(OWN_SEQUENCES, '').replaceAll('\r', '')
  }

  /** Behind a pipe, as JSON: one document, or one a line. */
  async function told (args: string[], { code = 0, stdin, interruptAt }: { code?: number, stdin?: string, interruptAt?: RegExp } = {}): Promise<any> {
    ran.json.add(nameOf(args))
    const { stdout, stderr, code: ended } = await piped([...args, '--json'], { stdin, interruptAt })
    expect(ended, stderr + stdout).to.equal(code)
    const lines = stdout.trimEnd().split('\n').map(line => JSON.parse(line) as unknown)
    expect(stdout).to.match(/\n$/)
    return interruptAt == null ? lines[0] : lines
  }

  async function piped (args: string[], init: { stdin?: string, interruptAt?: RegExp } = {}): Promise<Ran> {
    return await runPiped([runtime, NODE, ...args], { env, ...init })
  }

  it('status, network: who and how it is', async () => {
    const [text, json, networkText, network] = await Promise.all([shown(['status']), told(['status']), shown(['network']), told(['network'])])
    expect(text).to.match(/health +(?:healthy|degraded)/).and.include(join(dir.path, '.peerkeep'))
    expect(json.counts.connected).to.equal(2)
    expect(json.health.state).to.be.oneOf(['healthy', 'degraded'])
    expect(networkText).to.include('2 connected').and.include('SOURCE')
    expect(network.topology.peers.map(({ peerId }: { peerId: string }) => peerId)).to.include(peerId)
  })

  it('peers, peer: who is there, whatever they call themselves', async () => {
    const [text, page] = await Promise.all([shown(['peers']), told(['peers', '--state', 'all'])])
    expect(text).to.include(`${peerId.slice(0, 8)}…${peerId.slice(-8)}`).and.include('2 of 2 peers, 2 connected')
    expect(page.peers.map(({ peerId }: { peerId: string }) => peerId)).to.include(peerId)
    // the end of the id is enough
    const [about, detail] = await Promise.all([shown(['peer', peerId.slice(-8)]), told(['peer', peerId])])
    expect(about).to.include(peerId).and.match(/calls +\?\[2J\?\]0;owned\?<script>alert\(1\)<\/script>\?gnp\.exe/)
    expect(detail.peerId).to.equal(peerId)
    expect(await piped(['peer', 'zzzz'])).to.include({ code: 2, stdout: '' }).and.have.property('stderr').that.matches(/^error: no known peer has an id that ends with "zzzz"\n {2}fix: /)
  })

  it('ping, dial, disconnect', async () => {
    // libp2p pings a peer once at a time
    const text = await shown(['ping', peerId, '--count', '2'])
    const json = await told(['ping', peerId.slice(-8)])
    expect(text).to.match(/least\/mean\/most of 2: [\d.]+ \/ [\d.]+ \/ [\d.]+ ms/)
    expect(json.rttMs).to.have.length(1)
    const [first = '', second = ''] = loners.map(({ node }) => node.getMultiaddrs()[0]?.toString())
    expect(await shown(['dial', first])).to.match(/\+ connected to \w+ \(outbound, /)
    expect(await told(['dial', second])).to.include({ peerId: loners[1]?.node.peerId.toString(), direction: 'outbound' })
    // to whom it is not connected it connects
    await told(['disconnect', loners[0]?.node.peerId.toString() ?? ''])
    expect((await told(['ping', loners[0]?.node.peerId.toString().slice(-8) ?? ''])).rttMs).to.have.length(1)
    await Promise.all([shown(['disconnect', loners[0]?.node.peerId.toString() ?? '']), told(['disconnect', loners[1]?.node.peerId.toString() ?? ''])])
    expect(await told(['dial', '/ip4/127.0.0.1/tcp/9'], { code: 6 })).to.include({ event: 'error' }).and.have.property('message').that.includes('/ip4/127.0.0.1/tcp/9')
  })

  it('ban, bans, explain, unban', async () => {
    expect(await shown(['ban', '192.0.2.0/24', '--for', '2h', '--reason', 'a\u001B[31mb'])).to.match(/192\.0\.2\.0\/24 is banned until /)
    expect(await told(['ban', '198.51.100.7', '--for', 'forever'])).to.include({ kind: 'ip', key: '198.51.100.7', by: 'hand' }).and.not.have.property('untilMs')
    expect(await shown(['bans'])).to.match(/192\.0\.2\.0\/24 +hand .* in 2 h .*a\?\[31mb/)
    expect((await told(['bans'])).total).to.equal(2)
    expect(await shown(['explain', '192.0.2.7'])).to.match(/192\.0\.2\.7: banned until /)
    expect((await told(['explain', '203.0.113.9'])).ban).to.equal(undefined)
    expect(await shown(['unban', '192.0.2.0/24'])).to.include('no longer banned')
    expect(await told(['unban', '198.51.100.7'])).to.deep.equal({ target: '198.51.100.7' })
    expect(await told(['unban', '198.51.100.7'], { code: 6 })).to.include({ event: 'error' })
    expect((await piped(['ban', 'nobody'])).stderr).to.match(/^error: no known peer has an id that ends with "nobody"$/m)
    expect((await piped(['ban', '300.1.1.1'])).code).to.equal(6)
    expect((await piped(['ban', '192.0.2.7', '--for', 'ever'])).stderr).to.match(/^error: --for must be a time with a unit, like 30m, 1h or 7d, or forever, not "ever"$/m)
  })

  it('send, inbox, outbox, listen, broadcast', async () => {
    expect(await shown(['send', peerId.slice(-8), 'tea', 'at', 'five?', '--wait'])).to.match(/^delivered: [0-9a-f]+, to /m)
    const { id } = await told(['send', peerId, '-', '--wait'], { stdin: 'from\na pipe\n' })
    expect(peer.inbox.messages({ limit: 9, offset: 0 }).messages.map(({ id, text }) => ({ id, text }))[0]).to.deep.equal({ id, text: 'from\na pipe' })

    // away for good: it waits, and can be taken back
    const away = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'
    const waiting = await told(['send', away, 'are you there?'])
    expect(await shown(['outbox'])).to.include(waiting.id.slice(0, 8))
    expect((await told(['outbox'])).entries[0]).to.include({ id: waiting.id, peerId: away })
    expect(await told(['outbox', '--cancel', waiting.id])).to.deep.equal({ id: waiting.id })

    const own = (await told(['status'])).peerId as string
    const text = 'good\u001B[2J morning'
    let said: Promise<unknown> = Promise.resolve()
    const heard = await shown(['listen'], { typed: [[/listening; Ctrl-C ends it/, () => { said = peer.node.services.messaging.send(own, 'text', { text }) }], [/good/, CTRL_C]] })
    await said
    expect(heard).to.include('good?[2J morning')
    expect(await shown(['inbox'])).to.include('good?[2J morning')
    expect((await told(['inbox'])).messages[0]).to.include({ text, peerId, how: 'direct' })
  })

  it('listen, broadcast: topics', async () => {
    const listening = told(['listen', 'news'], { interruptAt: /flood/ })
    // nobody takes it until the command has told the node to
    await eventually('somebody takes the topic', async () => await peer.node.services.messaging.broadcast('text:news', { text: 'flood' }).then(() => true, () => false), 30_000)
    expect((await listening)[0]).to.include({ event: 'message:received', topic: 'news', text: 'flood', peerId })
    // and the node forgets it when the command has ended
    await eventually('nobody takes it any more', async () => await peer.node.services.messaging.broadcast('text:news', { text: 'more' }).then(() => false, () => true), 30_000)

    peer.inbox.join('weather')
    await eventually('it is known who takes it', async () => (await piped(['broadcast', 'weather', 'sun'])).code === 0, 30_000)
    expect(await shown(['broadcast', 'weather', 'rain'])).to.match(/^given to 1 peer: /m)
    expect((await told(['broadcast', 'weather', '-'], { stdin: 'snow' })).peers).to.equal(1)
    await eventually('all have come', () => ['sun', 'rain', 'snow'].every(text => peer.inbox.messages({ limit: 9, offset: 0 }).messages.some(message => message.text === text)))
  })

  it('file', async () => {
    const path = join(dir.path, 'sent.bin')
    const bytes = Buffer.alloc(300_000, 'abc')
    await writeFile(path, bytes)
    expect(await shown(['file', peerId.slice(-8), path])).to.include(`sent.bin (293 KiB) arrived at ${peerId}`)
    expect(await told(['file', peerId, path, '--name', 'other.bin'])).to.include({ bytes: 300_000 })
    for (const name of ['sent.bin', 'other.bin']) expect((await readFile(join(dir.path, 'files', name))).equals(bytes)).to.equal(true)
    expect((await piped(['file', peerId, join(dir.path, 'none')])).code).to.equal(2)
  })

  it('settings, dashboard', async () => {
    expect(await shown(['settings', 'maxPeers=70', 'logLevel=error'])).to.match(/maxPeers +70 +running/)
    expect((await told(['settings'])).settings.find(({ name }: { name: string }) => name === 'maxPeers')).to.include({ value: 70, from: 'running', changeable: true })
    expect((await piped(['settings', 'maxPers=3'])).stderr).to.include('did you mean maxPeers?')
    expect((await piped(['settings', 'maxPeers=0'])).code).to.equal(6)
    const [text, { url }] = await Promise.all([shown(['dashboard']), told(['dashboard'])])
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/#token=/).and.include(token)
    expect(text.trim()).to.equal(url)
    expect((await fetch(url)).status).to.be.oneOf([200, 404])
    // it stands where one asks for it, and nowhere else
    expect(node.lines.join('\n') + node.stderr).not.to.include(token)
  })

  it('events, top: until Ctrl-C or q', async () => {
    const [past, events] = await Promise.all([
      shown(['events', '--after', 'oldest'], { typed: [[/is banned until/, CTRL_C]] }),
      told(['events', '--types', 'ban:added', '--after', 'oldest'], { interruptAt: /ban:added/ })
    ])
    expect(past).to.include('connected (inbound').and.include('a?[31mb')
    expect(events[0]).to.include({ event: 'ban:added', key: '192.0.2.0/24' })
    const [screen, figures] = await Promise.all([
      runOnTerminal([runtime, NODE, 'top'], { env, typed: [[/messages\/s/, 'q']] }),
      told(['top'], { interruptAt: /stats/ }),
      shown(['top'], { typed: [[/q ends/, CTRL_C]] })
    ])
    expect(screen).to.include({ code: 0 })
    expect(screen.stdout).to.include(`${ESC}[?1049h`).and.satisfy((text: string) => text.endsWith(`${ESC}[?25h${ESC}[?1049l`), 'the screen is given back')
    expect(figures[0]).to.include({ event: 'stats', connected: 2 })
    expect((await runPiped([runtime, NODE, 'top'], { env, interruptAt: /connected/ }))).to.include({ code: 0 })
  })

  it('events: until nobody reads them any more', async () => {
    const line = `('${runtime}' '${NODE}' events --after oldest --json; echo "ended $?" >&2) | head -1`
    const { stdout, stderr } = await runPiped(['/bin/sh', '-c', line], { env })
    expect(JSON.parse(stdout)).to.have.property('event')
    expect(stderr).to.equal('ended 0\n')
  })

  it('shards: stored, looked after, opened, revoked', async () => {
    const [vault, typed] = await Promise.all([
      told(['shards', 'store', '-', '--threshold', '2', '--holders', '2', '--label', 'wallet'], { stdin: 'first\nsecret' }),
      shown(['shards', 'store', '-', '--threshold', '2', '--holders', '2'], { typed: [[/secret \(not shown/, 'hid\u007Fdden\r']] })
    ])
    expect(typed).to.include('2 of 2 holders open it').and.not.include('hid')
    const id = vault.id.slice(0, 12)
    const other = /stored as ([0-9a-f]{64})/.exec(typed)?.[1] ?? ''

    const file = join(dir.path, 'secret')
    const [raw, json, refused, text, written] = await Promise.all([
      piped(['shards', 'open', id]), told(['shards', 'open', id]), shown(['shards', 'open', id], { code: 2 }), shown(['shards', 'recover', other, '--show']), told(['shards', 'open', id, '--out', file])
    ])
    expect(raw).to.deep.include({ code: 0, stdout: 'first\nsecret', stderr: '' })
    expect(json).to.include({ id: vault.id, text: 'first\nsecret' })
    expect(refused).to.include('--show').and.not.include('first')
    expect(text).to.match(/hidden\n$/)
    expect(written).to.deep.equal({ id: vault.id, path: file, bytes: 12 })
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
    expect(await readFile(file, 'utf8')).to.equal('first\nsecret')
    expect((await piped(['shards', 'open', id, '--out', file])).code).to.equal(2)

    const [list, vaults] = await Promise.all([shown(['shards', 'list']), told(['shards', 'list', '--search'])])
    expect(list).to.include('wallet')
    expect(vaults.own.map(({ id }: { id: string }) => id)).to.have.members([vault.id, other])
    const both = async (what: string, ...more: string[]): Promise<[string, any]> => await Promise.all([shown(['shards', what, id, ...more]), told(['shards', what, other, ...more])])
    for (const what of ['status', 'audit']) {
      const [text, status] = await both(what)
      expect(text).to.include('can be opened: 2 healthy holders')
      expect(status).to.include({ id: other, healthy: 2, openable: true })
    }
    for (const [what, ...more] of [['refresh'], ['rotate'], ['repair'], ['reshare', '--threshold', '2']] as const) {
      const [text, changed] = await both(what, ...more)
      expect(text).to.include('2 of 2 holders')
      expect(changed).to.include({ id: other, threshold: 2 })
    }
    const [amended, ended] = await both('amend', '--label', 'purse', '--expires', '30d')
    expect(amended).to.match(/label +purse/).and.match(/ends +in 30 d/)
    expect(ended).to.include({ label: 'purse' }).and.have.property('expiresMs')
    expect(await told(['shards', 'amend', id, '--expires', 'never'])).not.to.have.property('expiresMs')
    expect((await both('update', file))[1].version).to.equal(2)
    const [log, { entries }] = await both('log')
    expect(log).to.match(/open +granted/)
    expect(entries.length).to.be.greaterThan(3)

    expect((await piped(['shards', 'revoke', id])).code).to.equal(2)
    for (const typed of [CTRL_C, '\u0004', 'n\r']) expect(await shown(['shards', 'revoke', id], { code: 1, typed: [[/y\/N/, typed]] })).to.match(/^error: nothing was revoked$/m)
    expect(await shown(['shards', 'revoke', id], { typed: [[/y\/N/, 'yes\r']] })).to.include('revoked: 2 holders deleted it')
    expect((await told(['shards', 'revoke', other, '--yes'])).deletedBy).to.have.length(2)
    expect((await told(['shards', 'list'])).own).to.deep.equal([])
  })

  it('config, id, help, version', async () => {
    const [config, id, help, version] = await Promise.all([told(['config']), told(['id']), told(['help']), told(['version'])])
    expect(config.apiListen).to.include({ value: '127.0.0.1:4780', from: 'default' })
    expect(help).to.have.length(COMMAND_NAMES.length)
    const [text, idText, helpText, versionText] = await Promise.all([shown(['config']), shown(['id']), shown(['help', 'shards', 'store']), shown(['version'])])
    expect(text).to.include('apiListen')
    expect(idText.trim()).to.equal(id.peerId)
    expect(helpText).to.include('Usage: ')
    expect(versionText.trim()).to.equal(version.version)
  })

  it('of a node that does not run: exit code 5, and how to start one', async () => {
    const nowhere = join(dir.path, 'nowhere')
    expect(await told(['peers', '--data-dir', nowhere], { code: 5 })).to.include({ event: 'error', code: 'API_NOT_RUNNING' }).and.have.property('fix').that.includes(`npm start -- --data-dir ${nowhere}`)
    expect((await piped(['peers', '--api-url', 'http://127.0.0.1:9'])).code).to.equal(5)
  })

  it('were all run in a terminal and behind a pipe', () => {
    const all = COMMAND_NAMES.filter(name => name !== 'run')
    expect([...ran.terminal].toSorted()).to.deep.equal(all.toSorted())
    expect([...ran.json].toSorted()).to.deep.equal(all.toSorted())
  })

  it('says where the dashboard is, with the token, only to a person at a terminal', async () => {
    const data = join(dir.path, 'other')
    const { stdout, code } = await runOnTerminal([runtime, NODE, ...quietly(data, '--api-listen', '127.0.0.1:0')], { env, typed: [[/#token=\S+/, CTRL_C]] })
    const other = (await readFile(join(data, 'api-token'), 'utf8')).trim()
    expect(code, stdout).to.equal(0)
    expect(stdout).to.include(`/#token=${other}`)
    expect(await readdir(data)).not.to.include('api.json')

    const told = new Program({ args: quietly(data, '--api-listen', '127.0.0.1:0', '--log-level', 'debug') })
    const { url, tokenFile } = await told.waitFor('api:listening')
    expect(told.events[0]?.event).to.equal('ready')
    expect(tokenFile).to.equal(join(data, 'api-token'))
    expect(JSON.parse(await readFile(join(data, 'api.json'), 'utf8'))).to.deep.equal({ url, pid: told.pid })
    expect((await told.stop()).code).to.equal(0)
    expect(told.lines.join('\n') + told.stderr).not.to.include(other)
    expect(await readdir(data)).not.to.include('api.json')
  })

  it('has no API, and none of its files, with --no-api', async () => {
    const data = join(dir.path, 'silent')
    const silent = new Program({ args: quietly(data) })
    await silent.waitFor('ready')
    expect((await runPiped([runtime, NODE, 'status', '--data-dir', data], { env })).code).to.equal(5)
    await silent.stop()
    expect((await readdir(data)).filter(name => name.startsWith('api'))).to.deep.equal([])
  })
})
