import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { keptScript } from '../../src/platform/kept-script.ts'
import { makeTempDir } from '../support/temp-dir.ts'

/** `called` is compiled when it is called, and long enough to be seen in what is kept. */
const SCRIPT = `
  function called () { return [${Array.from({ length: 2_000 }, (_, i) => `'text ${i}'`).join()}] }
  module.exports.load = {
    'a.js': () => ({ called, from: importMetaUrl, dir: importMetaDirname, join: require('node:path').join, imported: importModule('node:path'), theirs: () => other('b.js') })
  }
`

interface Exports {
  called (): string[]
  from: string
  dir: string
  join: typeof join
  imported: Promise<{ join: typeof join }>
  theirs (): unknown
}

describe('platform: a script whose compiled functions are kept', () => {
  async function open (dir: string): Promise<ReturnType<typeof keptScript> & { own: Exports }> {
    const path = join(dir, 'script.cjs')
    await writeFile(path, SCRIPT)
    const script = keptScript(path, join(dir, 'kept'), name => `${name} of another`)
    return { ...script, own: script.load('a.js') as Exports }
  }
  const keptIn = async (dir: string): Promise<string[]> => (await readdir(join(dir, 'kept'))).map(name => join(dir, 'kept', name))

  it('gives what its files export, and asks others for theirs', async () => {
    await using dir = await makeTempDir()
    const { load, own } = await open(dir.path)
    expect([own.from, own.dir]).to.deep.equal([`file://${join(dir.path, 'script.cjs')}`, dir.path])
    expect((await own.imported).join('a', 'b')).to.equal('a/b')
    expect([own.join('a', 'b'), own.theirs()]).to.deep.equal(['a/b', 'b.js of another'])
    expect(() => load('c.js')).to.throw('script.cjs has no c.js')
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
