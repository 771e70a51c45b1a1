import * as fc from 'fast-check'
import { expect } from 'chai'
import { isMediaType, nameFault, safeName, shortText } from '../../../../src/services/messaging/files/file-name.ts'

describe('messaging: names of files', () => {
  const safe: Record<string, string> = {
    'tea.txt': 'tea.txt',
    'Tee trinken — ☕.txt': 'Tee trinken — ☕.txt',
    '../../etc/passwd': '.._.._etc_passwd',
    'C:\\autoexec.bat': 'C__autoexec.bat',
    '': 'unnamed',
    '.': 'unnamed',
    '..': 'unnamed',
    'a\u0000b\nc': 'a_b_c',
    'exe.\u202Etxt': 'exe._txt',
    'what?': 'what_'
  }
  for (const [name, expected] of Object.entries(safe)) {
    it(`${JSON.stringify(name)} is shown as "${expected}"`, () => {
      expect(safeName(name)).to.equal(expected)
      expect(nameFault(name) == null, 'can be sent').to.equal(name === expected)
    })
  }

  it('what is shown can always be sent', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), name => { expect(nameFault(safeName(name))).to.equal(undefined) }))
  })

  it('long ones are cut between characters', () => {
    expect(safeName('x' + 'é'.repeat(200))).to.equal('x' + 'é'.repeat(127))
    expect(nameFault('é'.repeat(128))).to.include('255 bytes')
    expect(shortText('☕'.repeat(200))).to.equal('☕'.repeat(85))
  })

  it('lone surrogates are no text', () => {
    expect(nameFault('\uD800')).to.include('Unicode')
    expect(safeName('a\uD800')).to.equal('a\uFFFD')
  })

  it('media types', () => {
    for (const type of ['text/plain', 'text/plain;charset=utf-8', 'text/plain; charset="utf-8"', 'application/vnd.api+json']) expect(isMediaType(type), type).to.equal(true)
    for (const type of ['', 'text', '/', 'text/', 'a b/c', 'text/plain\n', 'text/' + 'x'.repeat(123), undefined, 7]) expect(isMediaType(type), String(type)).to.equal(false)
  })
})
