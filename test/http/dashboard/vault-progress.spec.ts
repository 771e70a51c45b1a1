import { expect } from 'chai'
import { START, advance } from '../../../src/http/dashboard/views/vaults/progress-steps.ts'
import type { VaultProgress } from '../../../src/http/schemas/shards.ts'
import type { Progress } from '../../../src/http/dashboard/views/vaults/progress-steps.ts'

describe('dashboard: progress of a vault', () => {
  const after = (...steps: Array<Omit<VaultProgress, 'call'>>): Progress => steps.reduce<Progress>((progress, step) => advance(progress, { call: 'c', ...step }), START)

  it('follows a secret on its way to its holders', () => {
    const told: Array<Omit<VaultProgress, 'call'>> = [
      { step: 'choosing', found: 2, wanted: 4 },
      { step: 'uploading', bytes: 512, total: 2048 },
      { step: 'answered', peer: 'd', index: 4 },
      { step: 'dealing', epoch: 1 },
      { step: 'accepted', peer: 'a', index: 1 },
      { step: 'failed', peer: 'b', index: 2, reason: 'it is full' },
      { step: 'accepted', peer: 'c', index: 3 },
      { step: 'committed', seq: 1 }
    ]
    const seen = told.map((_, index) => after(...told.slice(0, index + 1))).map(({ words, part }) => [words, part])
    expect(seen).to.deep.equal([
      ['Choosing holders: 2 of 4', 0.5],
      ['Uploading: 512 B of 2.0 KiB', 0.25],
      ['1 of 4 holders answered', 0.25],
      ['Dealing shares', undefined],
      ['1 of 4 holders have their share', 0.25],
      ['1 of 4 holders have their share', 0.25],
      ['2 of 4 holders have their share', 0.5],
      ['Done', 1]
    ])
    expect(after(...told).failures).to.deep.equal([{ peer: 'b', reason: 'it is full' }])
  })

  it('counts who answers when it is not known how many will', () => {
    expect(after({ step: 'answered', peer: 'a' }, { step: 'liar', peer: 'b' }, { step: 'answered', peer: 'c' })).to.deep.include({
      words: '2 holders answered', part: undefined, failures: [{ peer: 'b', reason: 'it lied' }]
    })
  })

  it('passes over a step that a later node has', () => { expect(after({ step: 'resting' })).to.equal(START) })
})
