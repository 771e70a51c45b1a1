import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { openBans } from './open-bans.ts'
import type { OpenBans } from './open-bans.ts'

const PEERS = Array.from({ length: 3 }, (_, i) => randomPeerId(seededRng(200 + i)))
const IPS = ['9.9.9.1', '9.9.9.2', '9.9.8.1', '2606:4700::1']
const TARGETS = [...PEERS.map(String), ...IPS, '9.9.9.0/24', '9.9.8.0/23', '2606:4700::/32']

/** What is in what, told in so many words. */
const INSIDE: Record<string, string[]> = {
  '9.9.9.0/24': ['9.9.9.1', '9.9.9.2'], '9.9.8.0/23': ['9.9.9.1', '9.9.9.2', '9.9.8.1', '9.9.9.0/24'], '2606:4700::/32': ['2606:4700::1']
}

const covers = (outer: string, inner: string): boolean => outer === inner || INSIDE[outer]?.includes(inner) === true

type Step =
  | { do: 'ban', target: string, durationMs: number | 'forever' | 'escalate' }
  | { do: 'unban' | 'allow' | 'disallow', target: string }
  | { do: 'wait', ms: number }
  | { do: 'restart' }

const target = fc.constantFrom(...TARGETS)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ban' as const), target, durationMs: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom('forever' as const, 'escalate' as const)) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('unban' as const, 'allow' as const, 'disallow' as const), target }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 100, 1_000, 5_000, 3_600_000, 4 * 3_600_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) }
)

/** Bans and the allow list as one would write them down. */
class Model {
  readonly bans = new Map<string, number>()
  readonly allowed = new Set<string>()
  readonly strikes = new Map<string, number[]>()
  nowMs: number

  constructor (nowMs: number) {
    this.nowMs = nowMs
  }

  isAllowed (target: string): boolean {
    return [...this.allowed].some(one => covers(one, target))
  }

  isDenied (target: string): boolean {
    return !this.isAllowed(target) && [...this.bans.keys()].some(one => covers(one, target))
  }

  wait (ms: number): void {
    this.nowMs += ms
    for (const [target, untilMs] of this.bans) {
      if (untilMs > this.nowMs) continue
      this.bans.delete(target)
      this.strikes.set(target, [...this.strikes.get(target) ?? [], this.since.get(target)!])
    }
  }

  readonly since = new Map<string, number>()

  ban (target: string, duration: number | 'forever' | 'escalate'): void {
    const recent = (this.strikes.get(target) ?? []).filter(sinceMs => sinceMs > this.nowMs - 30 * 24 * 3_600_000).length
    const escalated = [1, 4, 24, 168][Math.min(recent, 3)]! * 3_600_000
    this.bans.set(target, duration === 'forever' ? Infinity : this.nowMs + (duration === 'escalate' ? escalated : duration))
    this.since.set(target, this.nowMs)
  }
}

async function apply (one: OpenBans, model: Model, step: Step): Promise<OpenBans> {
  const { bans, clock } = one
  switch (step.do) {
    case 'ban': {
      const expected = model.isAllowed(step.target) ? 'BANS_ALLOWED' : 'banned'
      const outcome = await bans.ban(step.target, { durationMs: step.durationMs }).then(() => 'banned', (err: { code: string }) => err.code)
      expect(outcome).to.equal(expected)
      if (expected === 'banned') model.ban(step.target, step.durationMs)
      return one
    }
    case 'unban':
      expect(await bans.unban(step.target)).to.equal(model.bans.delete(step.target))
      return one
    case 'allow':
      await bans.allow(step.target)
      model.allowed.add(step.target)
      for (const banned of model.bans.keys()) if (covers(step.target, banned)) model.bans.delete(banned)
      return one
    case 'disallow':
      expect(await bans.disallow(step.target)).to.equal(model.allowed.delete(step.target))
      return one
    case 'wait':
      clock.advance(step.ms)
      model.wait(step.ms)
      return one
    case 'restart':
      return await one.reopen()
    default:
      throw new Error(`no such step: ${JSON.stringify(step satisfies never)}`)
  }
}

describe('bans: against a model', () => {
  it('whatever is banned, lifted, allowed and waited for, the right ones are denied', async function () {
    this.timeout(20_000)
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      let one = await openBans()
      const model = new Model(one.clock.now())
      for (const step of steps) {
        one = await apply(one, model, step)
        for (const peer of PEERS) expect(one.bans.isDenied({ peerId: peer }), peer.toString()).to.equal(model.isDenied(peer.toString()))
        for (const ip of IPS) expect(one.bans.isDenied({ multiaddr: multiaddr(`/ip${ip.includes(':') ? 6 : 4}/${ip}/tcp/1`) }), ip).to.equal(model.isDenied(ip))
        expect(new Map(one.bans.list().map(({ key, untilMs }) => [key, untilMs ?? Infinity]))).to.deep.equal(model.bans)
        expect(new Set(one.bans.allowed())).to.deep.equal(model.allowed)
      }
      await one.stop()
    }), { numRuns: 150 })
  })
})
