import { expect } from 'chai'
import * as fc from 'fast-check'
import { fromString } from 'uint8arrays/from-string'
import { WireError, WireRemoteError } from '../../../src/wire/errors.ts'
import { encodeFailure } from '../../../src/wire/failure.ts'
import { FAILURE_MARK, MessageSplitter, prefixOf } from '../../../src/wire/plain/message-splitter.ts'

const frame = (message: Uint8Array): Uint8Array => Uint8Array.of(...prefixOf(message.byteLength), ...message)
const failure = (code: string, text = ''): Uint8Array => Uint8Array.of(...FAILURE_MARK, ...frame(encodeFailure(code, text)))

function split (bytes: Uint8Array, cuts: number[], maxBytes = 1_000, failures = true): { messages: number[][], error?: unknown, left: number } {
  const splitter = new MessageSplitter(maxBytes, failures)
  const messages: number[][] = []
  const ends = [...cuts.map(cut => cut % (bytes.byteLength + 1)).sort((a, b) => a - b), bytes.byteLength]
  let from = 0
  try {
    for (const end of ends) {
      splitter.push(bytes.subarray(from, end))
      from = end
      for (let message = splitter.next(); message != null; message = splitter.next()) messages.push([...message])
    }
  } catch (error) {
    return { messages, error, left: splitter.bufferedBytes }
  }
  return { messages, left: splitter.bufferedBytes }
}

describe('wire/plain: messages out of bytes', () => {
  it('are the same however the bytes are cut', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (messages, cuts) => {
      const bytes = Uint8Array.of(...messages.flatMap(message => [...frame(message)]))
      const { messages: found, error, left } = split(bytes, cuts)
      expect(error).to.equal(undefined)
      expect(left).to.equal(0)
      expect(found).to.deep.equal(messages.map(message => [...message]))
    }))
  })

  it('end with a failure, with its code and text', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 6 }), (message, cuts) => {
      const { messages, error } = split(Uint8Array.of(...frame(message), ...failure('sold-out', 'no tea'), ...frame(message)), cuts)
      expect(messages).to.deep.equal([[...message]])
      expect(error).to.be.instanceOf(WireRemoteError)
      expect((error as WireRemoteError).remoteCode).to.equal('sold-out')
      expect((error as WireRemoteError).message).to.contain('no tea')
    }))
  })

  const refused: Record<string, [hex: string, fault: string]> = {
    'a length over the limit': ['e907', 'oversize'],
    'a length that never ends': ['ffffffffff', 'oversize'],
    'the mark of a failure where nobody may fail': ['ffffffff0f', 'oversize'],
    'a length that is not minimal': ['8100', 'undecodable'],
    'a zero that is not minimal': ['8000', 'undecodable']
  }
  for (const [name, [hex, fault]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      const { error } = split(fromString(hex, 'base16'), [1, 2, 3], 1_000, false)
      expect((error as WireError | undefined)?.fault).to.equal(fault)
    })
  }

  it('refuses a failure that is too long, or none', () => {
    expect((split(fromString('ffffffff0f8104', 'base16'), []).error as WireError).fault).to.equal('oversize')
    expect((split(fromString('ffffffff0f0208ff', 'base16'), []).error as WireError).fault).to.equal('undecodable')
    expect((split(fromString('ffffffff0fffffffff0f', 'base16'), []).error as WireError).fault).to.equal('oversize')
  })

  it('takes a message of just the limit, and an empty one', () => {
    expect(split(Uint8Array.of(3, 1, 2, 3, 0), [], 3).messages).to.deep.equal([[1, 2, 3], []])
    expect(split(Uint8Array.of(0), [], 0).messages).to.deep.equal([[]])
    expect((split(Uint8Array.of(1, 1), [], 0).error as WireError).fault).to.equal('oversize')
  })

  it('keeps no more than a message and what came with it, and throws nothing else, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.array(fc.nat(), { maxLength: 20 }), fc.boolean(), (bytes, cuts, failures) => {
      const { error } = split(bytes, cuts, 100, failures)
      if (error != null) expect(error).to.be.instanceOf(WireError)
    }), { numRuns: 1_000 })
  })

  it('knows whether it is in the middle of a message', () => {
    const splitter = new MessageSplitter(1_000, true)
    expect(splitter.begun).to.equal(false)
    splitter.push(Uint8Array.of(0x81))
    expect(splitter.next()).to.equal(undefined)
    expect(splitter.begun).to.equal(true)
    splitter.push(Uint8Array.of(0x01))
    splitter.push(new Uint8Array(129))
    expect(splitter.next()).to.have.length(129)
    expect(splitter.begun).to.equal(false)
  })

  it('writes lengths in as few bytes as they take', () => {
    const cases: Array<[number, number[]]> = [[0, [0]], [127, [127]], [128, [0x80, 1]], [300, [0xac, 2]], [2 ** 28 - 1, [0xff, 0xff, 0xff, 0x7f]], [2 ** 32 - 1, [...FAILURE_MARK]]]
    for (const [length, bytes] of cases) expect([...prefixOf(length)]).to.deep.equal(bytes)
  })

  it('are put together in memory that is given for them, once one as long has come', () => {
    const asked: number[] = []
    const room = new Uint8Array(20_000)
    const splitter = new MessageSplitter(20_000, false, length => {
      asked.push(length)
      return length > 10_000 ? room : undefined
    })
    const messages = [5_000, 15_000, 15_000, 9_000, 20_000, 15_000].map((length, i) => new Uint8Array(length).fill(i))
    const own: boolean[] = []
    for (const message of messages) {
      const bytes = frame(message)
      splitter.push(bytes.subarray(0, 3_000))
      expect(splitter.next()).to.equal(undefined)
      splitter.push(bytes.subarray(3_000))
      const found = splitter.next() as Uint8Array
      expect(Buffer.compare(found, message)).to.equal(0)
      own.push(found.buffer !== room.buffer)
    }
    expect(asked).to.deep.equal([15_000, 9_000, 15_000])
    expect(own).to.deep.equal([true, true, false, true, true, false])
  })
})
