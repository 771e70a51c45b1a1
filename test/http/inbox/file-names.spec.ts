import { expect } from 'chai'
import * as fc from 'fast-check'
import { freeName, nameKey, plainName } from '../../../src/http/inbox/file-names.ts'
import { seededRng } from '../../../src/util/rng.ts'

const bytes = (name: string): number => new TextEncoder().encode(name).byteLength

describe('http: names of files that are received', () => {
  it('are what their senders call them, where that is harmless', () => {
    for (const [given, expected] of [
      ['report.pdf', 'report.pdf'], ['Übersicht 2.tar.gz', 'Übersicht 2.tar.gz'], ['u\u0308.txt', 'ü.txt'],
      ['.bashrc', 'bashrc'], ['...', 'unnamed'], ['', 'unnamed'], ['-rf', 'rf'], ['. -x', 'x'], ['a.txt. . ', 'a.txt'],
      ['../../etc/passwd', 'etcpasswd'], ['..\\x', 'x'], ['a\u0000b\u200bc\u202etxt.exe', 'abctxt.exe'], ['\ud800', '\ufffd'],
      ['CON', '_CON'], ['nul.txt', '_nul.txt'], ['COM1.log', '_COM1.log'], ['console', 'console'],
      ['.0123456789abcdef0123456789abcdef-abcdefgh.part', '0123456789abcdef0123456789abcdef-abcdefgh.part']
    ] as const) expect(plainName(given), JSON.stringify(given)).to.equal(expected)
  })

  it('get a number before the ending where they are taken', () => {
    const free = (name: string, ...taken: string[]): string => freeName(name, candidate => taken.includes(candidate), seededRng(1))
    expect(free('a.txt')).to.equal('a.txt')
    expect(free('a.txt', 'a.txt')).to.equal('a (1).txt')
    expect(free('a.txt', 'a.txt', 'a (1).txt')).to.equal('a (2).txt')
    expect(free('a', 'a')).to.equal('a (1)')
    expect(free('a.b.c', 'a.b.c')).to.equal('a.b (1).c')
    expect(nameKey('A\u0308.TXT')).to.equal(nameKey('ä.txt'))
  })

  it('get one of chance where many numbers are taken', () => {
    let asked = 0
    const name = freeName('a.txt', candidate => {
      asked++
      return candidate === 'a.txt' || /^a \(\d{1,5}\)\.txt$/.test(candidate)
    }, seededRng(1))
    expect(name).to.match(/^a \(\w{6,7}\)\.txt$/)
    expect(asked).to.be.at.most(15)
  })

  it('are names on every file system, whatever comes', () => {
    const anyName = fc.oneof(fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 300 }).map(points => String.fromCodePoint(...points)), fc.string({ unit: fc.constantFrom('.', ' ', '-', '/', '\\', '\u0000', 'ä', '😀', 'a', '\ud800'), maxLength: 300 }))
    fc.assert(fc.property(anyName, fc.nat(3), (given, times) => {
      const plain = plainName(given)
      const taken = new Set<string>()
      for (let i = 0; i <= times; i++) {
        const name = freeName(plain, candidate => taken.has(nameKey(candidate)), seededRng(1))
        expect(taken.has(nameKey(name))).to.equal(false)
        taken.add(nameKey(name))
        expect(bytes(name)).to.be.within(1, 255)
        expect(name).to.match(/^[^\s.-]/u).and.to.not.match(/[\\/\p{Cc}\p{Cf}]/u)
        expect(name.isWellFormed()).to.equal(true)
      }
    }), { numRuns: 200 })
  })
})
