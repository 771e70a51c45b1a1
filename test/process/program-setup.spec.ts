import { spawn } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { makeTempDir } from '../support/temp-dir.ts'

describe('setup script', function () {
  this.timeout(60_000)

  /** A package whose npm is a script that takes notes. */
  async function makePackage (dir: string): Promise<{ run: () => Promise<{ code: number, stderr: string }>, notes: () => Promise<string[]> }> {
    for (const folder of ['scripts', 'src', 'node_modules', 'dist']) await mkdir(join(dir, folder))
    await copyFile(join(import.meta.dirname, '../../scripts/setup.mjs'), join(dir, 'scripts', 'setup.mjs'))
    const lock = JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } } })
    await writeFile(join(dir, 'package-lock.json'), lock)
    await writeFile(join(dir, 'src', 'a.ts'), '1')
    const fake = join(dir, 'npm-cli.js')
    await writeFile(fake, `
      const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs')
      const name = process.argv[2]
      appendFileSync('notes', name + ' begins\\n')
      if (existsSync('fail')) { console.log('it is broken'); process.exit(7) }
      setTimeout(() => {
        if (name === 'ci') writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }))})
        else {
          for (const folder of ['bundle', 'dashboard']) mkdirSync('dist/' + folder, { recursive: true })
          for (const file of ['node.js', 'index.js', 'bundle/index.js', 'bundle/program.js', 'dashboard/index.html']) writeFileSync('dist/' + file, '')
        }
        appendFileSync('notes', name + ' ends\\n')
      }, 300)
    `)
    const run = async (): Promise<{ code: number, stderr: string }> => {
      const child = spawn(process.execPath, [join(dir, 'scripts', 'setup.mjs')], { cwd: '/', env: { ...process.env, npm_execpath: fake }, stdio: ['ignore', 'pipe', 'pipe'] })
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (text: Buffer) => { stdout += text.toString() })
      child.stderr.on('data', (text: Buffer) => { stderr += text.toString() })
      const code = await new Promise<number>(resolve => { child.on('close', (code) => { resolve(code ?? -1) }) })
      expect(stdout).to.equal('')
      return { code, stderr }
    }
    const notes = async (): Promise<string[]> => (await readFile(join(dir, 'notes'), 'utf8').catch(() => '')).trim().split('\n')
    return { run, notes }
  }

  const ALL = ['ci begins', 'ci ends', 'run begins', 'run ends']

  it('installs and builds once, then is quiet until a source changes', async () => {
    await using dir = await makeTempDir()
    const { run, notes } = await makePackage(dir.path)
    expect((await run()).code).to.equal(0)
    expect(await notes()).to.deep.equal(ALL)
    expect(await run()).to.deep.equal({ code: 0, stderr: '' })
    expect(await notes()).to.deep.equal(ALL)

    await writeFile(join(dir.path, 'src', 'a.ts'), '22')
    expect((await run()).code).to.equal(0)
    expect(await notes()).to.deep.equal([...ALL, 'run begins', 'run ends'])
  })

  it('builds again what somebody has deleted', async () => {
    await using dir = await makeTempDir()
    const { run, notes } = await makePackage(dir.path)
    await run()
    await rm(join(dir.path, 'dist', 'bundle'), { recursive: true })
    expect((await run()).code).to.equal(0)
    expect(await notes()).to.deep.equal([...ALL, 'run begins', 'run ends'])
    expect(await run()).to.deep.equal({ code: 0, stderr: '' })
  })

  it('two at once do the work once, one after the other', async () => {
    await using dir = await makeTempDir()
    const { run, notes } = await makePackage(dir.path)
    expect((await Promise.all([run(), run(), run()])).map(({ code }) => code)).to.deep.equal([0, 0, 0])
    expect(await notes()).to.deep.equal(ALL)
  })

  it('takes over from one that was killed long ago', async () => {
    await using dir = await makeTempDir()
    const { run, notes } = await makePackage(dir.path)
    await mkdir(join(dir.path, '.setup.lock'))
    await utimes(join(dir.path, '.setup.lock'), 1, 1)
    expect((await run()).code).to.equal(0)
    expect(await notes()).to.deep.equal(ALL)
  })

  it('fails as npm fails, says what failed, and tries again the next time', async () => {
    await using dir = await makeTempDir()
    const { run } = await makePackage(dir.path)
    await writeFile(join(dir.path, 'fail'), '')
    const { code, stderr } = await run()
    expect(code).to.equal(7)
    expect(stderr).to.include('it is broken').and.include('error: npm ci --no-audit --no-fund failed (exit code 7)')
    await rm(join(dir.path, 'fail'))
    expect((await run()).code).to.equal(0)
  })
})
