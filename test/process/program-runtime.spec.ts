import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect } from 'chai'
import { transform } from 'esbuild'
import { buildDist } from '../support/build-dist.ts'
import { eventually } from '../support/eventually.ts'
import { Program, killPrograms, quietly } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'

/** A Node on this machine that is too old for libp2p 3, if there is one. */
function findOldNode (): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/bin'].filter(folder => folder !== '' && !folder.includes('node_modules'))
  return folders.map(folder => join(folder, 'node')).find(path => {
    try {
      const major = Number(/^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1])
      return major >= 18 && major < 22
    } catch {
      // no such file
      return false
    }
  })
}

/** The processes whose parent this is. */
async function childrenOf (pid: number): Promise<number[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(text => text !== '').map(Number)
}

function isAlive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // ESRCH
    return false
  }
}

describe('program: on an old Node', function () {
  this.timeout(60_000)
  before(buildDist)
  afterEach(killPrograms)
  const oldNode = findOldNode()

  before(function () {
    if (oldNode == null || process.platform !== 'linux') {
      process.stderr.write(`    skipped: ${oldNode == null ? 'no Node 18 to 21 on the path' : 'needs /proc'}\n`)
      this.skip()
    }
  })

  it('runs itself on the right one: same output, same exit code', async () => {
    await using dir = await makeTempDir()
    const refused = new Program({ args: ['--max-peers', 'x'], runtime: oldNode })
    expect((await refused.exited).code).to.equal(2)
    expect(refused.stderr).to.match(/^error: --max-peers must be/)

    const program = new Program({ args: quietly(dir.path), runtime: oldNode })
    await program.waitFor('ready')
    // at the parent only: it passes it on
    expect(await program.stop('SIGTERM')).to.deep.equal({ code: 0, signal: null })
    expect(program.events.at(-1)?.event).to.equal('stopped')
  })

  it('passes on the signal that ended the child', async () => {
    await using dir = await makeTempDir()
    const program = new Program({ args: quietly(dir.path), runtime: oldNode })
    await program.waitFor('ready')
    const [child = 0] = await childrenOf(program.pid)
    process.kill(child, 'SIGKILL')
    expect((await program.exited).signal).to.equal('SIGKILL')
  })

  it('the child does not outlive a parent that was killed', async () => {
    await using dir = await makeTempDir()
    const program = new Program({ args: quietly(dir.path), runtime: oldNode })
    await program.waitFor('ready')
    const [child = 0] = await childrenOf(program.pid)
    expect(isAlive(child)).to.equal(true)
    process.kill(program.pid, 'SIGKILL')
    await eventually('the child is gone', () => !isAlive(child))
    // it stopped in good order
    await program.exited
    expect(program.events.at(-1)?.event).to.equal('stopped')
  })

  it('says in one line what is needed where there is no other runtime', async () => {
    await using dir = await makeTempDir()
    const { code } = await transform(await readFile(join(import.meta.dirname, '../../src/node.ts'), 'utf8'), { loader: 'ts', format: 'esm' })
    await mkdir(join(dir.path, 'dist'))
    await writeFile(join(dir.path, 'package.json'), '{ "type": "module" }')
    await writeFile(join(dir.path, 'dist', 'node.js'), code)
    let failure: { status: number, stderr: string } | undefined
    try {
      execFileSync(oldNode ?? '', [join(dir.path, 'dist', 'node.js')], { encoding: 'utf8', stdio: 'pipe' })
    } catch (err) {
      failure = err as { status: number, stderr: string }
    }
    expect(failure?.status).to.equal(1)
    expect(failure?.stderr).to.match(/^error: Peerkeep needs Node\.js 22\.12 or newer, and this is \d+\.\d+\.\d+: .*\n$/)
  })
})
