import { expect } from 'chai'
import * as fc from 'fast-check'
import { MAX_PENDING, MAX_PENDING_PER_HOST, MAX_PENDING_SHARED, planAdmission } from '../../../src/services/pool/admission.ts'
import type { Handshake } from '../../../src/services/pool/admission.ts'

const at = (sinceMs: number, host: string, crowd = host, shared = false): Handshake => ({ host, crowd, shared, sinceMs })

describe('pool: admission of handshakes', () => {
  const one = at(0, 'a')
  const distinct = Array.from({ length: MAX_PENDING }, (_, n) => at(n, `h${n}`))
  const crowded = Array.from({ length: MAX_PENDING }, (_, n) => at(n, `h${n}`, n < 3 ? 'small' : 'large'))
  const local = Array.from({ length: MAX_PENDING_SHARED }, (_, n) => at(n, '127.0.0.1', '127.0.0.1', true))

  for (const [what, pending, newcomer, admission] of [
    ['the first is let in', [], at(0, 'a'), { admitted: true }],
    ['a second of the host, too', [one], at(0, 'a'), { admitted: true }],
    ['a fourth of the host waits', [one, one, one], at(249, 'a'), { admitted: false }],
    ['unless the oldest has had its time', [at(5, 'a'), one, at(9, 'a')], at(250, 'a'), { admitted: true, instead: one }],
    ['an eleventh waits when all are different and new', distinct, at(249, 'x'), { admitted: false }],
    ['unless the oldest has had its time', distinct, at(250, 'x'), { admitted: true, instead: distinct[0] }],
    ['a subnet with more than its share gives way at once', crowded, at(10, 'x', 'x'), { admitted: true, instead: crowded[3] }],
    ['but not for one of its own', crowded, at(10, 'x', 'large'), { admitted: false }],
    ['a local network has more room', local.slice(1), at(0, '127.0.0.1', '127.0.0.1', true), { admitted: true }],
    ['and more time', local, at(999, '127.0.0.1', '127.0.0.1', true), { admitted: false }],
    ['but not for ever', local, at(1_000, '127.0.0.1', '127.0.0.1', true), { admitted: true, instead: local[0] }],
    ['and takes no room from others', local, at(0, 'x'), { admitted: true }]
  ] as const) {
    it(what, () => { expect(planAdmission(pending, newcomer)).to.deep.equal(admission) })
  }

  it('holds its limits, and an honest newcomer gets in whatever one subnet does (property)', () => {
    const arrival = fc.record({ afterMs: fc.nat(400), host: fc.nat(5), crowd: fc.nat(2), shared: fc.boolean() })
    fc.assert(fc.property(fc.array(arrival, { maxLength: 200 }), arrivals => {
      let pending: Handshake[] = []
      let nowMs = 0
      for (const { afterMs, host, crowd, shared } of arrivals) {
        nowMs += afterMs
        const newcomer = at(nowMs, `${crowd}-${host}`, `${crowd}`, shared)
        const admission = planAdmission(pending, newcomer)
        if (!admission.admitted) continue
        pending = [...pending.filter(other => other !== admission.instead), newcomer]
        const open = pending.filter(other => !other.shared)
        expect(open.length).to.be.at.most(MAX_PENDING)
        expect(pending.length - open.length).to.be.at.most(MAX_PENDING_SHARED)
        for (const group of Map.groupBy(open, other => other.host).values()) expect(group.length).to.be.at.most(MAX_PENDING_PER_HOST)
      }
      const one = pending.filter(({ crowd, shared }) => crowd === '0' && !shared)
      expect(planAdmission(one, at(nowMs, 'honest')).admitted).to.equal(true)
    }))
  })
})
