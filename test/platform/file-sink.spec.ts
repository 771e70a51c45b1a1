import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { fileSink } from '../../src/platform/file-sink.ts'
import { fileSource } from '../../src/platform/file-source.ts'
import { seededRng } from '../../src/util/rng.ts'
import { randomPeerId } from '../support/random-peer.ts'
import { rejection } from '../support/rejection.ts'
import { makeTempDir } from '../support/temp-dir.ts'

const offer = { id: 'ab'.repeat(16), peerId: randomPeerId(seededRng(1)) }
const bytes = new Uint8Array(100_000).fill(3)

describe('fileSink', () => {
  it('a file appears under its name when it is whole', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'tea.txt')
    const sink = await fileSink(path, offer)
    expect(sink.written).to.equal(0)
    await sink.write(bytes, 0)
    await sink.write(bytes, bytes.byteLength)
    expect(await readdir(dir.path)).to.not.include('tea.txt')
    await sink.close(2 * bytes.byteLength)
    expect(await readdir(dir.path)).to.deep.equal(['tea.txt'])
    expect((await readFile(path)).equals(Buffer.alloc(200_000, 3))).to.equal(true)
  })

  it('goes on with what it had, reads it back, and cuts off what was too much', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'tea.txt')
    const first = await fileSink(path, offer)
    await first.write(bytes, 0)
    await first.abort(new Error('the cable is cut'))
    const sink = await fileSink(path, offer)
    expect(sink.written).to.equal(bytes.byteLength)
    expect(await sink.read?.(10, 5)).to.deep.equal(new Uint8Array(5).fill(3))
    expect((await sink.read?.(bytes.byteLength - 2, 5))?.byteLength).to.equal(2)
    await sink.write(Uint8Array.of(7), 0)
    await sink.close(3)
    expect([...await readFile(path)]).to.deep.equal([7, 3, 3])
  })

  it('writes several parts at once', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'tea.txt')
    const sink = await fileSink(path, offer)
    await sink.write(Uint8Array.of(1), 0)
    await sink.writev?.([Uint8Array.of(2, 3), new Uint8Array(), Uint8Array.of(4)], 1)
    await sink.close(4)
    expect([...await readFile(path)]).to.deep.equal([1, 2, 3, 4])
  })

  it('transfers of two peers, or of two ids, never share a file', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'tea.txt')
    const others = [{ ...offer, id: 'cd'.repeat(16) }, { ...offer, peerId: randomPeerId(seededRng(2)) }]
    const sinks = await Promise.all([offer, ...others].map(async each => await fileSink(path, each)))
    for (const [i, sink] of sinks.entries()) await sink.write(Uint8Array.of(i), 0)
    await sinks[1]?.close(1)
    expect([...await readFile(path)]).to.deep.equal([1])
    for (const sink of [sinks[0], sinks[2]]) {
      const err = await rejection(sink?.close(1) ?? Promise.resolve())
      expect(err.code).to.equal('FILE_EXISTS')
    }
    expect([...await readFile(path)]).to.deep.equal([1])
  })

  it('a file that is there stays as it is, unless it is to be replaced', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'tea.txt')
    await writeFile(path, 'old')
    expect(await rejection(fileSink(path, offer))).to.include({ code: 'FILE_EXISTS' })
    const sink = await fileSink(path, offer, { overwrite: true })
    await sink.write(new TextEncoder().encode('new!'), 0)
    expect(await readFile(path, 'utf8')).to.equal('old')
    await sink.close(4)
    expect(await readFile(path, 'utf8')).to.equal('new!')
    expect(await readdir(dir.path)).to.have.length(1)
  })

  it('names that have no room for more take no more', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'x'.repeat(255))
    const sink = await fileSink(path, offer)
    await sink.close(0)
    expect((await stat(path)).size).to.equal(0)
  })

  it('nothing is left of a transfer of which nothing came, unless another attempt has it open', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'tea.txt')
    const [first, second] = [await fileSink(path, offer), await fileSink(path, offer)]
    await first.abort(new Error('cancelled'))
    await second.write(bytes, 0)
    await second.close(bytes.byteLength)
    expect(await readdir(dir.path)).to.deep.equal(['tea.txt'])
    const third = await fileSink(join(dir.path, 'coffee.txt'), offer)
    expect(await readdir(dir.path)).to.have.length(2)
    await third.abort(new Error('cancelled'))
    expect(await readdir(dir.path)).to.deep.equal(['tea.txt'])
  })

  it('a folder that is not there is told', async () => {
    await using dir = await makeTempDir()
    expect(await rejection(fileSink(join(dir.path, 'none', 'x'), offer))).to.include({ code: 'FILE_UNUSABLE' })
  })
})

describe('fileSource', () => {
  it('is read from anywhere', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'tea.txt')
    await writeFile(path, 'camomile')
    const source = await fileSource(path)
    const into = new Uint8Array(100)
    expect(source.size).to.equal(8)
    expect(await source.read(into.subarray(0, 3), 4)).to.equal(3)
    expect(new TextDecoder().decode(into.subarray(0, 3))).to.equal('mil')
    expect(await source.read(into, 6)).to.equal(2)
    await source.close?.()
  })

  it('a file that was changed is told at its end', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'tea.txt')
    await writeFile(path, 'camomile')
    const source = await fileSource(path)
    await writeFile(path, 'peppermint')
    expect(await rejection(source.read(new Uint8Array(8), 0))).to.include({ code: 'FILE_CHANGED' })
    await source.close?.()
  })

  it('what is no file is told', async () => {
    await using dir = await makeTempDir()
    for (const path of [dir.path, join(dir.path, 'none')]) expect(await rejection(fileSource(path))).to.include({ code: 'FILE_UNREADABLE' })
  })
})
