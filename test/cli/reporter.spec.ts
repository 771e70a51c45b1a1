import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import { createReporter } from '../../src/cli/reporter.ts'
import type { ProgramEvent } from '../../src/cli/events.ts'
import type { Reporter, Terminal } from '../../src/cli/reporter.ts'

const PEER = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'
const EVIL = '\u001B]0;owned\u0007\u001B[2J\u202E'
/** Of each, a text that others chose. */
const EVENTS: ProgramEvent[] = [
  { event: 'message:refused', id: 'x', peerId: PEER, of: 'text', reason: EVIL },
  { event: 'peer:connected', peerId: PEER, direction: 'outbound', address: `/dns4/${EVIL}x/tcp/1` },
  { event: 'peer:disconnected', peerId: PEER, reason: EVIL, by: 'remote' },
  { event: 'dial:failed', address: `/dns4/${EVIL}x/tcp/1`, message: EVIL, attempt: 1, retryInMs: 1 },
  { event: 'ban:added', kind: 'ip', key: '192.0.2.7', by: 'hand', reason: EVIL },
  { event: 'warning', code: 'X', message: EVIL }
]

function reporter (json: boolean): { reporter: Reporter, written: () => string } {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() }
  const made = createReporter({ ...streams, environment: {} } as unknown as Terminal, json)
  return { reporter: made, written: () => [streams.stdout, streams.stderr].map(stream => String(stream.read() ?? '')).join('') }
}

describe('reporter', () => {
  const ready = { event: 'ready' as const, peerId: PEER, addresses: [], dataDir: '/d', version: '1.0.0', readyMs: 1 }

  for (const event of EVENTS) {
    it(`lets no ${event.event} move the cursor`, () => {
      const { reporter: to, written } = reporter(false)
      to.ready(ready, () => '')
      to.emit(event)
      const text = written()
      expect(text).to.match(/\n$/)
      expect(text.replaceAll('\n', '')).not.to.match(/[\p{Cc}\p{Cf}]/u)
    })
  }

  it('says nothing before ready, but at the end what there was', () => {
    const { reporter: to, written } = reporter(true)
    to.emit({ event: 'warning', code: 'X', message: 'first' })
    expect(written()).to.equal('')
    to.emit({ event: 'stopped' })
    expect(written()).to.match(/"first".*\n.*"stopped"/)
  })
})
