import { expect } from 'chai'
import * as fc from 'fast-check'
import { seededRng, shuffled, systemRng } from '../../src/util/rng.ts'
import type { Rng } from '../../src/util/rng.ts'

/** xoshiro128** as its authors publish it, over big integers: slow, and nothing to get wrong with signs. */
function reference (state: [bigint, bigint, bigint, bigint]): () => number {
  const mask = (1n << 32n) - 1n
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask
  const s = state
  return () => {
    const result = (rotl((s[1] * 5n) & mask, 7n) * 9n) & mask
    const t = (s[1] << 9n) & mask
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotl(s[3], 11n)
    return Number(result)
  }
}

function splitmix32 (seed: number): () => bigint {
  const mask = (1n << 32n) - 1n
  let state = BigInt(seed) & mask
  return () => {
    state = (state + 0x9e3779b9n) & mask
    let z = state
    z = ((z ^ (z >> 16n)) * 0x85ebca6bn) & mask
    z = ((z ^ (z >> 13n)) * 0xc2b2ae35n) & mask
    return z ^ (z >> 16n)
  }
}

describe('rng', () => {
  it('is xoshiro128** when seeded', () => {
    for (const seed of [0, 1, 42, 0xffffffff]) {
      const mix = splitmix32(seed)
      const next = reference([mix(), mix(), mix(), mix()])
      const rng = seededRng(seed)
      for (let i = 0; i < 1000; i++) expect(rng.float() * 2 ** 32).to.equal(next())
    }
  })

  it('repeats itself with the same seed and differs with another', () => {
    const draw = (seed: number): number[] => Array.from(seededRng(seed).bytes(32))
    expect(draw(7)).to.deep.equal(draw(7))
    expect(draw(7)).to.not.deep.equal(draw(8))
  })

  const rngs: Array<[string, Rng]> = [['seeded', seededRng(1)], ['system', systemRng]]
  for (const [name, rng] of rngs) {
    it(`stays in its bounds (${name})`, () => {
      fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 32 }), bound => {
        const value = rng.int(bound)
        expect(Number.isInteger(value) && value >= 0 && value < bound).to.equal(true)
        expect(rng.float()).to.be.within(0, 1).and.not.equal(1)
      }))
      expect(rng.bytes(100)).to.have.length(100)
      expect(rng.bytes(0)).to.have.length(0)
    })

    it(`is even (${name})`, () => {
      const counts = new Map<number, number>()
      for (let i = 0; i < 10_000; i++) {
        const value = rng.int(10)
        counts.set(value, (counts.get(value) ?? 0) + 1)
      }
      expect(counts.size).to.equal(10)
      // 1000 each, standard deviation 30: six of them
      for (const count of counts.values()) expect(count).to.be.within(820, 1180)
    })
  }

  it('shuffles a copy into every order alike', () => {
    const rng = seededRng(3)
    const items = ['a', 'b', 'c']
    const counts = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const order = shuffled(items, rng).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(items).to.deep.equal(['a', 'b', 'c'])
    expect(counts.size).to.equal(6)
    for (const count of counts.values()) expect(count).to.be.within(820, 1180)
    expect(shuffled([], rng)).to.deep.equal([])
  })
})
