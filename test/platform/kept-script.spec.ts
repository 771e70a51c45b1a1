import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { keptScript } from '../../src/platform/kept-script.ts'
import { makeTempDir } from '../support/temp-dir.ts'

/** `called` is compiled when it is called, and long enough to be seen in what is kept. */
const SCRIPT = `(function (module, require, importModule, other, importMetaUrl, importMetaDirname) { 'use strict'
  function called () { return [${Array.from({ length: 2_000 }, (_, i) => `'text ${i}'`).join()}] }
  module.exports.load = {
    'a.js': () => ({ called, from: importMetaUrl, dir: importMetaDirname, join: require('node:path').join, imported: importModule('node:path'), isStrict: (function () { return this === undefined })(), theirs: () => other('b.js') })
  }
})`

const NAME = 'script-0a1b2c3d.cjs'

interface Exports {
  called (): string[]
  from: string
  dir: string
  join: typeof join
  imported: Promise<{ join: typeof join }>
  isStrict: boolean
  theirs (): unknown
}

describe('platform: a script whose compiled functions are kept', () => {
  async function open (dir: string): Promise<ReturnType<typeof keptScript> & { own: Exports, script: string }> {
    const path = join(dir, NAME)
    await writeFile(path, SCRIPT)
    const script = keptScript(path, join(dir, 'kept'), name => `${name} of another`)
    return { ...script, own: script.load('a.js') as Exports, script: path }
  }
  const keptIn = async (dir: string): Promise<string[]> => (await readdir(join(dir, 'kept'))).map(name => join(dir, 'kept', name))

  it('gives what its files export, and asks others for theirs', async () => {
    await using dir = await makeTempDir()
    const { load, own } = await open(dir.path)
    expect([own.from, own.dir]).to.deep.equal([`file://${join(dir.path, NAME)}`, dir.path])
    expect(own.isStrict).to.equal(true)
    expect((await own.imported).join('a', 'b')).to.equal('a/b')
    expect([own.join('a', 'b'), own.theirs()]).to.deep.equal(['a/b', 'b.js of another'])
    expect(() => load('c.js')).to.throw(`${NAME} has no c.js`)
  })

  it('keeps the functions that were called, once', async () => {
    await using dir = await makeTempDir()
    const first = await open(dir.path)
    first.own.called()
    await first.keep()
    const [path, ...more] = await keptIn(dir.path)
    expect(more).to.deep.equal([])
    const kept = await readFile(path as string)
    expect(kept.includes('text 1999'), 'what was called').to.equal(true)

    const second = await open(dir.path)
    expect(second.own.called()).to.have.length(2_000)
    await writeFile(path as string, 'as it was')
    await second.keep()
    expect(await readFile(path as string, 'utf8'), 'not written again').to.equal('as it was')
  })

  it('keeps nothing where nothing is to be kept', async () => {
    await using dir = await makeTempDir()
    const { script } = await open(dir.path)
    await keptScript(script, undefined, () => undefined).keep()
    expect(await readdir(dir.path)).to.deep.equal([NAME])
  })

  it('deletes what was kept of other contents a week ago, and nothing else', async () => {
    await using dir = await makeTempDir()
    await mkdir(join(dir.path, 'kept'))
    const others = ['script-more-0a1b2c3d.cjs.1', 'script.txt', 'other-0a1b2c3d.cjs.1', `${NAME}.1`]
    const aWeekAgo = Date.now() / 1_000 - 7 * 24 * 3_600 - 1
    for (const name of [...others, 'script-01234567.cjs.kept', 'script-01234567.cjs.kept.4711']) {
      await writeFile(join(dir.path, 'kept', name), '')
      await utimes(join(dir.path, 'kept', name), aWeekAgo, aWeekAgo)
    }
    await writeFile(join(dir.path, 'kept', 'script-89abcdef.cjs.kept'), 'of another version in use')
    await (await open(dir.path)).keep()
    const names = (await keptIn(dir.path)).map(path => basename(path))
    expect(names).to.have.members([...others, 'script-89abcdef.cjs.kept', `${NAME}.kept`])
  })

  for (const [what, damage] of [
    ['damaged', (kept: Buffer) => { kept[kept.length >> 1] = (kept[kept.length >> 1] as number) ^ 1; return kept }],
    ['cut off', (kept: Buffer) => kept.subarray(0, 1_000)],
    ['empty', () => Buffer.alloc(0)]
  ] as const) {
    it(`runs, and keeps them anew, when the file is ${what}`, async () => {
      await using dir = await makeTempDir()
      const first = await open(dir.path)
      first.own.called()
      await first.keep()
      const [path] = await keptIn(dir.path) as [string]
      const whole = await readFile(path)
      const bad = damage(Buffer.from(whole))
      await writeFile(path, bad)

      const second = await open(dir.path)
      expect(second.own.called()[1_999]).to.equal('text 1999')
      await second.keep()
      const anew = await readFile(path)
      expect([anew.equals(bad), anew.includes('text 1999')]).to.deep.equal([false, true])
    })
  }
})
