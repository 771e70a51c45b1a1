import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { tell } from '../support/figure.ts'
import { freePorts } from '../support/free-ports.ts'
import { killPrograms, Program, runtime } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { LetterLine } from '../support/letter-writer.ts'

const SCRIPT = fileURLToPath(new URL('../support/letter-writer.ts', import.meta.url))
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const MESSAGES = 1_000
/** A third of what the target says: longer waits differ in nothing but the retries, which are 2 s apart here. */
const AWAY_MS = 20_000
const RETURN_LIMIT_MS = 30_000
const READY_LIMIT_MS = 60_000

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** A data directory and a port, and the program that runs there now; it may end and begin anew. */
class Writer {
  /** Of all its programs. */
  readonly #lines: LetterLine[] = []
  /** Of the lines of the program, those that were read. */
  #read = 0
  readonly #dir: string
  readonly #port: number
  #program?: Program

  constructor (dir: string, port: number) {
    this.#dir = dir
    this.#port = port
  }

  get program (): Program {
    if (this.#program == null) throw new Error('it was not started')
    return this.#program
  }

  async start (): Promise<NonNullable<LetterLine['ready']>> {
    const program = this.#program = new Program({ command: [runtime, '--import', TSX, SCRIPT], args: [this.#dir, String(this.#port)], json: false, stdin: true })
    this.#read = 0
    const before = this.said('ready').length
    return await program.until(() => this.said('ready')[before], 'ready', READY_LIMIT_MS)
  }

  /** What it has said under this name, all its programs together. */
  said<K extends keyof LetterLine> (name: K): Array<NonNullable<LetterLine[K]>> {
    this.#refresh()
    return this.#lines.flatMap(line => line[name] == null ? [] : [line[name]]) as Array<NonNullable<LetterLine[K]>>
  }

  async end (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.program.stop(signal)
    this.#refresh()
  }

  #refresh (): void {
    const lines = this.#program?.lines ?? []
    while (this.#read < lines.length) {
      const line = lines[this.#read++]!
      if (line.startsWith('{')) this.#lines.push(JSON.parse(line) as LetterLine)
    }
  }
}

describe('story: a thousand messages for somebody who is away', function () {
  afterEach(killPrograms)

  for (const { name, receiverEnds, senderEnds } of [
    { name: 'are all delivered once, in order, when it is back', receiverEnds: 'SIGTERM', senderEnds: undefined },
    { name: 'are all delivered once, in order, though the sender was killed by kill -9 meanwhile', receiverEnds: 'SIGKILL', senderEnds: 'SIGKILL' }
  ] as const) {
    it(name, async () => {
      await using dir = await makeTempDir()
      const port = await freePorts(2)
      const [sender, receiver] = [new Writer(`${dir.path}/sender`, port), new Writer(`${dir.path}/receiver`, port + 1)]
      const [, { address, peerId }] = await Promise.all([sender.start(), receiver.start()])
      sender.program.type(`dial ${address}`)
      sender.program.type(`send ${peerId} 0 1`)
      await sender.program.until(() => sender.said('delivered').length === 1, 'first receipt')
      await receiver.end(receiverEnds)

      sender.program.type(`send ${peerId} 1 ${MESSAGES}`)
      await sender.program.until(() => sender.said('sent').length === MESSAGES + 1, 'all of them sent', 30_000)
      if (senderEnds != null) {
        await sender.end(senderEnds)
        expect((await sender.start()).outbox, 'kept over kill -9').to.equal(MESSAGES)
      }
      await new Promise(resolve => setTimeout(resolve, AWAY_MS))
      const startMs = performance.now()
      await receiver.start()
      await receiver.program.until(() => receiver.said('got').length > MESSAGES, 'all of them', RETURN_LIMIT_MS)
      tell(`${MESSAGES} messages after it was back`, `${((performance.now() - startMs) / 1_000).toFixed(2)} s`, `${RETURN_LIMIT_MS / 1_000} s`)
      // a second copy would come soon
      await new Promise(resolve => setTimeout(resolve, 3_000))
      expect(receiver.said('got')).to.deep.equal(upTo(MESSAGES + 1))
    })
  }
})
