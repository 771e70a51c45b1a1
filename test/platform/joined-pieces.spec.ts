import { expect } from 'chai'
import * as fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { JoinedPieces } from '../../src/platform/joined-pieces.ts'
import { expectSameBytes } from '../support/same-bytes.ts'
import type { Bytes } from '../../src/platform/joined-pieces.ts'

const SEED = 11
const LENGTH_BYTES = 4
const PIECE_BYTES = 4096

/** Frames of four bytes of length and as many bytes, as a decoder takes them: through joined pieces, or as they come. */
class Decoder {
  readonly buffer = new Uint8ArrayList()
  readonly frames: Uint8Array[] = []
  readonly #pieces?: JoinedPieces

  constructor (pieces?: JoinedPieces) {
    this.#pieces = pieces
  }

  get #frameBytes (): number {
    return this.buffer.byteLength < LENGTH_BYTES ? 0 : LENGTH_BYTES + this.buffer.getUint32(0)
  }

  read (data: Bytes): void {
    const given = this.#pieces == null ? data : this.#pieces.take(data, this.#frameBytes === 0 ? 0 : this.#frameBytes - this.buffer.byteLength)
    if (given == null) return
    this.buffer.append(given)
    for (let bytes = this.#frameBytes; bytes > 0 && this.buffer.byteLength >= bytes; bytes = this.#frameBytes) {
      this.frames.push(this.buffer.slice(LENGTH_BYTES, bytes))
      this.buffer.consume(bytes)
    }
  }
}

function frameOf (length: number): Uint8Array {
  const bytes = Buffer.alloc(LENGTH_BYTES + length, length + 1)
  bytes.writeUInt32BE(length)
  return bytes
}

describe('platform/joined-pieces', () => {
  it('gives the same frames at the same time as without, however they are cut', () => {
    const lengths = fc.array(fc.oneof(fc.nat(40), fc.constantFrom(0, PIECE_BYTES - 5, PIECE_BYTES - 4, PIECE_BYTES, PIECE_BYTES + 1, 20_000)), { minLength: 1, maxLength: 5 })
    const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 3_000 }), fc.constantFrom(PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 30_000)), { minLength: 1, maxLength: 12 })
    fc.assert(fc.property(lengths, cuts, fc.boolean(), (lengths, cuts, inLists) => {
      const wire = Buffer.concat(lengths.map(frameOf))
      const [joined, plain] = [new Decoder(new JoinedPieces()), new Decoder()]
      for (let at = 0, i = 0; at < wire.length; i++) {
        const piece = Uint8Array.from(wire.subarray(at, at += cuts[i % cuts.length]!))
        for (const decoder of [joined, plain]) decoder.read(inLists ? new Uint8ArrayList(piece.subarray(0, 7), piece.subarray(7)) : piece)
        expect(joined.frames).to.have.length(plain.frames.length)
        expect([...joined.buffer].length).to.be.at.most(LENGTH_BYTES + 2 + 2 * joined.buffer.byteLength / PIECE_BYTES)
      }
      expectSameBytes(Buffer.concat(joined.frames), Buffer.concat(plain.frames))
      expect(joined.frames.map(({ length }) => length)).to.deep.equal(lengths)
    }), { seed: SEED, numRuns: 25 })
  })

  it('hands on as it is what is large, ends a frame, or is of nobody knows what', () => {
    const pieces = new JoinedPieces()
    for (const [length, missing] of [[PIECE_BYTES, 100_000], [10, 10], [1, 0], [30, 20]] as const) {
      const data = new Uint8Array(length)
      expect(pieces.take(data, missing), `${length} of ${missing}`).to.equal(data)
    }
    const list = new Uint8ArrayList(new Uint8Array(PIECE_BYTES), new Uint8Array(PIECE_BYTES), new Uint8Array(1))
    expect(pieces.take(list, 100_000)).to.equal(list)
  })

  it('copies what it holds back: whoever gave it may use it again', () => {
    const pieces = new JoinedPieces()
    const data = Uint8Array.of(1, 2)
    expect(pieces.take(data, 3)).to.equal(undefined)
    data.fill(9)
    expect(pieces.take(Uint8Array.of(3), 3)?.subarray()).to.deep.equal(Uint8Array.of(1, 2, 3))
  })

  it('makes one piece of a list of many small ones', () => {
    const given = new JoinedPieces().take(new Uint8ArrayList(...Array.from({ length: 10_000 }, (_, i) => Uint8Array.of(i))), 0)
    expect(given).to.be.instanceOf(Uint8Array)
    expect(given?.subarray()).to.deep.equal(Uint8Array.from({ length: 10_000 }, (_, i) => i))
  })
})
