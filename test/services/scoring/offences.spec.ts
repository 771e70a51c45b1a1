import { expect } from 'chai'
import { AppError } from '../../../src/errors.ts'
import { PENALTIES } from '../../../src/services/scoring/offences.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { openScoring } from '../../support/open-scoring.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Offence } from '../../../src/components.ts'
import type { OpenScoring } from '../../support/open-scoring.ts'

const rng = seededRng(5)

function failure (fn: () => void): AppError {
  try {
    fn()
  } catch (err) {
    if (err instanceof AppError) return err
    throw err
  }
  throw new Error('expected it to throw')
}

describe('scoring: offences', () => {
  it('cost what the table says', () => {
    expect(PENALTIES).to.deep.equal({
      fatal: { points: 100, forfeits: true },
      severe: { points: 25, forfeits: true },
      moderate: { points: 8, forfeits: false },
      minor: { points: 2, forfeits: false }
    })
  })

  const bursts: Array<{ offence: Offence, times: number, before: string }> = [
    { offence: 'fatal', times: 1, before: 'good' },
    { offence: 'severe', times: 3, before: 'refused' },
    { offence: 'moderate', times: 8, before: 'refused' },
    { offence: 'minor', times: 30, before: 'refused' }
  ]
  for (const { offence, times, before } of bursts) {
    it(`in a burst reach a ban: ${times} ${offence}, and no fewer`, async () => {
      const { scoring } = await openScoring()
      const peer = randomPeerId(rng)
      for (let i = 1; i < times; i++) scoring.report(peer, offence, 'test:burst')
      expect(scoring.standing(peer)).to.equal(before)
      scoring.report(peer, offence, 'test:burst')
      expect(scoring.standing(peer)).to.equal('banned')
    })
  }

  it('that are bad lose all credit, others none', async () => {
    for (const [offence, credit] of [['fatal', 0], ['severe', 0], ['moderate', 5], ['minor', 5]] as const) {
      const { scoring } = await openScoring()
      const peer = randomPeerId(rng)
      for (let i = 0; i < 100; i++) scoring.observe(peer, { what: 'delivery' })
      scoring.report(peer, offence, 'test:credit')
      expect(scoring.get(peer)?.credit, offence).to.be.closeTo(credit, 1e-9)
    }
  })

  describe('that are reported wrongly', () => {
    let open: OpenScoring
    beforeEach(async () => { open = await openScoring() })
    const peer = randomPeerId(rng)
    const evil = (value: unknown): any => value

    const cases: Record<string, { report (open: OpenScoring): void, code: string, says: string[] }> = {
      'an unknown word': { report: ({ scoring }) => { scoring.report(peer, evil('awful'), 'chat:spam') }, code: 'SCORING_OFFENCE_UNKNOWN', says: ['"awful"', 'fatal, severe, moderate, minor'] },
      'a word that every object knows': { report: ({ scoring }) => { scoring.report(peer, evil('toString'), 'chat:spam') }, code: 'SCORING_OFFENCE_UNKNOWN', says: ['"toString"'] },
      'no word': { report: ({ scoring }) => { scoring.report(peer, evil(undefined), 'chat:spam') }, code: 'SCORING_OFFENCE_UNKNOWN', says: ['undefined'] },
      'a cause without a service': { report: ({ scoring }) => { scoring.report(peer, 'minor', 'spam') }, code: 'SCORING_CAUSE_INVALID', says: ['"spam"', 'chat:spam'] },
      'a cause in capitals': { report: ({ scoring }) => { scoring.report(peer, 'minor', 'Chat:spam') }, code: 'SCORING_CAUSE_INVALID', says: ['"Chat:spam"'] },
      'a cause of two lines': { report: ({ scoring }) => { scoring.report(peer, 'minor', 'chat:spam\n') }, code: 'SCORING_CAUSE_INVALID', says: ['"chat:spam\\n"'] },
      'a cause too long': { report: ({ scoring }) => { scoring.report(peer, 'minor', `chat:${'x'.repeat(60)}`) }, code: 'SCORING_CAUSE_INVALID', says: ['64 characters'] },
      'a cause of a megabyte': { report: ({ scoring }) => { scoring.report(peer, 'minor', `chat:${'x'.repeat(1_000_000)}`) }, code: 'SCORING_CAUSE_INVALID', says: ['1000007 characters'] },
      'a cause that is no text': { report: ({ scoring }) => { scoring.report(peer, 'minor', evil(7)) }, code: 'SCORING_CAUSE_INVALID', says: ['7'] },
      'of this node': { report: ({ scoring, self }) => { scoring.report(self, 'minor', 'chat:spam') }, code: 'SCORING_SELF', says: ['this node'] },
      'of a text': { report: ({ scoring }) => { scoring.report(evil(peer.toString()), 'minor', 'chat:spam') }, code: 'SCORING_PEER_INVALID', says: ['peerIdFromString'] },
      'of nobody': { report: ({ scoring }) => { scoring.report(evil(null), 'minor', 'chat:spam') }, code: 'SCORING_PEER_INVALID', says: ['null'] },
      'with evidence that is no bytes': { report: ({ scoring }) => { scoring.report(peer, 'minor', 'chat:spam', evil('junk')) }, code: 'SCORING_EVIDENCE_INVALID', says: ['"junk"', 'Uint8Array'] },
      'as an outcome': { report: ({ scoring }) => { scoring.observe(peer, evil({ what: 'severe' })) }, code: 'SCORING_OUTCOME_INVALID', says: ['"severe"', 'request-timeout'] },
      'as no outcome': { report: ({ scoring }) => { scoring.observe(peer, evil(undefined)) }, code: 'SCORING_OUTCOME_INVALID', says: ['undefined'] },
      'as an answer without a time': { report: ({ scoring }) => { scoring.observe(peer, evil({ what: 'answer' })) }, code: 'SCORING_OUTCOME_INVALID', says: ['undefined ms'] },
      'as an answer before the question': { report: ({ scoring }) => { scoring.observe(peer, { what: 'answer', tookMs: -1 }) }, code: 'SCORING_OUTCOME_INVALID', says: ['-1 ms'] }
    }
    for (const [name, { report, code, says }] of Object.entries(cases)) {
      it(`are refused, and nothing is charged: ${name}`, () => {
        const err = failure(() => { report(open) })
        expect(err.code).to.equal(code)
        for (const text of says) expect(err.message).to.include(text)
        expect(err.message.length).to.be.lessThan(400)
        expect(open.scoring.get(peer)).to.equal(undefined)
        expect(open.scoring.snapshot().reports).to.deep.equal({ fatal: 0, severe: 0, moderate: 0, minor: 0 })
      })
    }

    it('are allowed up to 64 characters', () => {
      open.scoring.report(peer, 'minor', `chat:${'x'.repeat(59)}`)
      expect(open.scoring.get(peer)?.misbehaviour).to.equal(2)
    })
  })
})
