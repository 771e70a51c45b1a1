import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { killDuringBook } from '../support/address-book-kills.ts'
import { killDuringBans } from '../support/ban-kills.ts'
import { eventually } from '../support/eventually.ts'
import { Program, killPrograms, quietly } from '../support/program.ts'
import { peerIdOf, recordOf } from '../support/signed-records.ts'
import { killDuringStorage } from '../support/storage-kills.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import { Crowd, tryConnect } from './support/crowd.ts'
import { figure } from './support/figures.ts'
import { poseAs } from './support/junk.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

const KILLS = 100
const START_LIMIT_MS = 1_000
const SEED = 100_000

function start (dataDir: string, ...args: string[]): Program {
  return new Program({ args: quietly(dataDir, '--log-level', 'silent', ...args) })
}

async function ready (program: Program): Promise<{ address: Multiaddr, peerId: string, readyMs: number }> {
  const { addresses, peerId, readyMs } = await program.waitFor('ready')
  return { address: multiaddr(addresses[0]), peerId, readyMs }
}

describe('what was decided outlives the program', () => {
  afterEach(killPrograms)

  it(`T20: ${KILLS} x kill -9 while bans are written, and a truncated record each time`, async () => {
    const { acknowledged, lost, slowestStartMs, truncated, damaged, fullStart } = await killDuringBans(KILLS)
    figure({ test: 'T20', what: `bans lost of ${acknowledged} acknowledged, over ${KILLS} kills`, value: String(lost.length), limit: '0' })
    figure({ test: 'T20', what: `slowest start of bans after a kill, with one of the records cut short (${damaged} of ${truncated} seen and put aside)`, value: `${slowestStartMs.toFixed(0)} ms`, limit: `${START_LIMIT_MS} ms` })
    figure({ test: 'T20', what: `start with ${fullStart.bans} bans (${fullStart.cpuMs.toFixed(0)} ms of CPU)`, value: `${fullStart.tookMs.toFixed(0)} ms`, limit: `${START_LIMIT_MS} ms` })
    expect(lost, 'acknowledged bans lost').to.deep.equal([])
    expect(damaged).to.equal(truncated)
    expect(slowestStartMs, 'start').to.be.at.most(START_LIMIT_MS)
    expect(fullStart.cpuMs, 'start with many').to.be.at.most(START_LIMIT_MS)
  })

  it(`the address book: nothing that flush() acknowledged is lost over ${KILLS} x kill -9`, async () => {
    await killDuringBook(KILLS)
  })

  it(`the data directory: whole, with its identity and all that was acknowledged, after ${KILLS} x kill -9`, async () => {
    await killDuringStorage(KILLS / 2)
  })

  it('a peer that was banned for what it did is refused after kill -9 and a restart, as is one of --ban; others are not', async () => {
    await using dir = await makeTempDir()
    await using crowd = new Crowd()
    const [forger, named, good] = await Promise.all([0, 1, 2].map(async i => await crowd.add({ seed: SEED + i, from: `127.0.${i}.1` })))
    const args = ['--ban', named!.peerId.toString()]
    const first = start(dir.path, ...args)
    const before = await ready(first)
    expect(await tryConnect(good!, before.address), 'a good peer is let in').to.not.equal(undefined)
    expect(await tryConnect(named!, before.address), 'a configured ban is in force').to.equal(undefined)
    await poseAs(forger!, before.address, (await recordOf(SEED + 2, ['/ip4/127.0.0.1/tcp/9'])).bytes)
    const { reason } = await first.waitFor('ban:added', event => event.by === 'score' && event.key === forger!.peerId.toString())
    await eventually('it is cut off', () => forger!.getConnections().length === 0)
    expect(await tryConnect(forger!, before.address), 'refused').to.equal(undefined)
    await first.kill()

    const startedMs = performance.now()
    const second = start(dir.path, ...args)
    const after = await ready(second)
    const tookMs = performance.now() - startedMs
    expect(after.peerId).to.equal(before.peerId)
    const letIn = await Promise.all([forger, named, good].map(async node => {
      for (const connection of node!.getConnections()) connection.abort(new Error('before'))
      return await tryConnect(node!, after.address) != null
    }))
    figure({ test: 'T20', what: `let in after kill -9 and restart in ${(tookMs / 1_000).toFixed(1)} s: who posed as another (${reason}), who is named by --ban, who did nothing`, value: letIn.map(is => is ? 'yes' : 'no').join(', '), limit: 'no, no, yes' })
    expect(letIn).to.deep.equal([false, false, true])
    await second.stop()
  })

  describe('bad input: one line, exit code 2', () => {
    const fails = async (dataDir: string, args: string[]): Promise<{ code: number | null, lines: string[] }> => {
      const program = start(dataDir, ...args)
      const { code } = await program.exited
      return { code, lines: program.stderr.trimEnd().split('\n') }
    }

    for (const [what, target] of Object.entries({ 'too long a prefix': '192.0.2.0/33', 'bits after the prefix': '192.0.2.1/24', everybody: '0.0.0.0/0', 'half an address': '192.0.2', nonsense: 'mallory' })) {
      for (const flag of ['--ban', '--allow']) {
        it(`${flag} with ${what}`, async () => {
          await using dir = await makeTempDir()
          const { code, lines } = await fails(dir.path, [flag, target])
          expect(lines[0], lines.join('\n')).to.match(/^error: /).and.include(target)
          expect(lines.length, lines.join('\n')).to.be.at.most(2)
          expect(code).to.equal(2)
        })
      }
    }

    it('--ban of its own peer id', async () => {
      await using dir = await makeTempDir()
      const program = start(dir.path)
      const { peerId } = await ready(program)
      await program.stop()
      const { code, lines } = await fails(dir.path, ['--ban', peerId])
      expect(lines[0], lines.join('\n')).to.match(/^error: /).and.include(peerId)
      expect(lines.length, lines.join('\n')).to.be.at.most(2)
      expect(code).to.equal(2)
    })

    it('the same in --ban and --allow', async () => {
      await using dir = await makeTempDir()
      for (const target of ['192.0.2.7', '192.0.2.0/24', (await peerIdOf(SEED)).toString()]) {
        const { code, lines } = await fails(dir.path, ['--ban', target, '--allow', target])
        expect(lines[0], lines.join('\n')).to.match(/^error: /).and.include(target)
        expect(lines.length, lines.join('\n')).to.be.at.most(2)
        expect(code).to.equal(2)
      }
    })
  })
})
