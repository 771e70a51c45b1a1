import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { tell } from '../support/figure.ts'
import { congestionControls, LossyLink } from '../support/lossy-link.ts'
import { fileBlocks } from '../support/lossy-link-contract.ts'
import { killPrograms, Program, runtime } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { LinkEvent } from '../support/lossy-link-contract.ts'
import type { LinkEnd } from '../support/lossy-link.ts'

const MIB = 2 ** 20
const CHILD = fileURLToPath(new URL('../support/lossy-link-node.ts', import.meta.url))
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const READY_LIMIT_MS = 60_000
const DELAY_MS = 100
const SEED = 5

interface Case {
  loss: number
  messages: number
  fileBytes: number
  limitMs: number
}

// Each way. At 30 % TCP itself brings over 1 MiB a minute with bbr, and a tenth of that with cubic, whoever uses it; bbr
// can make up for losses of up to 20 %.
const CASES: Case[] = [
  { loss: 0.3, messages: 200, fileBytes: 2 * MIB, limitMs: 280_000 },
  { loss: 0.15, messages: 120, fileBytes: 100 * MIB, limitMs: 280_000 }
]

class Node {
  readonly program: Program

  constructor ({ within }: LinkEnd, args: string[]) {
    this.program = new Program({ command: [...within, runtime, '--import', TSX, CHILD], args, json: false })
  }

  get events (): LinkEvent[] {
    return this.program.events as unknown as LinkEvent[]
  }

  async event<E extends LinkEvent['event']> (name: E, limitMs: number): Promise<LinkEvent & { event: E, ms: number }> {
    return await this.program.until(() => this.events.find((event): event is LinkEvent & { event: E, ms: number } => event.event === name), name, limitMs)
  }

  count (name: string): number {
    return this.program.events.filter(({ event }) => event === name).length
  }
}

describe(`story: a link with a round trip of ${2 * DELAY_MS} ms that loses packets`, () => {
  afterEach(killPrograms)

  for (const { loss, messages, fileBytes, limitMs } of CASES) {
    it(`${loss * 100} % each way: ${messages} messages arrive once and in order, and a file of ${fileBytes / MIB} MiB whole`, async function () {
      this.timeout(limitMs + READY_LIMIT_MS)
      const obstacle = LossyLink.obstacle()
      if (obstacle != null) {
        process.stdout.write(`skipped: ${obstacle}\n`)
        this.skip()
      }
      await using dir = await makeTempDir()
      await using link = await LossyLink.make({ delayMs: DELAY_MS, loss, seed: SEED, ...congestionControls().includes('bbr') ? { congestionControl: 'bbr' } : {} })
      const [here, there] = link.ends
      const receiver = new Node(there, ['2', `${dir.path}/receiver`, there.ip])
      const { address } = await receiver.event('link:ready', READY_LIMIT_MS)
      const sender = new Node(here, ['1', `${dir.path}/sender`, here.ip, address, String(messages), String(fileBytes)])
      const { ms: beganMs } = await sender.event('link:ready', READY_LIMIT_MS)

      const { ms: deliveredMs } = await sender.event('link:delivered', limitMs)
      tell(`${messages} messages delivered`, `${((deliveredMs - beganMs) / 1_000).toFixed(1)} s`, `${limitMs / 1_000} s`)
      const { ms: sentMs } = await sender.event('link:file-sent', limitMs - (deliveredMs - beganMs))
      tell(`${fileBytes / MIB} MiB more`, `${((sentMs - deliveredMs) / 1_000).toFixed(1)} s`, `${(limitMs - (deliveredMs - beganMs)) / 1_000} s`)
      const received = await receiver.event('link:file-received', READY_LIMIT_MS)
      tell('connections that broke', String(sender.count('peer:disconnected')), 'any')
      tell('dials that failed', String(sender.count('dial:failed') + receiver.count('dial:failed')), 'any')

      const arrived = receiver.events.flatMap(event => event.event === 'link:message' ? [event.n] : [])
      expect(arrived, 'messages').to.deep.equal(Array.from({ length: messages }, (_, n) => n))
      const wanted = createHash('sha256')
      for (const block of fileBlocks(fileBytes)) wanted.update(block)
      expect(received.sha256, 'hash of the file').to.equal(wanted.digest('hex'))
      // a bad link is nobody's fault
      for (const { program } of [sender, receiver]) {
        const causes = program.events.flatMap(event => event.event === 'peer:misbehaviour' ? [event.cause] : [])
        tell('charges', causes.join(', ') || 'none', 'none of messaging, no ban')
        expect(causes.filter(cause => /^(?:messaging|protocols):/.test(cause)), 'charges').to.deep.equal([])
        expect(program.events.filter(({ event }) => event === 'ban:added'), 'bans').to.deep.equal([])
      }
    })
  }
})
