import { expect } from 'chai'
import * as fc from 'fast-check'
import { cut, harmless, oneLine, shortBytes, widthOf } from '../../src/cli/text.ts'

/** What terminals obey, what turns text around, what breaks lines. */
const EVIL = ['\u001B[2J', '\u009B31m', '\u0007', '\r', '\n', '\u202E', '\u2066', '\u200B', '\uFEFF', '\u2028', '\uD800', '\u0000', 'e\u0301\u0301\u0301\u0301\u0301']
const anything = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...EVIL, '日本', '👍', 'a b'))).map(parts => parts.join(''))

describe('text of others', () => {
  it('on one line has nothing that a terminal obeys', () => {
    fc.assert(fc.property(anything, (text) => {
      expect(oneLine(text)).not.to.match(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|\p{M}{3}/u)
    }))
    expect(oneLine('  a\u001B[2J\n b\u202Ec ')).to.equal('a?[2J b?c')
  })

  it('on several has line breaks and nothing else', () => {
    fc.assert(fc.property(anything, (text) => {
      expect(harmless(text).replaceAll('\n', '')).not.to.match(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }))
    expect(harmless('a\r\nb\u001B[2J\tc', '> ')).to.equal('a\n> b?[2J  c')
  })

  it('is cut to what fits', () => {
    fc.assert(fc.property(anything.map(oneLine), fc.integer({ min: 1, max: 40 }), (text, width) => {
      expect(widthOf(cut(text, width))).to.be.at.most(width)
      if (widthOf(text) <= width) expect(cut(text, width)).to.equal(text)
    }))
    expect([widthOf('日本'), widthOf('e\u0301'), cut('日本語', 4)]).to.deep.equal([4, 1, '日…'])
  })

  it('has sizes in one figure', () => {
    expect([0, 1_023, 1_536, 1_048_576 * 150, 2 ** 40].map(shortBytes)).to.deep.equal(['0 B', '1023 B', '1.5 KiB', '150 MiB', '1.0 TiB'])
  })
})
