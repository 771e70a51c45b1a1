import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { lineOf, readLines } from '../../../src/services/bans/ban-lines.ts'
import { MAX_LINES } from '../../../src/services/bans/constants.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { START_MS } from '../../support/open-book.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { rejection } from '../../support/rejection.ts'
import { openBans, SELF } from './open-bans.ts'
import type { Ban } from '../../../src/services/bans/index.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function usedBytes (): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

const PEER = randomPeerId(seededRng(3)).toString()

describe('bans: import and export', () => {
  it('reads what it has written', async () => {
    const key = fc.oneof(
      fc.nat().map(seed => ({ kind: 'peer' as const, key: randomPeerId(seededRng(seed)).toString() })),
      fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => ({ kind: 'ip' as const, key: `9.9.${a}.${b}` })),
      fc.nat(255).map(a => ({ kind: 'prefix' as const, key: `9.8.${a}.0/24` }))
    )
    const rest = fc.record({
      by: fc.constantFrom('hand' as const, 'score' as const, 'spread' as const), reason: fc.string({ unit: 'binary', maxLength: 512 }), sinceMs: fc.nat(), strikes: fc.integer({ min: 1, max: 1000 }),
      severity: fc.double({ min: 0, max: 1e6, noNaN: true }).map(value => value + 0)
    })
    const optional = fc.record({ untilMs: fc.integer({ min: START_MS + 1, max: Number.MAX_SAFE_INTEGER }), host: fc.constantFrom('9.9.9.9', '2606:4700::/64') }, { requiredKeys: [] })
    await fc.assert(fc.asyncProperty(key, rest, optional, async (key, rest, optional) => {
      const ban: Ban = { ...key, ...rest, ...optional }
      const { bans } = await readLines([lineOf(ban)], START_MS)
      expect(bans).to.deep.equal([JSON.parse(JSON.stringify(ban))])
    }))
  })

  it('takes a line with nothing but a key for a ban by hand for good', async () => {
    expect(await readLines(['{"key":"9.9.9.9/32"}', '', '  '], START_MS)).to.deep.equal({
      bans: [{ kind: 'ip', key: '9.9.9.9', by: 'hand', reason: 'imported', sinceMs: START_MS, strikes: 1, severity: 100 }], skipped: 0
    })
  })

  it('skips what has ended, and takes the longer of two bans of one key', async () => {
    const lines = [
      `{"key":"9.9.9.9","untilMs":${START_MS}}`, `{"key":"9.9.9.8","untilMs":${START_MS + 1}}`, `{"key":"9.9.9.8","untilMs":${START_MS + 3}}`,
      `{"key":"9.9.9.8","untilMs":${START_MS + 2}}`, '{"key":"9.9.9.7"}', `{"key":"9.9.9.7","untilMs":${START_MS + 2}}`
    ]
    const { bans, skipped } = await readLines(lines, START_MS)
    expect(bans.map(({ key, untilMs }) => [key, untilMs])).to.deep.equal([['9.9.9.8', START_MS + 3], ['9.9.9.7', undefined]])
    expect(skipped).to.equal(4)
  })

  const bad: Array<[line: string, says: string]> = [
    ['nonsense', 'JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['"9.9.9.9"', 'not a JSON object'],
    ['{}', 'no "key"'],
    ['{"key":7}', 'no "key"'],
    ['{"key":"9.9.9.9/8"}', 'did you mean 9.0.0.0/8?'],
    ['{"key":"nobody"}', 'neither a peer id'],
    ['{"key":"9.9.9.9","kind":"peer"}', 'of the kind "ip"'],
    ['{"key":"9.9.9.9","kind":"host"}', '"peer", "ip" or "prefix"'],
    ['{"key":"9.9.9.9","by":"me"}', '"by" is "me"'],
    ['{"key":"9.9.9.9","untilMs":"tomorrow"}', '"untilMs" is "tomorrow"'],
    ['{"key":"9.9.9.9","untilMs":null}', '"untilMs" is null'],
    ['{"key":"9.9.9.9","untilMs":-1}', '"untilMs" is -1'],
    ['{"key":"9.9.9.9","untilMS":1}', '"untilMS" is no field of a ban'],
    ['{"key":"9.9.9.9","constructor":1}', '"constructor" is no field of a ban'],
    ['{"key":"9.9.9.9","__proto__":{}}', '"__proto__" is no field of a ban'],
    ['{"key":"9.9.9.9","strikes":0}', '"strikes" is 0'],
    ['{"key":"9.9.9.9","severity":-1}', '"severity" is -1'],
    ['{"key":"9.9.9.9","sinceMs":1.5}', '"sinceMs" is 1.5'],
    ['{"key":"9.9.9.9","host":"example.org"}', 'example.org'],
    [`{"key":"9.9.9.9","host":"${PEER}"}`, '"host" is'],
    [JSON.stringify({ key: '9.9.9.9', reason: 'x'.repeat(513) }), 'at most 512 characters'],
    [`{"key":"9.9.9.9"}${' '.repeat(4_096)}`, 'more than 4096']
  ]
  for (const [line, says] of bad) {
    it(`refuses ${line.slice(0, 60)}, and tells which line it was`, async () => {
      const error = await rejection(readLines(['{"key":"9.9.9.9"}', '', line], START_MS))
      expect(error.code).to.equal('BANS_IMPORT_INVALID')
      expect(error.message).to.include('line 3 is no ban').and.include(says).and.include('nothing was imported')
      expect(error.details).to.deep.equal({ line: 3 })
    })
  }

  it('applies all of it or nothing', async () => {
    const { bans, stop, events } = await openBans()
    const error = await rejection(bans.import([`{"key":"${PEER}"}`, '{"key":"9.9.9.9"}', '{"key":"nobody"}']))
    expect(error.code).to.equal('BANS_IMPORT_INVALID')
    expect(bans.list()).to.deep.equal([])
    expect(events).to.deep.equal([])
    await stop()
  })

  it('moves bans from one node to another, but no ban of that node itself, of whom it allows, and none that is shorter than its own', async () => {
    const [from, to] = [await openBans(), await openBans({ allow: ['9.9.9.9', PEER], ban: ['9.9.7.0/24'] })]
    for (const key of ['9.9.9.9', '9.9.9.8', '9.9.9.0/24', '9.9.7.0/24', PEER]) await from.bans.ban(key)
    await to.bans.ban('9.9.9.8', { durationMs: 'forever', reason: 'mine' })
    const lines = [...from.bans.export(), JSON.stringify({ key: SELF.toString() })]
    expect(lines).to.have.length(6)
    const own = to.events.length
    expect(await to.bans.import((async function * () { yield * lines })())).to.deep.equal({ added: 1, skipped: 5 })
    expect(to.bans.list().map(({ key, reason }) => `${key} ${reason}`)).to.have.members(['9.9.9.0/24 ', '9.9.8.0 mine'.replace('8.0', '9.8'), '9.9.7.0/24 configured'])
    expect(to.events.slice(own)).to.deep.equal(['added 9.9.9.0/24'])
    expect(to.bans.get('9.9.9.0/24')).to.deep.equal(from.bans.get('9.9.9.0/24'))
    const again = await to.reopen()
    expect(again.bans.get('9.9.9.0/24')).to.deep.equal(from.bans.get('9.9.9.0/24'))
    await again.stop()
    await from.stop()
  })

  it('disconnects whom an import bans, and tells scoring of those it knows', async () => {
    const { bans, clock, connections, scoring, stop } = await openBans()
    const [known, stranger, neighbour] = [randomPeerId(seededRng(6)), randomPeerId(seededRng(7)), randomPeerId(seededRng(8))]
    scoring.condemn(known, { misbehaviour: 10 })
    await bans.unban(known)
    scoring.told.length = 0
    connections.open(stranger, '/ip4/9.9.9.9/tcp/1')
    connections.open(neighbour, '/ip4/9.9.8.9/tcp/1')
    await bans.import([known.toString(), stranger.toString(), '9.9.8.0/24'].map(key => JSON.stringify({ key, untilMs: START_MS + 60_000 })))
    expect(scoring.told).to.deep.equal([`banned ${known.toString()} 1`])
    clock.advance(500)
    expect(connections.peers).to.deep.equal([])
    clock.advance(60_000)
    expect(scoring.told).to.deep.equal([`banned ${known.toString()} 1`, `released ${known.toString()} expired`])
    await stop()
  })

  it('gives up on 1,000,000 lines before they take memory, and stops reading', async function () {
    const { bans, stop } = await openBans()
    let read = 0
    let isClosed = false
    let heldBytes = 0
    const before = usedBytes()
    function * million (): Generator<string> {
      try {
        for (; read < 1_000_000; read++) {
          if (read === MAX_LINES) heldBytes = usedBytes() - before
          yield `{"key":"${11 + (read >> 16)}.${read >> 8 & 255}.${read & 255}.1","untilMs":${Number.MAX_SAFE_INTEGER}}`
        }
      } finally {
        isClosed = true
      }
    }
    const error = await rejection(bans.import(million()))
    expect(error.code).to.equal('BANS_IMPORT_TOO_LONG')
    expect(error.message).to.include(String(MAX_LINES))
    expect({ read, isClosed }).to.deep.equal({ read: MAX_LINES, isClosed: true })
    expect(bans.list()).to.deep.equal([])
    process.stdout.write(`      1,000,000 lines: ${read} read, at most ${(heldBytes / 2 ** 20).toFixed(1)} MB held (limit 32 MB)\n`)
    // what tests before this one held may be freed meanwhile
    expect(heldBytes).to.be.at.most(32 * 2 ** 20)
    await stop()
  })
})
