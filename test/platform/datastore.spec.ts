import { mkdir, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { Key } from 'interface-datastore'
import { openDatastore } from '../../src/platform/datastore.ts'
import { rejection } from '../support/rejection.ts'
import { makeTempDir } from '../support/temp-dir.ts'

const ENTRIES = 2_000
const keyOf = (i: number): Key => new Key(`/test/${i}`)

async function filled (dir: string): Promise<void> {
  const { datastore, close } = await openDatastore(dir)
  const batch = datastore.batch()
  for (let i = 0; i < ENTRIES; i++) batch.put(keyOf(i), new Uint8Array(2_000).fill(i))
  await batch.commit()
  await close()
  // the log becomes a table
  await (await openDatastore(dir)).close()
}

async function files (dir: string, suffix: string): Promise<string[]> {
  const names = await readdir(join(dir, 'datastore'))
  return names.filter(name => name.endsWith(suffix) || name.startsWith(suffix)).map(name => join(dir, 'datastore', name))
}

async function overwrite (path: string, from: number, to: number): Promise<void> {
  const bytes = await readFile(path)
  await writeFile(path, bytes.fill(0xff, from, to))
}

describe('platform/datastore', () => {
  it('keeps what it was given, over close and open', async () => {
    await using dir = await makeTempDir()
    const first = await openDatastore(dir.path)
    await first.datastore.put(keyOf(1), Uint8Array.of(1, 2, 3))
    await first.close()
    await first.open()
    expect(await first.datastore.get(keyOf(1))).to.deep.equal(Uint8Array.of(1, 2, 3))
    await first.close()

    const second = await openDatastore(dir.path)
    expect(second.warnings).to.be.empty
    expect(await second.datastore.get(keyOf(1))).to.deep.equal(Uint8Array.of(1, 2, 3))
    await second.close()
  })

  const damages: Record<string, (dir: string) => Promise<void>> = {
    'a table is garbled': async dir => { for (const file of await files(dir, '.ldb')) await overwrite(file, 1_000, 5_000) },
    'a table is truncated': async dir => { for (const file of await files(dir, '.ldb')) await truncate(file, 100) },
    'the manifest is rubbish': async dir => { for (const file of await files(dir, 'MANIFEST')) await writeFile(file, 'rubbish') },
    'the manifest is missing': async dir => { for (const file of await files(dir, 'MANIFEST')) await rm(file) },
    'CURRENT is rubbish': async dir => { await writeFile(join(dir, 'datastore', 'CURRENT'), 'rubbish') },
    'CURRENT is missing': async dir => { await rm(join(dir, 'datastore', 'CURRENT')) }
  }
  for (const [name, damage] of Object.entries(damages)) {
    it(`is repaired when ${name}`, async () => {
      await using dir = await makeTempDir()
      await filled(dir.path)
      await damage(dir.path)

      const { datastore, warnings, close } = await openDatastore(dir.path)
      expect(warnings.map(({ code }) => code)).to.deep.equal(['DATASTORE_REPAIRED'])
      const entries = warnings[0]?.details.entries
      if (!name.includes('table')) expect(entries).to.equal(ENTRIES)
      let read = 0
      for await (const { value } of datastore.query({})) read += value.length > 0 ? 1 : 0
      expect(read).to.equal(entries)
      await datastore.put(keyOf(0), Uint8Array.of(9))
      await close()

      const again = await openDatastore(dir.path)
      expect(again.warnings).to.be.empty
      expect(await again.datastore.get(keyOf(0))).to.deep.equal(Uint8Array.of(9))
      await again.close()
    })
  }

  it('is put aside, whole, when it cannot be repaired', async () => {
    await using dir = await makeTempDir()
    for (const aside of ['datastore.damaged-1', 'datastore.damaged-2']) {
      await filled(dir.path)
      const current = join(dir.path, 'datastore', 'CURRENT')
      await rm(current)
      await mkdir(current)
      const before = await files(dir.path, '.ldb')

      const { datastore, warnings, close } = await openDatastore(dir.path)
      const [warning] = warnings
      expect(warning?.code).to.equal('DATASTORE_REPLACED')
      expect(warning?.details.aside).to.equal(join(dir.path, aside))
      expect(warning?.message).to.include(aside).and.include('the identity is not stored there')
      expect(await datastore.has(keyOf(0))).to.be.false
      expect(await readdir(join(dir.path, aside))).to.include.members(before.map(path => path.slice(dir.path.length + '/datastore/'.length)))
      await close()
    }
  })

  it('is put aside when it is a file', async () => {
    await using dir = await makeTempDir()
    await writeFile(join(dir.path, 'datastore'), 'not a folder')
    const { warnings, close } = await openDatastore(dir.path)
    expect(warnings.map(({ code }) => code)).to.deep.equal(['DATASTORE_REPLACED'])
    expect(await readFile(join(dir.path, 'datastore.damaged-1'), 'utf8')).to.equal('not a folder')
    await close()
  })

  it('is not touched when another has it open', async () => {
    await using dir = await makeTempDir()
    const first = await openDatastore(dir.path)
    const err = await rejection(openDatastore(dir.path))
    expect(err.code).to.equal('DATASTORE_UNAVAILABLE')
    expect(err.message).to.include('no other program')
    await first.datastore.put(keyOf(1), Uint8Array.of(1))
    await first.close()
  })
})
