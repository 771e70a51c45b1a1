import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { openDataDir } from '../../src/platform/data-dir.ts'
import { rejection } from '../support/rejection.ts'
import { makeTempDir } from '../support/temp-dir.ts'

describe('platform/data-dir', () => {
  it('makes the folder for its owner only', async function () {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'a', 'b')
    const opened = await openDataDir(path)
    expect(opened.path).to.equal(path)
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).to.equal(0o700)
    await opened.close()
  })

  it('is locked until it is closed, and the second is told by whom', async () => {
    await using dir = await makeTempDir()
    const first = await openDataDir(dir.path)
    const err = await rejection(openDataDir(dir.path))
    expect(err.code).to.equal('DATA_DIR_IN_USE')
    expect(err.details.pid).to.equal(process.pid)
    expect(err.message).to.include(`pid ${process.pid}`).and.include(dir.path)

    await Promise.all([first.close(), first.close()])
    expect(await readdir(dir.path)).to.deep.equal(['lock'])
    await (await openDataDir(dir.path)).close()
  })

  it('goes to one of many that come at once', async () => {
    await using dir = await makeTempDir()
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => openDataDir(dir.path)))
    const winners = outcomes.flatMap(outcome => outcome.status === 'fulfilled' ? [outcome.value] : [])
    expect(winners).to.have.length(1)
    await winners[0]?.close()
  })

  it('is free after its holder was killed, though the pid is in use again', async function () {
    this.timeout(30_000)
    await using dir = await makeTempDir()
    const holder = spawn(process.execPath, ['--no-warnings', '--experimental-strip-types', join(import.meta.dirname, '../support/data-dir-holder.ts'), dir.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(holder, 'exit')
    try {
      await once(holder.stdout, 'data')
      const err = await rejection(openDataDir(dir.path))
      expect(err.details.pid).to.equal(holder.pid)
    } finally {
      holder.kill('SIGKILL')
      await exited
    }
    // as if the system had given the dead holder's pid to another program, this one
    await writeFile(join(dir.path, 'node.pid'), `${process.pid}\n`)
    const opened = await openDataDir(dir.path)
    expect(await readFile(join(dir.path, 'node.pid'), 'utf8')).to.equal(`${process.pid}\n`)
    await opened.close()
  })

  it('does not name a pid that is dead', async () => {
    await using dir = await makeTempDir()
    const first = await openDataDir(dir.path)
    // larger than any system gives
    await writeFile(join(dir.path, 'node.pid'), '2147483646\n')
    const err = await rejection(openDataDir(dir.path))
    expect(err.code).to.equal('DATA_DIR_IN_USE')
    expect(err.details).to.not.have.property('pid')
    await first.close()
  })

  it('says what to do when it cannot be written to', async () => {
    await using dir = await makeTempDir()
    const file = join(dir.path, 'file')
    await writeFile(file, '')
    for (const path of [file, join(file, 'below')]) {
      const err = await rejection(openDataDir(path))
      expect(err.code).to.equal('DATA_DIR_UNWRITABLE')
      expect(err.message).to.include(path).and.include('choose another')
    }
  })

  it('opens with a damaged lock', async () => {
    await using dir = await makeTempDir()
    await (await openDataDir(dir.path)).close()
    await writeFile(join(dir.path, 'lock', 'CURRENT'), 'rubbish')
    await (await openDataDir(dir.path)).close()
  })
})
