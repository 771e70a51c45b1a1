import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import { hiddenLine } from '../../../src/cli/client/input.ts'
import { Output } from '../../../src/cli/client/output.ts'
import { checkNewFile, writeSecret } from '../../../src/cli/client/secret.ts'
import { rejection } from '../../support/rejection.ts'
import { makeTempDir } from '../../support/temp-dir.ts'
import type { Terminal } from '../../../src/cli/reporter.ts'

async function * typing (...texts: string[]): AsyncGenerator<string, void, void> {
  yield * texts
}

function terminal (): { out: Output, shown: () => string, noted: () => string } {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  const stderr = new PassThrough()
  const out = new Output({ stdout, stderr, environment: {} } as unknown as Terminal, false)
  return { out, shown: () => String(stdout.read() ?? ''), noted: () => String(stderr.read() ?? '') }
}

describe('a secret that is typed', () => {
  it('is one line, with what was taken back', async () => {
    expect(await hiddenLine(typing('pass', 'x\u007F wörd 🗝', '\r'))).to.equal('pass wörd 🗝')
    expect(await hiddenLine(typing('wrong\u0015right\n'))).to.equal('right')
    expect(await hiddenLine(typing('end\u0004'))).to.equal('end')
  })

  it('has nothing of keys that write nothing', async () => {
    expect(await hiddenLine(typing('a\u001B[Ab', '\u001BOP\u001B[3~c\u0001\r'))).to.equal('abc')
  })

  it('is not the first of several lines', async () => {
    expect(await rejection(hiddenLine(typing('one\rtwo\r')))).to.include({ code: 'USAGE' }).and.have.property('message').that.includes('several were pasted')
  })

  it('is none after Ctrl-C', async () => {
    expect(await rejection(hiddenLine(typing('abc\u0003')))).to.have.property('code', 'DECLINED')
  })
})

describe('a secret that is opened', () => {
  const answer = (text: string) => ({ id: 'x', base64: Buffer.from(text).toString('base64'), text })

  it('goes to a new file that is its owner\'s', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'secret')
    await checkNewFile(path)
    expect(await readdir(dir.path), 'it was only tried').to.deep.equal([])
    await writeSecret(answer('a\u001Bb'), path, terminal().out)
    expect((await stat(path)).mode & 0o777).to.equal(0o600)
    expect(await readFile(path, 'utf8')).to.equal('a\u001Bb')
  })

  it('is not asked for when that file cannot be made', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'there')
    await writeFile(path, 'mine')
    expect(await rejection(checkNewFile(path))).to.have.property('message').that.includes('is there already')
    expect(await readFile(path, 'utf8')).to.equal('mine')
    expect(await rejection(checkNewFile(join(dir.path, 'none', 'x')))).to.have.property('code', 'USAGE')
    await mkdir(join(dir.path, 'folder'))
    expect(await rejection(checkNewFile(join(dir.path, 'folder')))).to.have.property('code', 'USAGE')
  })

  it('is shown on a terminal as it is, or with a word that it is not', async () => {
    const { out, shown, noted } = terminal()
    await writeSecret(answer('one\ntwo'), undefined, out)
    expect([shown(), noted()]).to.deep.equal(['one\ntwo\n', ''])
    await writeSecret(answer('a\u001B[2J\tb'), undefined, out)
    expect(shown()).to.equal('a?[2J  b\n')
    expect(noted()).to.include('--out FILE')
  })
})
