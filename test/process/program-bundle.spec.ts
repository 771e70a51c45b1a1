import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
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

  it('loads for a start neither the admin API nor the log', () => {
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
    expect(files.filter(url => url.includes('/node_modules/') || /\/(?:admin|run|client)[-.]/.test(url))).to.deep.equal([])
  })

  it('is ready before what only the admin API needs is loaded, and loads libp2p while the data directory is opened', async () => {
    await using dir = await makeTempDir()
    const hook = `import { registerHooks } from 'node:module'
      registerHooks({ load: (url, context, next) => { process.stdout.write(url + '\\n'); return next(url, context) } })`
    const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, join(ROOT, 'dist/node.js'), '--json', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--api-listen', '127.0.0.1:0', '--data-dir', dir.path])
    const before: string[] = []
    for await (const line of createInterface(child.stdout)) {
      if (line.includes('"ready"')) break
      if (line.startsWith('file:')) before.push(basename(line))
    }
    child.stdout.resume()
    child.kill('SIGTERM')
    await once(child, 'exit')
    const at = (start: RegExp): number => before.findIndex(name => start.test(name))
    expect(at(/^admin-parts-/), 'the API').to.equal(-1)
    expect(at(/^disk-/), 'LevelDB').to.be.within(1, at(/^app-node-/) - 1)
    expect(before.length).to.be.within(10, 40)
  })

  it('names the packages that are in it, with their licences', async () => {
    const text = await readFile(join(ROOT, 'dist/bundle/licenses.txt'), 'utf8')
    for (const name of ['libp2p 3', '@noble/curves ', 'fastify ', 'Permission is hereby granted']) expect(text).to.include(name)
  })
})
