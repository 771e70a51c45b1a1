import { expect } from 'chai'
import * as fc from 'fast-check'
import { banned, charged, credited, creditOf, decayed, EMPTY_LEDGER, excused, misbehaviourAt, released, unreliable } from '../../../src/services/scoring/ledger.ts'
import { PENALTIES } from '../../../src/services/scoring/offences.ts'
import { ipDebtFor, scoreOf } from '../../../src/services/scoring/standing.ts'
import type { Ledger } from '../../../src/services/scoring/ledger.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Step = (ledger: Ledger, nowMs: number) => Ledger

/** Anything that can happen to a ledger. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...Object.values(PENALTIES)).map((penalty): Step => (ledger, nowMs) => charged(ledger, penalty, nowMs)),
  fc.tuple(fc.constantFrom('deliveries' as const, 'answers' as const, 'uptime' as const), fc.nat(300)).map(([source, times]): Step => (ledger, nowMs) => credited(ledger, source, times, nowMs)),
  fc.integer({ min: 1, max: 2 }).map((points): Step => (ledger, nowMs) => unreliable(ledger, points, nowMs)),
  fc.tuple(fc.integer({ min: 1, max: 2 }), fc.nat(30_000)).map(([points, agoMs]): Step => (ledger, nowMs) => excused(ledger, points, nowMs - agoMs, nowMs)),
  fc.nat(20).map((strikes): Step => (ledger, nowMs) => banned(ledger, strikes, nowMs)),
  fc.constantFrom('expired' as const, 'lifted' as const).map((how): Step => (ledger, nowMs) => released(ledger, how, nowMs))
)

/** A ledger with a past, and when that was. */
const ledgers = fc.array(fc.tuple(step, fc.nat(3 * DAY)), { maxLength: 30 }).map(steps => {
  let nowMs = 0
  let ledger = EMPTY_LEDGER
  for (const [change, afterMs] of steps) ledger = change(ledger, nowMs += afterMs)
  return { ledger, nowMs }
})

const near = (a: number, b: number): void => { expect(a).to.be.closeTo(b, 1e-9 * Math.max(1, Math.abs(a))) }

describe('scoring: ledgers', () => {
  const halving: Array<{ what: string, half: number, ledger: Ledger, read: (ledger: Ledger) => number }> = [
    ...[15, 30, 60, 120, 240, 240].map((minutes, strikes) => ({
      what: `misbehaviour after ${strikes} bans`,
      half: minutes * MINUTE,
      ledger: { ...EMPTY_LEDGER, misbehaviour: 40, strikes: Array.from({ length: strikes }, () => 0) },
      read: ({ misbehaviour }: Ledger) => misbehaviour
    })),
    { what: 'credit', half: DAY, ledger: { ...EMPTY_LEDGER, deliveries: 6, answers: 2, uptime: 1 }, read: creditOf },
    { what: 'unreliability', half: 10 * MINUTE, ledger: { ...EMPTY_LEDGER, unreliability: 12 }, read: ({ unreliability }) => unreliability }
  ]
  for (const { what, half, ledger, read } of halving) {
    it(`halve ${what} in ${half / MINUTE} minutes`, () => {
      near(read(decayed(ledger, half)), read(ledger) / 2)
      near(read(decayed(ledger, 3 * half)), read(ledger) / 8)
    })
  }

  it('keep misbehaviour as it is while banned, credit decays on', () => {
    const ledger = banned(credited(charged(EMPTY_LEDGER, PENALTIES.minor, 0), 'answers', 10, 0), 1, 0)
    const later = decayed(ledger, DAY)
    expect(later.misbehaviour).to.equal(2)
    near(later.answers, 0.5)
  })

  it('forget a strike after 30 days, and misbehaviour then decays faster', () => {
    const struck = released(banned(EMPTY_LEDGER, 1, 0), 'expired', 0)
    expect(decayed(struck, 30 * DAY - 1).strikes).to.have.length(1)
    expect(decayed(struck, 30 * DAY).strikes).to.have.length(0)
    const late = charged(struck, PENALTIES.fatal, 30 * DAY - 30 * MINUTE)
    near(misbehaviourAt(late, 30 * DAY + 15 * MINUTE), late.misbehaviour / 4)
  })

  it('count strikes as bans tells them', () => {
    const first = banned(EMPTY_LEDGER, 1, 0)
    expect(first.strikes).to.deep.equal([0])
    expect(banned(first, 1, 5).strikes, 'told again').to.deep.equal([0])
    const free = released(first, 'expired', HOUR)
    expect(banned(free, 2, HOUR).strikes).to.deep.equal([0, HOUR])
    expect(banned(free, 1, HOUR).strikes, 'after a restart').to.deep.equal([0])
    expect(banned(banned(free, 2, HOUR), 1, DAY).strikes, 'bans has forgotten the first').to.deep.equal([HOUR])
    expect(banned(EMPTY_LEDGER, 3, HOUR).strikes, 'scoring had forgotten them').to.deep.equal([HOUR, HOUR, HOUR])
    for (const odd of [-1, NaN, 0.4]) expect(banned(EMPTY_LEDGER, odd, 0).strikes, String(odd)).to.deep.equal([])
    expect(banned(EMPTY_LEDGER, 1e9, 0).strikes).to.have.length(16)
  })

  it('put a peer on probation when its ban expires, and on none when it is lifted', () => {
    const ledger = banned(charged(EMPTY_LEDGER, PENALTIES.fatal, 0), 1, 0)
    expect(released(ledger, 'expired', HOUR)).to.include({ misbehaviour: 30, banned: false })
    expect(released(ledger, 'lifted', HOUR)).to.include({ misbehaviour: 0, banned: false })
  })

  it('cap each source of credit on its own', () => {
    const all = (['deliveries', 'answers', 'uptime'] as const).reduce((ledger, source) => credited(ledger, source, 1e6, 0), EMPTY_LEDGER)
    expect(all).to.include({ deliveries: 10, answers: 6, uptime: 4 })
    expect(scoreOf(all, 0)).to.equal(20)
  })

  it('take back a charge as if it had never been', () => {
    const before = unreliable(EMPTY_LEDGER, 2, 0)
    const after = excused(unreliable(before, 1, 20_000), 1, 20_000, 30_000)
    near(after.unreliability, decayed(before, 30_000).unreliability)
  })

  it('hold the debt of an IP against a peer up to 15', () => {
    expect([0, 10, 50, 1000].map(ipDebtFor)).to.deep.equal([0, 3, 15, 15])
  })

  it('never leave their ranges', () => {
    fc.assert(fc.property(ledgers, fc.nat(40 * DAY), fc.double({ min: 0, max: 1000, noNaN: true }), ({ ledger, nowMs }, afterMs, worst) => {
      for (const { misbehaviour, deliveries, answers, uptime, unreliability, strikes } of [ledger, decayed(ledger, nowMs + afterMs)]) {
        expect(misbehaviour).to.be.within(0, 1000)
        expect(deliveries).to.be.within(0, 10)
        expect(answers).to.be.within(0, 6)
        expect(uptime).to.be.within(0, 4)
        expect(unreliability).to.be.within(0, 15)
        expect(strikes.length).to.be.at.most(16)
      }
      expect(scoreOf(ledger, ipDebtFor(worst))).to.be.within(-100, 20)
    }))
  })

  it('decay a while and then another while like both at once, never upwards', () => {
    fc.assert(fc.property(ledgers, fc.nat(40 * DAY), fc.nat(40 * DAY), ({ ledger, nowMs }, a, b) => {
      const half = decayed(ledger, nowMs + a)
      const twice = decayed(half, nowMs + a + b)
      const once = decayed(ledger, nowMs + a + b)
      for (const name of ['misbehaviour', 'deliveries', 'answers', 'uptime', 'unreliability'] as const) {
        near(twice[name], once[name])
        expect(once[name], name).to.be.at.most(ledger[name])
        expect(twice[name], name).to.be.at.most(half[name])
      }
      near(once.misbehaviour, misbehaviourAt(ledger, nowMs + a + b))
      expect(twice.strikes).to.deep.equal(once.strikes)
    }))
  })

  it('stay as they are when time goes back', () => {
    fc.assert(fc.property(ledgers, fc.integer({ min: 1, max: DAY }), ({ ledger, nowMs }, backMs) => {
      expect(decayed(ledger, ledger.atMs - backMs)).to.equal(ledger)
      expect(charged(ledger, PENALTIES.minor, nowMs - backMs).misbehaviour).to.be.at.least(ledger.misbehaviour)
    }))
  })
})
