import { expect } from 'chai'
import * as fc from 'fast-check'
import sodium, { ready } from 'libsodium-wrappers-sumo'
import { loadFastGroup } from '../../../src/crypto/threshold/fast-group.ts'
import { group, IDENTITY, useGroup } from '../../../src/crypto/threshold/group.ts'
import { committed, nobleGroup } from '../../../src/crypto/threshold/noble-group.ts'
import { sodiumGroup } from '../../../src/crypto/threshold/sodium-group.ts'
import { small } from '../../../src/crypto/threshold/scalars.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { bigOf, bytesOf, hex, onBothGroups, ORDER, unhex } from '../../support/threshold.ts'
import type { Group } from '../../../src/crypto/threshold/group.ts'
import type { SodiumModule } from '../../../src/crypto/threshold/sodium-group.ts'

/** RFC 9496, appendix A.1: multiples of the base point, from once. */
const MULTIPLES = [
  'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76',
  '6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919',
  '94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259',
  'da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57',
  'e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e'
]

/** From appendix A.2: field elements that are not canonical, negative, no square, of negative xy, and -1. */
const INVALID = [
  `00${'ff'.repeat(31)}`,
  `${'ff'.repeat(31)}7f`,
  `f3${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `01${'00'.repeat(31)}`,
  `01${'ff'.repeat(30)}7f`,
  'ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20',
  '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
  '3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e',
  `ec${'ff'.repeat(30)}7f`
]

const scalar = fc.oneof(fc.bigInt({ min: 0n, max: ORDER - 1n }), fc.constantFrom(0n, 1n, ORDER - 1n)).map(value => bytesOf(value))

describe('crypto: threshold: groups', () => {
  onBothGroups(() => {
    it('multiply the base point as RFC 9496 has it', () => {
      expect(MULTIPLES.map((_, i) => hex(group().timesBase(small(i + 1))))).to.deep.equal(MULTIPLES)
      expect(group().timesBase(new Uint8Array(32))).to.deep.equal(IDENTITY)
    })

    it('take one encoding of each point, and no identity', () => {
      for (const multiple of MULTIPLES) expect(group().isPoint(unhex(multiple)), multiple).to.equal(true)
      for (const invalid of INVALID) expect(group().isPoint(unhex(invalid)), invalid).to.equal(false)
      for (const length of [0, 31, 33, 64]) expect(group().isPoint(unhex(MULTIPLES[0]!.repeat(2)).slice(0, length)), String(length)).to.equal(false)
      expect(group().isPoint(IDENTITY), 'identity').to.equal(false)
      expect(group().isPoint(undefined as unknown as Uint8Array), 'nothing').to.equal(false)
    })

    it('multiply with secrets in parts as with their sum', () => {
      fc.assert(fc.property(scalar, scalar, scalar, (a, b, c) => {
        const point = unhex(MULTIPLES[4]!)
        const sum = (factor: bigint): Uint8Array => group().timesBase(bytesOf(5n * factor % ORDER))
        expect(group().times(point, [[a, b], [c], []])).to.deep.equal([sum(bigOf(a) + bigOf(b)), sum(bigOf(c)), IDENTITY])
      }), { numRuns: 10 })
    })

    it('add up multiples', () => {
      fc.assert(fc.property(scalar, scalar, scalar, (a, b, c) => {
        const [second, third] = [unhex(MULTIPLES[1]!), unhex(MULTIPLES[2]!)]
        const sum = group().sum([{ point: second, scalar: a }, { point: third, scalar: b }, { point: third }], c)
        expect(sum).to.deep.equal(group().timesBase(bytesOf((2n * bigOf(a) + 3n * bigOf(b) + 3n + bigOf(c)) % ORDER)))
      }), { numRuns: 10 })
      const point = unhex(MULTIPLES[0]!)
      expect(group().sum([{ point }, { point, scalar: bytesOf(ORDER - 1n) }]), 'nothing').to.deep.equal(IDENTITY)
      expect(group().sum([{ point: IDENTITY, scalar: small(3) }, { point }]), 'with the identity').to.deep.equal(point)
    })
  })

  it('compute the same', async () => {
    await loadFastGroup()
    const fast = group()
    useGroup(nobleGroup)
    expect([fast.name, nobleGroup.name]).to.deep.equal(['libsodium', 'noble'])
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), bytes => { expect(fast.isPoint(bytes)).to.equal(nobleGroup.isPoint(bytes)) }), { numRuns: 300 })
    const all = (own: Group, a: Uint8Array, b: Uint8Array, c: Uint8Array): Uint8Array[] => {
      const [p, q] = [own.timesBase(a), own.timesBase(b)]
      return [p, q, ...own.times(q, [[a, b], [c]]), own.sum([{ point: p, scalar: c }, { point: q }], b)]
    }
    fc.assert(fc.property(scalar, scalar, scalar, (a, b, c) => { expect(all(fast, a, b, c)).to.deep.equal(all(nobleGroup, a, b, c)) }), { numRuns: 20 })
  })

  it('leave no secret in the memory of WebAssembly', async () => {
    await ready
    const { libsodium } = sodium as unknown as { libsodium: SodiumModule }
    const fast = sodiumGroup(libsodium)
    const { HEAPU8 } = libsodium
    const secret = seededRng(3).bytes(32).with(31, 0)
    fast.timesBase(secret)
    fast.times(unhex(MULTIPLES[2]!), [[secret]])
    expect(Buffer.from(HEAPU8.buffer).indexOf(secret)).to.equal(-1)
    const at = libsodium._malloc(secret.byteLength)
    HEAPU8.set(secret, at)
    expect(Buffer.from(HEAPU8.buffer).indexOf(secret), 'would be seen').to.equal(at)
  })

  it('evaluate what is committed to at small and large indices', () => {
    const coefficients = [5n, ORDER - 3n, 1n << 200n]
    const at = committed(coefficients.map(coefficient => nobleGroup.timesBase(bytesOf(coefficient))))
    for (const index of [1, 2, 3, 64, 255, 256, 65_535]) {
      const value = coefficients.reduceRight((sum, coefficient) => (sum * BigInt(index) + coefficient) % ORDER)
      expect(at(index), String(index)).to.deep.equal(nobleGroup.timesBase(bytesOf(value)))
    }
  })
})
