import { expect } from 'chai'
import { withChance } from '../../../src/crypto/threshold/chance.ts'
import { dealDeltas, dealRefresh, dealShare, deal, encapsulate, partialOf, proveShare } from '../../../src/crypto/threshold/index.ts'
import { seededRng, systemRng } from '../../../src/util/rng.ts'
import { bigOf, bytesOf, chanceOf, ORDER, refusal, upTo } from '../../support/threshold.ts'
import type { Rng } from '../../../src/util/rng.ts'

const SHARING = { threshold: 3, indices: upTo(5) }

/** Sources of chance that are none, as far as one call can tell. */
const BROKEN: Record<string, () => Partial<Rng>> = {
  'throws': () => ({ bytes: () => { throw new Error('no entropy') } }),
  'gives zeros': () => ({ bytes: length => new Uint8Array(length) }),
  'gives one byte again and again': () => ({ bytes: length => new Uint8Array(length).fill(7) }),
  'repeats itself at each call': () => ({ bytes: length => seededRng(1).bytes(length) }),
  'repeats 16 bytes': () => ({ bytes: length => Uint8Array.from({ length }, (_, i) => i % 16) }),
  'repeats 32 bytes': () => ({ bytes: length => Uint8Array.from({ length }, (_, i) => i % 32) }),
  'gives too little': () => ({ bytes: length => systemRng.bytes(length - 1) }),
  'gives too much': () => ({ bytes: length => systemRng.bytes(length + 1) }),
  'gives no bytes': () => ({ bytes: length => Array.from({ length }, (_, i) => i) as unknown as Uint8Array }),
  'begins to fail': () => {
    let calls = 0
    return { bytes: length => calls++ === 0 ? systemRng.bytes(length) : new Uint8Array(length) }
  }
}

/** One draw is enough for these, and nothing is remembered of earlier calls. (A proof's nonce does not need chance alone.) */
const UNSEEN: Record<string, string[]> = {
  'repeats itself at each call': ['encapsulate', 'proveShare'],
  'begins to fail': ['encapsulate', 'proveShare'],
  'repeats 32 bytes': ['proveShare']
}

describe('crypto: threshold: chance', () => {
  const { commitments, shares } = deal(SHARING, systemRng)
  const [share] = shares
  const { encapsulation } = encapsulate(commitments[0]!, systemRng)
  const context = new Uint8Array(3)
  const makers: Record<string, (rng: Rng) => unknown> = {
    deal: rng => deal(SHARING, rng),
    dealShare: rng => dealShare(share!, SHARING, rng),
    dealRefresh: rng => dealRefresh(SHARING, rng),
    dealDeltas: rng => dealDeltas(share!, { index: 4, helpers: [1, 2, 3] }, rng),
    encapsulate: rng => encapsulate(commitments[0]!, rng),
    partialOf: rng => partialOf(share!, encapsulation, context, rng),
    proveShare: rng => proveShare(share!, context, rng)
  }

  for (const [what, source] of Object.entries(BROKEN)) {
    it(`makes nothing with a source that ${what}`, () => {
      for (const [name, make] of Object.entries(makers)) {
        if (UNSEEN[what]?.includes(name)) continue
        expect(refusal(() => make({ ...systemRng, ...source() })), name).to.deep.equal({ code: 'THRESHOLD_RNG', indices: [] })
      }
    })
  }

  it('refuses a scalar of zero, which does not come by chance', () => {
    const multiple = bytesOf(ORDER * (2n ** 258n + 12345678901234567890n), 64)
    expect(refusal(() => withChance(chanceOf([multiple]), chance => chance.scalar()))?.code).to.equal('THRESHOLD_RNG')
  })

  it('reduces 64 bytes to a scalar', () => {
    const wide = seededRng(2).bytes(64)
    const scalar = withChance(chanceOf([wide]), chance => chance.scalar())
    expect(bigOf(scalar)).to.equal(bigOf(wide) % ORDER)
  })

  it('wipes what it remembered', () => {
    const given: Uint8Array[] = []
    const rng = { ...systemRng, bytes: (length: number) => {
      const bytes = systemRng.bytes(length)
      given.push(bytes)
      return bytes
    } }
    for (const make of Object.values(makers)) make(rng)
    expect(given.filter(bytes => bytes.some(byte => byte !== 0))).to.deep.equal([])
  })

  it('says what its source said', () => {
    const cause = new Error('no entropy')
    expect(() => deal(SHARING, { ...systemRng, bytes: () => { throw cause } })).to.throw().with.property('cause', cause)
  })
})
