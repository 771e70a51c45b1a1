import { expect } from 'chai'
import { array, assert, boolean, constantFrom, integer, nat, oneof, property, record, uint8Array } from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { CANCEL, END, FAILURE, FrameReader, MAX_CALL_ID, MORE, PIECE_BYTES, writeFrame } from '../../../src/wire/mux/frame.ts'
import { frame, join, varint } from './support/frames.ts'
import { pattern } from './support/mux-ends.ts'
import type { WireError } from '../../../src/wire/errors.ts'
import type { Kind } from '../../../src/wire/mux/frame.ts'

interface Frame { id: number, kind: number, payload: number[] }

function readAll (chunks: (Uint8Array | Uint8ArrayList)[]): { frames: Frame[], left: number } {
  const reader = new FrameReader()
  const frames: Frame[] = []
  for (const chunk of chunks) {
    reader.push(chunk)
    while (reader.next()) frames.push({ id: reader.id, kind: reader.kind, payload: [...reader.payload] })
  }
  return { frames, left: reader.bufferedBytes }
}

function written (id: number, kind: Kind, payload: Uint8Array): Uint8Array {
  const target = new Uint8Array(payload.length + 8)
  return target.slice(0, writeFrame(target, 0, id, kind, payload, 0, payload.length))
}

const frames = array(record({
  id: oneof(nat(20), integer({ min: 0, max: MAX_CALL_ID })),
  kind: constantFrom<Kind>(END, MORE, FAILURE, CANCEL),
  payload: oneof({ weight: 9, arbitrary: uint8Array({ maxLength: 300 }) }, { weight: 1, arbitrary: integer({ min: 0, max: PIECE_BYTES }).map(length => pattern(length)) })
}), { maxLength: 12 })

describe('wire/mux: frames', () => {
  const vectors: [what: string, id: number, kind: Kind, payload: number[], bytes: number[]][] = [
    ['the smallest', 0, END, [], [1, 0]],
    ['a payload', 1, END, [0x68, 0x69], [3, 8, 0x68, 0x69]],
    ['another kind', 2, CANCEL, [], [1, 0x13]],
    ['an id of two bytes', 16, MORE, [7], [3, 0x81, 0x01, 7]],
    ['the last id', MAX_CALL_ID, FAILURE, [], [5, 0xfa, 0xff, 0xff, 0xff, 0x07]]
  ]
  for (const [what, id, kind, payload, bytes] of vectors) {
    it(`writes and reads ${what}`, () => {
      expect([...written(id, kind, Uint8Array.from(payload))]).to.deep.equal(bytes)
      expect([...frame(id, kind, Uint8Array.from(payload))]).to.deep.equal(bytes)
      expect(readAll([Uint8Array.from(bytes)])).to.deep.equal({ frames: [{ id, kind, payload }], left: 0 })
    })
  }

  it('takes the longest piece', () => {
    const piece = pattern(PIECE_BYTES)
    expect(readAll([written(MAX_CALL_ID, MORE, piece)]).frames).to.deep.equal([{ id: MAX_CALL_ID, kind: MORE, payload: [...piece] }])
  })

  const refused: [what: string, bytes: Uint8Array, fault: string][] = [
    ['a length that goes on', Uint8Array.of(0x80, 0x80, 0x80, 0x01), 'oversize'],
    ['a length with needless bytes', join(varint(1, 1), Uint8Array.of(0)), 'undecodable'],
    ['no header', Uint8Array.of(0), 'undecodable'],
    ['a piece that is too long', join(varint(5 + PIECE_BYTES + 1), new Uint8Array(10)), 'oversize'],
    ['a piece that is too long, behind a short header', join(varint(1 + PIECE_BYTES + 1), new Uint8Array(PIECE_BYTES + 2)), 'oversize'],
    ['a header that does not end', Uint8Array.of(2, 0x80, 0x80), 'undecodable'],
    ['a header with needless bytes', join(varint(2), varint(8, 1)), 'undecodable'],
    ['a header over its limit', Uint8Array.of(5, 0xff, 0xff, 0xff, 0xff, 0x08), 'undecodable']
  ]
  for (const [what, bytes, fault] of refused) {
    for (const step of [bytes.length, 1]) {
      it(`refuses ${what}, ${step} bytes at a time`, () => {
        const chunks = Array.from({ length: bytes.length / step }, (_, i) => bytes.slice(i * step, (i + 1) * step))
        expect(() => readAll(chunks)).to.throw().that.satisfies((err: WireError) => err.fault === fault && err.evidence instanceof Uint8Array)
      })
    }
  }

  it('reads the same frames however the bytes are cut', () => {
    assert(property(frames, array(nat(), { maxLength: 30 }), boolean(), (wanted, cuts, lists) => {
      const bytes = join(...wanted.map(({ id, kind, payload }) => written(id, kind, payload)))
      const ends = [...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
      const chunks = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
      const { frames: read, left } = readAll(lists ? [new Uint8ArrayList(...chunks)] : chunks)
      expect(read).to.deep.equal(wanted.map(({ id, kind, payload }) => ({ id, kind, payload: [...payload] })))
      expect(left).to.equal(0)
    }), { numRuns: 300 })
  })

  it('holds no more than it was given', () => {
    const reader = new FrameReader()
    const bytes = frame(1, MORE, pattern(10_000))
    for (const [i, byte] of bytes.entries()) {
      expect(reader.next()).to.equal(false)
      reader.push(Uint8Array.of(byte))
      // all but the two bytes of the length
      expect(reader.bufferedBytes).to.be.at.most(i + 1)
    }
    expect(reader.next()).to.equal(true)
    expect(reader.payload.length).to.equal(10_000)
    expect(reader.bufferedBytes).to.equal(0)
  })

  it('waits between two frames as long as one likes', () => {
    const reader = new FrameReader()
    reader.push(join(frame(0, END, 'a'), frame(1, END, 'b')))
    expect(reader.next()).to.equal(true)
    reader.push(frame(2, END, 'c'))
    expect([reader.next(), reader.id, reader.next(), reader.id, reader.next()]).to.deep.equal([true, 1, true, 2, false])
  })
})
