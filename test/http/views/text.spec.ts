import { expect } from 'chai'
import * as fc from 'fast-check'
import { bounded, rounded } from '../../../src/http/views/text.ts'

describe('http: text of strangers', () => {
  it('is left as it is when it is short, cut when it is long, and always text', () => {
    expect(bounded('a</script>')).to.equal('a</script>')
    fc.assert(fc.property(fc.array(fc.constantFrom('a', '<', '\u0000', '\u202e', '😀', '\ud83d'), { maxLength: 40 }).map(parts => parts.join('')), fc.integer({ min: 1, max: 20 }), (text, max) => {
      const shown = bounded(text, max)
      expect(shown.length).to.be.at.most(max)
      expect(shown.isWellFormed()).to.equal(true)
      if (text.length <= max) expect(shown).to.equal(text.toWellFormed())
    }))
  })

  it('has numbers with two decimals', () => {
    expect([rounded(1.005), rounded(-12.3456), rounded(0.001), rounded(-0)].map(String)).to.deep.equal(['1', '-12.35', '0', '0'])
  })
})
