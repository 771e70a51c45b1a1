import { readFile, readdir, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { buildDist } from '../support/build-dist.ts'
import { Program, killPrograms, quietly } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { ProgramInit } from '../support/program.ts'

describe('program: run', function () {
  this.timeout(60_000)
  const start = (init: ProgramInit): Program => new Program(init)
  before(buildDist)
  afterEach(killPrograms)

  it('says ready first, then who comes and goes, and stops within 5 s with exit code 0', async () => {
    await using dir = await makeTempDir()
    const a = start({ args: quietly(join(dir.path, 'a')) })
    const ready = await a.waitFor('ready')
    expect(ready.dataDir).to.equal(join(dir.path, 'a'))
    expect(ready.readyMs).to.be.greaterThan(0)
    expect(ready.version).to.match(/^\d+\.\d+\.\d+/)
    expect(ready.addresses[0]).to.match(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\//).and.include(ready.peerId)

    // without the peer id: it is found out
    const b = start({ args: quietly(join(dir.path, 'b'), '--bootstrap', (ready.addresses[0] ?? '').replace(/\/p2p\/.*/, '')) })
    const { peerId } = await b.waitFor('ready')
    await b.waitFor('peer:connected', event => event.peerId === ready.peerId && event.direction === 'outbound')
    await a.waitFor('peer:connected', event => event.peerId === peerId && event.direction === 'inbound')

    const began = performance.now()
    expect(await b.stop('SIGTERM')).to.deep.equal({ code: 0, signal: null })
    expect(performance.now() - began).to.be.lessThan(5_000)
    expect(b.events.at(-1)?.event).to.equal('stopped')
    await a.waitFor('peer:disconnected', event => event.peerId === peerId && event.by === 'remote')
    expect((await a.stop('SIGINT')).code).to.equal(0)

    for (const program of [a, b]) {
      expect(program.events[0]?.event).to.equal('ready')
      expect(program.events.length, 'only events on stdout').to.equal(program.lines.length)
      for (const { time } of program.events) expect(new Date(time).toISOString()).to.equal(time)
      expect(program.stderr).to.equal('')
    }
  })

  it('keeps its identity, private, over a restart; id shows it', async () => {
    await using dir = await makeTempDir()
    const first = start({ args: quietly(dir.path) })
    const { peerId } = await first.waitFor('ready')
    await first.kill()
    expect((await stat(join(dir.path, 'identity.json'))).mode & 0o777).to.equal(0o600)
    const second = start({ args: quietly(dir.path) })
    expect((await second.waitFor('ready')).peerId).to.equal(peerId)
    await second.stop()
    const id = start({ args: ['id', '--data-dir', dir.path], json: false })
    expect((await id.exited).code).to.equal(0)
    expect(id.lines).to.deep.equal([peerId])
  })

  it('keeps running while a bootstrap is unreachable, and waits longer each time', async () => {
    await using dir = await makeTempDir()
    const program = start({ args: quietly(dir.path, '--bootstrap', '/ip4/127.0.0.1/tcp/9', '--min-retry', '200ms') })
    await program.waitFor('dial:failed', ({ attempt }) => attempt === 5, 30_000)
    const waits = program.events.flatMap(event => event.event === 'dial:failed' ? [event.retryInMs] : [])
    // full jitter: one may be shorter than the one before, but the longest grows
    expect(Math.max(...waits.slice(0, 2))).to.be.at.most(400)
    expect(Math.max(...waits.slice(2))).to.be.greaterThan(Math.min(...waits.slice(0, 2)))
    expect(program.events.find(({ event }) => event === 'dial:failed')).to.include({ address: '/ip4/127.0.0.1/tcp/9' }).and.have.property('message').that.includes('ECONNREFUSED')
    expect(program.child.exitCode).to.equal(null)
    expect((await program.stop()).code).to.equal(0)
  })

  it('shows people a start screen with a command that joins, and one line for what happens', async () => {
    await using dir = await makeTempDir()
    const program = start({ args: quietly(dir.path, '--bootstrap', '/ip4/127.0.0.1/tcp/9'), json: false })
    await program.until(() => program.lines.find(line => /^cannot reach \/ip4\/127\.0\.0\.1\/tcp\/9 \(ECONNREFUSED\), next try in \d+ m?s$/.test(line)), 'line about the unreachable bootstrap')
    const screen = program.lines.join('\n')
    expect(screen).to.include(`a new identity, written to ${join(dir.path, 'identity.json')}`)
    expect(screen).to.match(/npm start -- --data-dir \S+ --bootstrap \/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/\w+/)
    expect(screen).not.to.include('\u001B')
    expect((await program.stop()).code).to.equal(0)
  })

  it('a second signal ends it at once', async () => {
    await using dir = await makeTempDir()
    const program = start({ args: quietly(dir.path), json: false })
    await program.until(() => program.lines.includes('Ctrl-C stops it'), 'start screen')
    program.child.kill('SIGINT')
    // another signal is no second report of the same keypress; the system may deliver the two in any order
    program.child.kill('SIGTERM')
    expect((await program.exited).code).to.be.oneOf([130, 143])
    // `kill -9`'s little sister left nothing locked
    const again = start({ args: quietly(dir.path) })
    await again.waitFor('ready')
    expect((await again.stop()).code).to.equal(0)
  })

  it('takes other ports, and says so, when the default ones are taken', async function () {
    await using dir = await makeTempDir()
    const server = createServer()
    const free = await new Promise<boolean>(resolve => {
      server.once('error', () => { resolve(false) })
      server.listen({ port: 4701, host: '0.0.0.0', exclusive: true }, () => { resolve(true) })
    })
    try {
      const program = start({ args: ['--data-dir', dir.path, '--no-mdns', '--no-upnp'] })
      const { addresses } = await program.waitFor('ready')
      await program.waitFor('warning', ({ code, message }) => code === 'LISTEN_PORT_MOVED' && message.includes('4701'))
      expect(addresses.some(address => address.includes('/tcp/4701/'))).to.equal(false)
      expect(addresses).not.to.have.length(0)
      expect((await program.stop()).code).to.equal(0)
    } finally {
      if (free) await new Promise(resolve => { server.close(resolve) })
    }
  })

  it('goes on when nobody reads its output any more', async () => {
    await using dir = await makeTempDir()
    const program = start({ args: quietly(dir.path, '--bootstrap', '/ip4/127.0.0.1/tcp/9', '--min-retry', '50ms', '--max-retry', '100ms', '--log-level', 'trace') })
    await program.waitFor('ready')
    program.child.stdout?.destroy()
    program.child.stderr?.destroy()
    // it writes into the closed pipe meanwhile; a later start would find the folder free had it ended
    const second = start({ args: quietly(dir.path) })
    expect((await second.exited).code).to.equal(3)
    expect(second.stderr).to.include(`pid ${program.pid}`)
    expect(program.child.exitCode).to.equal(null)
    const { code } = await program.stop()
    expect(code).to.equal(0)
  })

  it('logs to stderr as JSON, and obeys DEBUG', async () => {
    await using dir = await makeTempDir()
    const program = start({ args: quietly(dir.path, '--log-level', 'debug') })
    await program.waitFor('ready')
    await program.stop()
    const lines = program.stderr.trim().split('\n').map(line => JSON.parse(line) as { level: number, component: string, msg: string })
    expect(lines.some(({ component }) => component === 'libp2p:tcp:listener'), program.stderr).to.equal(true)

    const debugging = start({ args: quietly(dir.path), env: { DEBUG: 'libp2p:*' } })
    await debugging.waitFor('ready')
    await debugging.stop()
    expect(debugging.stderr).to.match(/Z libp2p/)
    expect(debugging.events[0]?.event).to.equal('ready')
  })

  it('a node that does not listen stays too', async () => {
    await using dir = await makeTempDir()
    const program = start({ args: quietly(dir.path, '--profile', 'light', '--no-listen') })
    expect((await program.waitFor('ready')).addresses).to.deep.equal([])
    expect((await program.stop()).code).to.equal(0)
    expect((await readdir(dir.path)).toSorted()).to.include('identity.json')
    expect(JSON.parse(await readFile(join(dir.path, 'identity.json'), 'utf8'))).to.have.property('peerId')
  })
})
