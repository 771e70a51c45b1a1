import { expect } from 'chai'
import * as fc from 'fast-check'
import { innerProduct, isScalar, isZero, multiplyAdd, negate, reduce, small, subtract, sum } from '../../../src/crypto/threshold/scalars.ts'
import { bigOf, bytesOf, ORDER } from '../../support/threshold.ts'

const EDGES = [0n, 1n, 2n, ORDER - 1n, ORDER, ORDER + 1n, 2n ** 252n, 2n ** 252n - 1n, 2n * ORDER, 15n * ORDER, 2n ** 256n - 1n]
const any = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.constantFrom(...EDGES))
const wide = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 512n - 1n }), fc.constantFrom(...EDGES.flatMap(a => EDGES.map(b => a * b)), 2n ** 512n - 1n))
const mod = (value: bigint): bigint => (value % ORDER + ORDER) % ORDER

describe('crypto: threshold: scalars', () => {
  it('are multiplied and added like integers modulo the order, whatever 32 bytes they are', () => {
    fc.assert(fc.property(any, any, any, (a, b, c) => {
      expect(bigOf(multiplyAdd(bytesOf(a), bytesOf(b), bytesOf(c)))).to.equal(mod(a * b + c))
    }), { numRuns: 3_000 })
  })

  it('are added, subtracted and negated', () => {
    fc.assert(fc.property(any, any, (a, b) => {
      expect(bigOf(sum([bytesOf(a), bytesOf(b)]))).to.equal(mod(a + b))
      expect(bigOf(subtract(bytesOf(a), bytesOf(b)))).to.equal(mod(a - b))
      expect(bigOf(negate(bytesOf(a)))).to.equal(mod(-a))
    }), { numRuns: 1_000 })
  })

  it('are reduced from 64 bytes', () => {
    fc.assert(fc.property(wide, value => { expect(bigOf(reduce(bytesOf(value, 64)))).to.equal(mod(value)) }), { numRuns: 3_000 })
    for (const length of [0, 32, 63, 65]) expect(() => reduce(new Uint8Array(length)), String(length)).to.throw().with.property('code', 'THRESHOLD_INVALID')
  })

  it('have one encoding each: 32 bytes below the order', () => {
    fc.assert(fc.property(any, value => { expect(isScalar(bytesOf(value))).to.equal(value < ORDER) }), { numRuns: 1_000 })
    for (const length of [0, 31, 33, 64]) expect(isScalar(new Uint8Array(length)), String(length)).to.equal(false)
    expect(isScalar('0'.repeat(32) as unknown as Uint8Array)).to.equal(false)
  })

  it('are zero or not', () => {
    expect(isZero(new Uint8Array(32))).to.equal(true)
    for (let at = 0; at < 32; at++) expect(isZero(new Uint8Array(32).fill(128, at, at + 1)), String(at)).to.equal(false)
  })

  it('are made of small numbers', () => {
    for (const value of [0, 1, 255, 256, 65_535, 65_537]) expect(bigOf(small(value))).to.equal(BigInt(value))
  })

  it('make sums of products', () => {
    fc.assert(fc.property(fc.array(fc.tuple(any, any), { maxLength: 6 }), pairs => {
      const sum = innerProduct(pairs.map(([a]) => bytesOf(a)), pairs.map(([, b]) => bytesOf(b)))
      expect(bigOf(sum)).to.equal(mod(pairs.reduce((total, [a, b]) => total + a * b, 0n)))
    }), { numRuns: 300 })
  })

  it('leave what they are given as it is', () => {
    const [a, b, c] = [bytesOf(ORDER - 5n), bytesOf(7n), bytesOf(3n)]
    multiplyAdd(a, b, c)
    innerProduct([a, b], [b, c])
    expect([a, b, c].map(bigOf)).to.deep.equal([ORDER - 5n, 7n, 3n])
  })
})
