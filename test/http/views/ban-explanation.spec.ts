import { expect } from 'chai'
import { banExplanation } from '../../../src/http/views/ban-explanation.ts'
import { parseTarget } from '../../../src/services/bans/target.ts'
import { ANNA, BORIS } from './known-peers.ts'
import type { Ban } from '../../../src/services/bans/index.ts'

function ban (key: string, kind: Ban['kind']): Ban {
  return { kind, key, by: 'hand', reason: '', sinceMs: 1, strikes: 1, severity: 100 }
}

const BANS = [ban('192.0.0.0/16', 'prefix'), ban('192.0.2.0/24', 'prefix'), ban('192.0.2.7', 'ip'), ban('2001:db8::/48', 'prefix'), ban(ANNA.toString(), 'peer')]
const ALLOW = ['198.51.100.0/24', '203.0.113.9', BORIS.toString()]

describe('http: why somebody is banned or not', () => {
  const table: Array<[target: string, by: string | undefined, allowed: boolean]> = [
    ['192.0.2.7', '192.0.2.7', false],
    ['192.0.2.8', '192.0.2.0/24', false],
    ['192.0.3.1', '192.0.0.0/16', false],
    ['192.0.2.0/25', '192.0.2.0/24', false],
    ['192.0.2.0/24', '192.0.2.0/24', false],
    ['192.0.0.0/9', undefined, false],
    ['2001:db8::1', '2001:db8::/48', false],
    ['::ffff:192.0.2.7', '192.0.2.7', false],
    ['198.51.100.1', undefined, true],
    ['198.51.0.0/16', undefined, false],
    ['203.0.113.9', undefined, true],
    [ANNA.toString(), ANNA.toString(), false],
    [BORIS.toString(), undefined, true]
  ]
  for (const [text, by, allowed] of table) {
    it(`${text}: ${by == null ? 'not banned' : `banned as ${by}`}${allowed ? ', allowed' : ''}`, () => {
      const told = banExplanation({ target: parseTarget(text), bans: BANS, allow: ALLOW, allowedPeer: false, history: [], evidence: [], decisions: [] })
      expect(told.ban?.key).to.equal(by)
      expect(told.allowed).to.equal(allowed)
    })
  }

  it('has a peer allowed that is allowed for where it was seen', () => {
    expect(banExplanation({ target: parseTarget(ANNA.toString()), bans: [], allow: [], allowedPeer: true, history: [], evidence: [], decisions: [] })).to.include({ allowed: true })
  })
})
