import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { ristretto255 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { encodeContext } from '../../../src/crypto/item/context.ts'
import { openDataKey, rewrap, sealItem } from '../../../src/crypto/item/envelope.ts'
import { DEFAULT_CHUNK_BYTES } from '../../../src/crypto/item/payload.ts'
import { deal } from '../../../src/crypto/threshold/deal.ts'
import { ThresholdError } from '../../../src/crypto/threshold/errors.ts'
import { combinePartials, partialOf } from '../../../src/crypto/threshold/kem.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { expectItemError } from './support/collected.ts'
import type { ItemContext } from '../../../src/crypto/item/context.ts'
import type { WrappedKey } from '../../../src/crypto/item/envelope.ts'
import type { ItemErrorCode } from '../../../src/crypto/item/errors.ts'
import type { Share } from '../../../src/crypto/threshold/checks.ts'
import type { Rng } from '../../../src/util/rng.ts'

const context: ItemContext = { suite: 1, vault: seededRng(1).bytes(32), version: 3 }
const { shares, commitments } = deal({ threshold: 3, indices: [1, 2, 3, 4, 5] }, seededRng(2))
const publicKey = commitments[0] as Uint8Array

/** s.R, as an owner gets it from holders. */
function shared ({ encapsulation }: WrappedKey, by: readonly Share[] = shares): Uint8Array {
  return combinePartials(by.map(share => ({ index: share.index, point: partialOf(share, encapsulation, context.vault, seededRng(3)).point })), 3)
}

function thrown (fn: () => unknown): unknown {
  try {
    fn()
  } catch (err) {
    return err
  }
  return undefined
}

function throwsItemError (code: ItemErrorCode, fn: () => unknown, why?: string): void {
  expectItemError(code, thrown(fn), why)
}

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => bytes.map((byte, i) => i === bit >> 3 ? byte ^ 1 << (bit & 7) : byte)

describe('crypto: envelopes of items', () => {
  const { item, dataKey } = sealItem(publicKey, context, DEFAULT_CHUNK_BYTES, seededRng(4))

  it('open with what any three of five holders give', () => {
    expect(item).to.include({ version: 3, chunkBytes: DEFAULT_CHUNK_BYTES })
    expect([item.encapsulation.byteLength, item.wrappedKey.byteLength, dataKey.byteLength]).to.deep.equal([32, 48, 32])
    for (const trio of [[0, 1, 2], [4, 2, 0], [1, 3, 4]]) {
      expect(openDataKey(shared(item, trio.map(i => shares[i] as Share)), item, context)).to.deep.equal(dataKey)
    }
  })

  it('open for any key and context, and never look the same twice', () => {
    fc.assert(fc.property(fc.nat(), fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 1, max: 2 ** 32 - 1 }), (seed, vault, version) => {
      const rng = seededRng(seed)
      const [a, b] = [0, 1].map(() => sealItem(publicKey, { suite: 1, vault, version }, DEFAULT_CHUNK_BYTES, rng)) as [ReturnType<typeof sealItem>, ReturnType<typeof sealItem>]
      for (const field of ['encapsulation', 'wrappedKey'] as const) expect(a.item[field]).to.not.deep.equal(b.item[field])
      expect(a.dataKey).to.not.deep.equal(b.dataKey)
      expect(openDataKey(shared(a.item), a.item, { suite: 1, vault, version })).to.deep.equal(a.dataKey)
    }), { numRuns: 15 })
  })

  it('have nothing of the data key in them', () => {
    const hex = Buffer.from(dataKey).toString('hex')
    for (const part of [item.encapsulation, item.wrappedKey]) expect(Buffer.from(part).toString('hex')).to.not.include(hex.slice(0, 16))
  })

  it('do not open when one bit of anything differs', () => {
    const point = shared(item)
    const parts = { point, encapsulation: item.encapsulation, wrappedKey: item.wrappedKey, vault: context.vault }
    for (const [name, bytes] of Object.entries(parts)) {
      for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
        const { point, encapsulation, wrappedKey, vault } = Object.assign({ ...parts }, { [name]: flipped(bytes, bit) })
        throwsItemError('ITEM_KEY_INVALID', () => openDataKey(point, { encapsulation, wrappedKey }, { ...context, vault }), `${name}, bit ${bit}`)
      }
    }
    for (const other of [{ ...context, version: 4 }, { ...context, suite: 2 }]) throwsItemError('ITEM_KEY_INVALID', () => openDataKey(point, item, other))
  })

  it('do not open with the shares of another vault, nor with too few of this one', () => {
    const other = deal({ threshold: 3, indices: [1, 2, 3, 4, 5] }, seededRng(9)).shares
    throwsItemError('ITEM_KEY_INVALID', () => openDataKey(shared(item, other), item, context))
    throwsItemError('ITEM_KEY_INVALID', () => openDataKey(shared(item, [shares[0], shares[1], other[2]] as Share[]), item, context))
    const two = shares.slice(0, 2).map(share => ({ index: share.index, point: partialOf(share, item.encapsulation, context.vault, seededRng(3)).point }))
    throwsItemError('ITEM_KEY_INVALID', () => openDataKey(combinePartials(two, 2), item, context))
    throwsItemError('ITEM_KEY_INVALID', () => openDataKey(item.encapsulation, item, context))
  })

  it('do not open by the identity, for which everybody knows the key', () => {
    const identity = ristretto255.Point.ZERO.toBytes()
    expect([...identity]).to.deep.equal(Array.from({ length: 32 }, () => 0))
    const info = encodeContext('peerkeep-shards:wrap', context)
    const wrappedKey = chacha20poly1305(hkdf(sha256, identity, item.encapsulation, info, 32), new Uint8Array(12), info).encrypt(dataKey)
    throwsItemError('ITEM_KEY_INVALID', () => openDataKey(identity, { ...item, wrappedKey }, context))
  })

  it('are wrapped anew for another scalar, and the data key stays', () => {
    const next = deal({ threshold: 3, indices: [1, 2, 3] }, seededRng(5))
    const wrapped = rewrap(dataKey, next.commitments[0] as Uint8Array, context, seededRng(6))
    expect(openDataKey(shared(wrapped, next.shares), wrapped, context)).to.deep.equal(dataKey)
    throwsItemError('ITEM_KEY_INVALID', () => openDataKey(shared(wrapped), wrapped, context))
    expect(dataKey.some(byte => byte !== 0)).to.equal(true)
  })

  it('are not made for what is no key, with no chance, or with impossible sizes', () => {
    const rng = seededRng(1)
    const repeating: Rng = { ...rng, bytes: length => seededRng(7).bytes(length) }
    const zeros: Rng = { ...rng, bytes: length => new Uint8Array(length) }
    const short: Rng = { ...rng, bytes: length => rng.bytes(length - 1) }
    const failing: Rng = { ...rng, bytes: () => { throw new Error('no entropy') } }
    const identity = new Uint8Array(32)
    const invalid: Array<[string, () => unknown]> = [
      ['identity', () => sealItem(identity, context, DEFAULT_CHUNK_BYTES, rng)],
      ['no point', () => sealItem(new Uint8Array(32).fill(0xff), context, DEFAULT_CHUNK_BYTES, rng)],
      ['short', () => sealItem(publicKey.subarray(1), context, DEFAULT_CHUNK_BYTES, rng)]
    ]
    for (const [name, fn] of invalid) expect(thrown(fn), name).to.be.instanceOf(ThresholdError).with.property('code', 'THRESHOLD_INVALID')
    for (const bad of [repeating, zeros, short, failing]) {
      expect(thrown(() => sealItem(publicKey, context, DEFAULT_CHUNK_BYTES, bad))).to.be.instanceOf(ThresholdError).with.property('code', 'THRESHOLD_RNG')
    }
    throwsItemError('ITEM_INVALID', () => sealItem(publicKey, context, 1, rng))
    throwsItemError('ITEM_INVALID', () => sealItem(publicKey, { ...context, vault: new Uint8Array(31) }, DEFAULT_CHUNK_BYTES, rng))
    throwsItemError('ITEM_INVALID', () => rewrap(new Uint8Array(31), publicKey, context, rng))
    const point = shared(item)
    throwsItemError('ITEM_INVALID', () => openDataKey(point.subarray(1), item, context))
    throwsItemError('ITEM_INVALID', () => openDataKey(point, { ...item, wrappedKey: item.wrappedKey.subarray(1) }, context))
    throwsItemError('ITEM_INVALID', () => openDataKey(point, { ...item, encapsulation: new Uint8Array(0) }, context))
  })
})
