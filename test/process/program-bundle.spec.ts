import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chown, cp, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { buildDist } from '../support/build-dist.ts'
import { makeTempDir } from '../support/temp-dir.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Runs a module in a process of its own, where the package is imported by its name. Resolves to what it prints. */
function run (code: string): unknown {
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: ROOT, encoding: 'utf8' }))
}

describe('program: the bundle', function () {
  this.timeout(60_000)
  before(buildDist)

  it('has one of each class, whichever entry it is imported from, and with its name', () => {
    expect(run(`
      import { AppError, createAppNode } from 'peerkeep'
      import { TokenError, createAdminApi } from 'peerkeep/admin'
      import * as threshold from 'peerkeep/threshold'
      const node = await createAppNode({ network: 'bundle' })
      const refused = await createAdminApi({ node, token: 'short' }).catch(err => err)
      await node.stop()
      const wrong = await createAppNode({ network: 'a b' }).catch(err => err)
      console.log(JSON.stringify([refused instanceof AppError, refused instanceof TokenError, refused.name, wrong.name, typeof threshold.deal]))
      process.exit(0)
    `)).to.deep.equal([true, true, 'TokenError', 'AppNodeOptionError', 'function'])
  })

  it('loads for a start neither the admin API nor the log', async () => {
    const loaded = run(`
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
      const { createAppNode } = await import('peerkeep')
      await (await createAppNode()).stop()
      console.log(JSON.stringify(loaded))
      process.exit(0)
    `) as string[]
    const files = loaded.filter(url => url.startsWith('file:'))
    expect(files.length).to.be.within(2, 30)
    expect(files.filter(url => url.includes('/node_modules/'))).to.deep.equal([])
    const sources = await Promise.all(files.filter(url => url.includes('/dist/bundle/')).map(async url => (JSON.parse(await readFile(new URL(`${url}.map`), 'utf8')) as { sources: string[] }).sources))
    expect(sources.flat().filter(path => /\/src\/(?:http|cli)\//.test(path))).to.deep.equal([])
    expect(sources.flat().some(path => path.endsWith('/src/app-node.ts')), 'the node').to.equal(true)
  })

  /** Runs the program until it has said this; its data and its compile cache are in `dir`. Resolves to the scripts that it had read by then. */
  async function started (event: string, dir: string, root = ROOT, env: NodeJS.ProcessEnv = { NODE_COMPILE_CACHE: join(dir, 'cache') }): Promise<string[]> {
    const hook = `import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      const { readFileSync } = fs
      fs.readFileSync = (path, ...rest) => { process.stdout.write('file:' + path + '\\n'); return readFileSync(path, ...rest) }
      syncBuiltinESMExports()`
    const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, join(root, 'dist/node.js'), '--json', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--api-listen', '127.0.0.1:0', '--data-dir', dir], { env: { ...process.env, ...env } })
    const read: string[] = []
    for await (const line of createInterface(child.stdout)) {
      if (line.includes(`"${event}"`)) break
      if (line.startsWith('file:')) read.push(basename(line))
    }
    child.stdout.resume()
    child.kill('SIGTERM')
    await once(child, 'exit')
    return read.filter(name => name.endsWith('.cjs')).map(name => name.replace(/-[0-9a-f]{8}\.cjs$/, ''))
  }

  async function keptIn (cache: string): Promise<string[]> {
    return (await readdir(cache, { recursive: true })).filter(name => name.endsWith('.kept')).map(name => join(cache, name)).toSorted()
  }

  it('is ready before what only the admin API needs is loaded', async () => {
    await using dir = await makeTempDir()
    expect(await started('ready', dir.path)).to.deep.equal(['program', 'program-run'])
  })

  it('keeps what a start has compiled for the next one, which compiles nothing anew', async () => {
    await using dir = await makeTempDir()
    const kept = async (): Promise<string[]> => keptIn(join(dir.path, 'cache'))
    const writtenMs = async (): Promise<number[]> => Promise.all((await kept()).map(async path => (await stat(path)).mtimeMs))

    await started('api:listening', dir.path)
    expect((await kept()).map(name => basename(name).replace(/-[0-9a-f]{8}\.cjs.*/, ''))).to.deep.equal(['program', 'program-rest', 'program-run'])
    const before = await writtenMs()
    await started('api:listening', dir.path)
    expect(await writtenMs()).to.deep.equal(before)
  })

  describe('in a package that cannot be written', () => {
    /** Starts it from there. Resolves to how much is kept below `cache`. */
    async function keptOf (dir: string, cache: string): Promise<number> {
      const root = join(dir, 'package')
      await cp(join(ROOT, 'dist'), join(root, 'dist'), { recursive: true, filter: path => !path.endsWith('.map') })
      for (const name of ['config', 'package.json']) await symlink(join(ROOT, name), join(root, name))
      await mkdir(join(root, 'node_modules'))
      for (const name of await readdir(join(ROOT, 'node_modules'))) if (name !== '.cache') await symlink(join(ROOT, 'node_modules', name), join(root, 'node_modules', name))
      // in the way, also of who may write everywhere
      await writeFile(join(root, 'node_modules/.cache'), '')
      await started('api:listening', dir, root, { XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: '' })
      return (await keptIn(cache)).length
    }

    it('keeps it in the cache of the user', async () => {
      await using dir = await makeTempDir()
      await mkdir(join(dir.path, 'user'))
      expect(await keptOf(dir.path, join(dir.path, 'user'))).to.equal(3)
    })

    it('runs nothing from the cache of another user', async function () {
      if (process.getuid?.() !== 0) {
        process.stderr.write('    skipped: only root can make a folder another\'s\n')
        this.skip()
      }
      await using dir = await makeTempDir()
      await mkdir(join(dir.path, 'user'))
      await chown(join(dir.path, 'user'), 1_000, 1_000)
      expect(await keptOf(dir.path, join(dir.path, 'user'))).to.equal(0)
    })
  })

  it('takes the short names of peers that its own tables print', async () => {
    await using dir = await makeTempDir()
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/node.js'), 'ping', '12D3KooW…5fGk2pQz', '--data-dir', dir.path], { encoding: 'utf8' })
    expect(status).to.equal(5)
    expect(stderr).to.include('no node with an admin API is running')
  })

  it('imports a package that need not be installed', async () => {
    await using dir = await makeTempDir()
    const child = spawn(process.execPath, [join(ROOT, 'dist/node.js'), '--json', '--no-mdns', '--no-api', '--quic', '--listen', '/ip4/127.0.0.1/udp/0/quic-v1', '--data-dir', dir.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    for await (const line of createInterface(child.stdout)) {
      const { event, addresses } = JSON.parse(line) as { event: string, addresses?: string[] }
      if (event === 'ready') {
        expect(addresses?.[0]).to.include('/quic-v1')
        child.kill('SIGTERM')
      }
    }
    expect(await ended).to.deep.equal([0, null])
  })

  it('names the packages that are in it, with their licences', async () => {
    const text = await readFile(join(ROOT, 'dist/bundle/licenses.txt'), 'utf8')
    for (const name of ['libp2p 3', '@noble/curves ', 'fastify ', 'Permission is hereby granted']) expect(text).to.include(name)
  })
})
