import { readFile, readdir } from 'node:fs/promises'
import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { tell } from '../support/figure.ts'
import { Program, killPrograms, runtime } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'

const NODES = 7
const LIMIT_S = 60

interface Line {
  step?: string
  told?: string
  seconds: number
  [fact: string]: unknown
}

function demo (folder: string, args: string[] = [], json = true): Program {
  return new Program({ command: [runtime, 'examples/demo.ts'], args, json, env: { TMPDIR: folder } })
}

function linesOf ({ lines }: Program): Line[] {
  return lines.map(line => JSON.parse(line) as Line)
}

/** Processes that work in that folder. */
async function processesIn (folder: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (command.includes(folder)) found.push(name)
  }
  return found
}

async function nothingIsLeft (folder: string): Promise<void> {
  expect(await readdir(folder)).to.deep.equal([])
  if (process.platform === 'linux') await eventually('no process is left', async () => (await processesIn(folder)).length === 0)
}

describe('story: npm run demo', function () {
  this.timeout(240_000)
  afterEach(killPrograms)

  it('seven nodes meet, talk, ban an impostor and keep a secret; then nothing of them is left', async () => {
    await using dir = await makeTempDir()
    const program = demo(dir.path)
    const dashboard = await program.until(() => linesOf(program).find(line => line['dashboard'] != null)?.['dashboard'] as string | undefined, 'the address of the dashboard')
    expect(dashboard).to.match(/^http:\/\/127\.0\.0\.1:\d+\/#token=\S{32,}$/)
    expect((await fetch(dashboard)).status).to.equal(200)

    expect(await program.exited, program.lines.join('\n') + program.stderr).to.deep.equal({ code: 0, signal: null })
    expect(program.stderr).to.equal('')
    const all = linesOf(program)
    expect(all.filter(({ step }) => step != null)).to.have.length(4)
    const fact = (name: string): unknown => all.find(line => name in line)?.[name]
    expect(new Set(all.flatMap(line => line.told != null && 'peerId' in line && line.told.includes(' is up') ? [line['peerId']] : [])).size).to.equal(NODES)
    expect(fact('links')).to.equal(NODES * (NODES - 1) / 2)
    expect(fact('arrived')).to.equal(NODES - 1)
    expect([fact('bannedBy'), fact('reason'), fact('letIn'), fact('letInAgain')]).to.deep.equal([NODES, 'pex:forged-record', NODES, 0])
    expect(fact('killed')).to.have.length(2)
    expect([fact('opened'), fact('done')]).to.deep.equal([true, true])
    const seconds = all.at(-1)?.seconds ?? Infinity
    tell('the demo from its start to its end', `${seconds} s`, `${LIMIT_S} s`)
    expect(seconds).to.be.below(LIMIT_S)
    await nothingIsLeft(dir.path)
  })

  it('Ctrl-C ends it in good order, in the midst of it', async () => {
    await using dir = await makeTempDir()
    const program = demo(dir.path, [], false)
    await program.until(() => program.lines.find(line => line.includes('node 1 is up')), 'the first node')
    await eventually('others have started', async () => (await processesIn(dir.path)).length > 3)
    program.child.kill('SIGINT')
    expect(await program.exited).to.deep.equal({ code: 130, signal: null })
    expect(program.lines.join('\n')).not.to.include('✗').and.not.include('\u001B')
    expect(program.stderr).to.equal('')
    await nothingIsLeft(dir.path)
  })

  it('a second Ctrl-C ends it at once', async () => {
    await using dir = await makeTempDir()
    const program = demo(dir.path, [], false)
    await program.until(() => program.lines.find(line => line.includes('node 1 is up')), 'the first node')
    // those that stand still do not stop
    for (const pid of await processesIn(dir.path)) process.kill(Number(pid), 'SIGSTOP')
    // those that come together are one keypress
    await eventually('it has ended', () => !program.child.kill('SIGINT') || program.child.exitCode != null)
    expect(await program.exited).to.deep.equal({ code: 130, signal: null })
    await nothingIsLeft(dir.path)
  })

  it('says what it takes', async () => {
    await using dir = await makeTempDir()
    const help = demo(dir.path, ['--help'], false)
    expect((await help.exited).code).to.equal(0)
    expect(help.lines.join('\n')).to.include('--slow').and.include('--keep')
    const wrong = demo(dir.path, ['--sloow'], false)
    expect((await wrong.exited).code).to.equal(2)
    expect(wrong.stderr).to.include('--sloow')
    await nothingIsLeft(dir.path)
  })
})
