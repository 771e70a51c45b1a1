import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { MemoryDatastore } from 'datastore-core'
import { expect } from 'chai'
import { LEAST_BYTES } from '../../../src/http/inbox/folder-room.ts'
import { ReceivedFiles } from '../../../src/http/inbox/received-files.ts'
import { systemClock } from '../../../src/util/clock.ts'
import { eventually, passes } from '../../support/eventually.ts'
import { rejection } from '../../support/rejection.ts'
import { makeTempDir } from '../../support/temp-dir.ts'
import { Programs } from './inbox-nodes.ts'
import type { AppNode, FileOffer, FileSink } from '../../../src/index.ts'
import type { Program } from './inbox-nodes.ts'

const MIB = 1024 * 1024
const rejected = async (promise: Promise<unknown>): Promise<void> => { expect(await promise.then(() => 'taken', () => 'rejected')).to.equal('rejected') }
const CONTENT = randomBytes(MIB + 1)

describe('http: files that are received', () => {
  let programs: Programs
  let sender: AppNode
  let dir: Awaited<ReturnType<typeof makeTempDir>>

  beforeEach(async () => {
    programs = new Programs()
    dir = await makeTempDir()
    sender = (await programs.run()).node
  })
  afterEach(async () => {
    await programs[Symbol.asyncDispose]()
    await dir[Symbol.asyncDispose]()
  })

  async function receiver (maxBytes = 64 * MIB, init = {}): Promise<Program> {
    const program = await programs.run(init, { dir: join(dir.path, 'files'), maxBytes })
    await sender.dial(program.node.getMultiaddrs())
    return program
  }

  const send = async ({ node }: Program, name: string, content: Uint8Array = CONTENT): Promise<unknown> => {
    return await sender.services.messaging.sendFile(node.peerId, new Blob([new Uint8Array(content)]), { name }).done
  }
  const files = async (): Promise<string[]> => (await readdir(join(dir.path, 'files'))).sort()
  const read = async (name: string): Promise<Buffer> => await readFile(join(dir.path, 'files', name))
  const outcomes = ({ told }: Program): unknown[] => told.filter(({ event, state }) => event === 'file:progress' && state !== 'running')

  it('are in the folder, whole, and told', async () => {
    const program = await receiver()
    await send(program, 'a.bin')
    expect((await read('a.bin')).equals(CONTENT)).to.equal(true)
    expect(await files()).to.deep.equal(['a.bin'])
    await eventually('it is told', () => outcomes(program).length === 1)
    const [done] = outcomes(program) as [Record<string, unknown>]
    expect(done).to.include({ direction: 'in', name: 'a.bin', state: 'done', bytes: CONTENT.byteLength, size: CONTENT.byteLength, peerId: sender.peerId.toString(), path: join(dir.path, 'files', 'a.bin') })
    expect(program.told.find(({ state }) => state === 'running')).to.include({ event: 'file:progress', id: done.id, direction: 'in' })
    const kept: string[] = []
    program.hub.subscribe({ after: 'oldest', types: new Set(['file:progress']) }, ({ json }) => { kept.push((JSON.parse(json) as { state: string }).state) }).end()
    expect(kept, 'what is kept').to.deep.equal(['done'])
  })

  it('never take the name of another', async () => {
    const program = await receiver()
    await send(program, 'a.txt', Buffer.from('first'))
    await writeFile(join(dir.path, 'files', 'b.txt'), 'mine')
    await symlink('/nowhere', join(dir.path, 'files', 'link'))
    await Promise.all(['a.txt', 'A.TXT', 'a.txt', 'b.txt', 'link', '.hidden', '-rf'].map(async name => { await send(program, name, Buffer.from(name)) }))
    const names = await files()
    expect(names.map(name => name.toLowerCase())).to.have.members(['a.txt', 'a (1).txt', 'a (2).txt', 'a (3).txt', 'b.txt', 'b (1).txt', 'link', 'link (1)', 'hidden', 'rf'])
    expect([await read('a.txt'), await read('b.txt')].map(String)).to.deep.equal(['first', 'mine'])
    expect((await stat(dir.path)).isDirectory()).to.equal(true)
  })

  it('have no more room than there is', async () => {
    const program = await receiver(CONTENT.byteLength + LEAST_BYTES)
    expect(await rejection(send(program, 'huge', randomBytes(2 * MIB)))).to.include({ code: 'MESSAGING_FILE_DECLINED' }).and.to.have.property('message').that.includes('no room')
    expect(outcomes(program)).to.have.length(1)
    expect(outcomes(program)[0]).to.include({ name: 'huge', state: 'failed' })
    await send(program, 'a')
    // a size that nobody tells
    const grows = sender.services.messaging.sendFile(program.node.peerId, new Blob([randomBytes(2 * MIB)]).stream(), { name: 'grows' })
    expect(await rejection(grows.done)).to.have.property('code').that.matches(/^MESSAGING_FILE_/)
    await passes(async () => { expect(await files()).to.deep.equal(['a']) })
    await passes(async () => { await send(program, 'tiny', Buffer.from('x')) })
    expect(await rejection(send(program, 'one more', Buffer.from('x')))).to.include({ code: 'MESSAGING_FILE_DECLINED' })
    expect(await files()).to.deep.equal(['a', 'tiny'])
  })

  it('go on after the receiver was started again, under a name that is free by then', async () => {
    const mine = { privateKey: await generateKeyPair('Ed25519'), datastore: new MemoryDatastore() }
    const content = randomBytes(8 * MIB)
    const first = await receiver(64 * MIB, mine)
    const more = Promise.withResolvers<void>()
    const reads: number[] = []
    const transfer = sender.services.messaging.sendFile(first.node.peerId, {
      size: content.byteLength,
      read: async (into, offset) => {
        if (offset >= 6 * MIB) await more.promise
        reads.push(offset)
        return content.copy(into, 0, offset)
      }
    }, { name: 'long.bin' })
    await eventually('some of it is there', () => first.node.services.messaging.snapshot().files.receivedBytes >= 2 * MIB)
    await first.node.stop()
    await writeFile(join(dir.path, 'files', 'long.bin'), 'meanwhile')
    const again = await receiver(64 * MIB, mine)
    more.resolve()
    await transfer.done
    expect((await read('long (1).bin')).equals(content)).to.equal(true)
    expect(transfer.progress.resumedAt, 'not from the start').to.be.at.least(2 * MIB)
    expect(await files()).to.deep.equal(['long (1).bin', 'long.bin'])
    await eventually('it is told', () => outcomes(again).length === 1)
  })

  it('leave no part behind for ever', async () => {
    const program = await receiver(2 * MIB)
    await mkdir(join(dir.path, 'files'))
    const [old, young] = ['.0123456789abcdef0123456789abcdef-abcdefgh.part', '.f123456789abcdef0123456789abcdef-abcdefgh.part'].map(name => join(dir.path, 'files', name)) as [string, string]
    for (const path of [old, young]) await writeFile(path, randomBytes(MIB / 2))
    const longAgo = new Date(Date.now() - 8 * 24 * 3_600_000)
    await utimes(old, longAgo, longAgo)
    await send(program, 'a')
    expect(await files()).to.deep.equal(['.f123456789abcdef0123456789abcdef-abcdefgh.part', 'a'])
  })

  it('have the room again of what was deleted', async () => {
    const program = await receiver(CONTENT.byteLength)
    await send(program, 'a')
    await rm(join(dir.path, 'files', 'a'))
    await passes(async () => { await send(program, 'b') })
    expect(await files()).to.deep.equal(['b'])
  })

  it('are declined without a folder', async () => {
    const program = await programs.run()
    await sender.dial(program.node.getMultiaddrs())
    expect(await rejection(send(program, 'a'))).to.include({ code: 'MESSAGING_FILE_DECLINED' })
  })

  describe('of which there are many', () => {
    const offered = (name: string, then: object): FileOffer => ({
      id: 'ab'.repeat(16), peerId: sender.peerId, name, type: 'text/plain', size: 1, resumeAt: 0, signal: new AbortController().signal, accept: () => { throw new Error('unexpected') }, decline: () => {}, ...then
    })
    const inFolder = async (names: string[]): Promise<ReceivedFiles> => {
      await Promise.all(names.map(async name => { await writeFile(join(dir.path, name), 'x') }))
      return new ReceivedFiles({ dir: dir.path, maxBytes: 1024 * MIB, clock: systemClock, ended: () => {}, running: () => {} })
    }

    it('cost no more to take than few', async () => {
      const received = await inFolder(['a.txt', ...Array.from({ length: 2_000 }, (_, i) => `a (${i + 1}).txt`)])
      const given: unknown[] = []
      const accept = (sink: FileSink): never => {
        given.push(sink.abort(new Error('not now')))
        throw new Error('not now')
      }
      await rejected(received.take(offered('a.txt', { accept })))
      const { user } = process.cpuUsage()
      for (let i = 0; i < 50; i++) await rejected(received.take(offered('a.txt', { accept })))
      expect(given).to.have.length(51)
      await Promise.all(given)
      // to look at the folder takes 20 ms and more
      expect((process.cpuUsage().user - user) / 1_000 / 50, 'milliseconds of each').to.be.below(10)
    })
  })
})
