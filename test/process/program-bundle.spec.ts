import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { buildDist } from '../support/build-dist.ts'

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

  it('names the packages that are in it, with their licences', async () => {
    const text = await readFile(join(ROOT, 'dist/bundle/licenses.txt'), 'utf8')
    for (const name of ['libp2p 3', '@noble/curves ', 'fastify ', 'Permission is hereby granted']) expect(text).to.include(name)
  })
})
