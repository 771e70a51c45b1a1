import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { seededRng } from '../../src/util/rng.ts'
import { tell } from '../support/figure.ts'
import { freePorts } from '../support/free-ports.ts'
import { killPrograms, Program, runtime } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { FilePeerEvent } from '../support/file-peer-event.ts'

const MIB = 2 ** 20
const CHUNK_BYTES = MIB
const SIZE = 1_024 * MIB
const LIMIT_MS = 400_000
const MAX_GROWTH = 64 * MIB
const PEER = fileURLToPath(new URL('../support/file-peer.ts', import.meta.url))
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

type Told<E extends FilePeerEvent['event']> = FilePeerEvent & { event: E }

/** `file-peer.ts` in a process of its own. */
class Peer {
  readonly program: Program
  #read = 0
  readonly #events: FilePeerEvent[] = []

  constructor (args: string[]) {
    this.program = new Program({ command: [runtime, '--import', TSX, PEER], args, json: false })
  }

  get events (): readonly FilePeerEvent[] {
    for (; this.#read < this.program.lines.length; this.#read++) {
      const line = this.program.lines[this.#read] as string
      if (line.startsWith('{"event"')) this.#events.push(JSON.parse(line) as FilePeerEvent)
    }
    return this.#events
  }

  async told<E extends FilePeerEvent['event']> (name: E, fits: (event: Told<E>) => boolean = () => true): Promise<Told<E>> {
    return await this.program.until(() => this.events.find((event): event is Told<E> => event.event === name && fits(event as Told<E>)), name, LIMIT_MS)
  }

  /** Of the kernel's book, in bytes. */
  async memory (field: 'VmRSS' | 'VmHWM'): Promise<number> {
    const status = await readFile(`/proc/${this.program.pid}/status`, 'utf8')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024
  }
}

/** No two megabytes of it are the same. */
async function writeBig (path: string): Promise<void> {
  const rng = seededRng(5)
  const block = new Uint8Array(MIB)
  for (let at = 0; at < MIB; at += 64) block.set(rng.bytes(8), at)
  const file = await open(path, 'w')
  for (let i = 0; i < SIZE / MIB; i++) {
    new DataView(block.buffer).setUint32(8, i)
    await file.write(block)
  }
  await file.close()
}

async function sha256 (path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path, { highWaterMark: MIB })) hash.update(part as Uint8Array)
  return hash.digest('hex')
}

describe(`story: a file of ${SIZE / MIB} MiB`, function () {
  this.timeout(LIMIT_MS)
  afterEach(killPrograms)

  for (const killed of ['nobody', 'receiver', 'sender'] as const) {
    it(`arrives intact while ${killed === 'nobody' ? 'nobody' : `the ${killed}`} is killed at half of it`, async () => {
      await using dir = await makeTempDir()
      const [source, folder] = [join(dir.path, 'source.bin'), dir.path]
      await writeBig(source)
      const port = await freePorts(1)
      const id = '5e'.repeat(16)
      const receive = (): Peer => new Peer([join(dir.path, 'receiver'), folder, `/ip4/127.0.0.1/tcp/${port}`])
      let receiver = receive()
      const address = (await receiver.told('ready')).addresses[0] as string
      const send = (): Peer => new Peer([join(dir.path, 'sender'), folder, '/ip4/127.0.0.1/tcp/0', source, address, id])
      const idle = await receiver.memory('VmRSS')
      let sender = send()
      await sender.told('ready')
      const idleSender = await sender.memory('VmRSS')
      const beganMs = performance.now()

      if (killed !== 'nobody') {
        await (killed === 'receiver' ? receiver : sender).told('file:progress', ({ bytes }) => bytes >= SIZE / 2)
        await (killed === 'receiver' ? receiver : sender).program.kill()
        const part = (await readdir(folder)).find(name => name.endsWith('.part')) as string
        let there = (await stat(join(folder, part))).size
        if (killed === 'receiver') receiver = receive()
        else sender = send()
        const { resumedAt } = await receiver.told('file:resumed', event => killed === 'receiver' || event.resumedAt > 0)
        // what was under way when the sender went was still written
        if (killed === 'sender') there = Math.max(there, resumedAt)
        tell('written at the kill, and resumed at', `${(there / MIB).toFixed(2)} and ${resumedAt / MIB} MiB`, '1 chunk apart')
        expect(Math.abs(resumedAt - there)).to.be.at.most(CHUNK_BYTES)
        if (killed === 'receiver') expect((await receiver.told('file:offered')).resumeAt).to.be.above(SIZE / 2 - 64 * MIB)
      }
      const [sent, received] = await Promise.all([sender.told('file:done'), receiver.told('file:done')])
      const seconds = (performance.now() - beganMs) / 1_000
      expect(sent).to.deep.equal(received)
      expect(sent.bytes).to.equal(SIZE)
      expect(await sha256(join(folder, 'big.bin'))).to.equal(await sha256(source))
      tell('all of it', `${seconds.toFixed(1)} s, ${(SIZE / MIB / seconds).toFixed(0)} MiB/s`, `${LIMIT_MS / 1_000} s`)
      expect((await readdir(folder)).filter(name => name.endsWith('.part'))).to.deep.equal([])

      if (killed !== 'nobody') return
      for (const [name, peer, before] of [['receiver', receiver, idle], ['sender', sender, idleSender]] as const) {
        const growth = await peer.memory('VmHWM') - before
        tell(`most memory of the ${name} over that when idle`, `${(growth / MIB).toFixed(0)} MiB`, `${MAX_GROWTH / MIB} MiB`)
        expect(growth).to.be.at.most(MAX_GROWTH)
      }
    })
  }
})
