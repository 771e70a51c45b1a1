import { expect } from 'chai'
import * as fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import { encodeContext } from '../../../src/crypto/item/context.ts'
import { CHUNK_TAG_BYTES, decryptedBytes, decryptPayload, encryptedBytes, encryptPayload, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '../../../src/crypto/item/payload.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { collected, collectedUntil, inParts, listed } from './support/collected.ts'
import type { ItemContext } from '../../../src/crypto/item/context.ts'

const CHUNK = MIN_CHUNK_BYTES
const key = seededRng(1).bytes(32)
const context: ItemContext = { suite: 1, vault: seededRng(2).bytes(32), version: 7 }
const sizes = fc.integer({ min: 1, max: 4 * CHUNK + 3 })
const partLengths = fc.array(fc.integer({ min: 1, max: 2 * CHUNK }), { minLength: 1, maxLength: 5 })

const encrypted = async (plaintext: Uint8Array, chunkBytes = CHUNK): Promise<Uint8Array> => await collected(encryptPayload(key, context, chunkBytes, plaintext))

/** The encrypted chunks of a payload of three and a half. */
async function chunks (dataKey = key, of = context, seed = 3): Promise<Uint8Array[]> {
  return await listed(encryptPayload(dataKey, of, CHUNK, seededRng(seed).bytes(3.5 * CHUNK)))
}

/** It gives a true beginning, or nothing, and then fails. */
async function refused (bytes: Uint8Array, plaintext: Uint8Array, why: string): Promise<void> {
  const got = await collectedUntil('ITEM_CORRUPT', decryptPayload(key, context, CHUNK, bytes), why)
  expect(got, why).to.deep.equal(plaintext.subarray(0, got.byteLength))
}

describe('crypto: payloads of items', () => {
  it('decrypts what it encrypted, however either comes in parts', async () => {
    await fc.assert(fc.asyncProperty(sizes, fc.integer({ min: CHUNK, max: 3 * CHUNK }), partLengths, partLengths, async (size, chunkBytes, given, carried) => {
      const plaintext = seededRng(size).bytes(size)
      const whole = await encrypted(plaintext, chunkBytes)
      expect(await collected(encryptPayload(key, context, chunkBytes, inParts(plaintext, given)))).to.deep.equal(whole)
      expect(whole.byteLength).to.equal(encryptedBytes(size, chunkBytes))
      expect(decryptedBytes(whole.byteLength, chunkBytes)).to.equal(size)
      expect(await collected(decryptPayload(key, context, chunkBytes, inParts(whole, carried)))).to.deep.equal(plaintext)
    }), { numRuns: 60 })
  })

  it('gives chunks of one length, the last shorter', async () => {
    for (const [size, lengths] of [[1, [1]], [CHUNK, [CHUNK]], [CHUNK + 1, [CHUNK, 1]], [2 * CHUNK, [CHUNK, CHUNK]]] as const) {
      const got = await listed(encryptPayload(key, context, CHUNK, new Uint8Array(size)))
      expect(got.map(({ byteLength }) => byteLength - CHUNK_TAG_BYTES), `${size}`).to.deep.equal(lengths)
    }
  })

  it('knows which lengths payloads have', () => {
    const possible = new Set(Array.from({ length: 5 * CHUNK }, (_, i) => encryptedBytes(i + 1, CHUNK)))
    for (let length = 0; length <= 5 * CHUNK; length++) {
      expect(decryptedBytes(length, CHUNK) != null, `${length}`).to.equal(possible.has(length))
    }
  })

  it('encrypts no two chunks alike, and shows nothing of them', async () => {
    const got = await listed(encryptPayload(key, context, CHUNK, new Uint8Array(4 * CHUNK)))
    expect(new Set(got.map(chunk => Buffer.from(chunk).toString('hex'))).size).to.equal(4)
    for (const chunk of got) expect(chunk.filter(byte => byte === 0).length).to.be.lessThan(CHUNK / 20)
  })

  it('refuses to encrypt nothing', async () => {
    async function * emptyParts (count: number): AsyncGenerator<Uint8Array, void, void> {
      for (let i = 0; i < count; i++) yield new Uint8Array(0)
    }
    for (const nothing of [new Uint8Array(0), emptyParts(0), emptyParts(3)]) await collectedUntil('ITEM_EMPTY', encryptPayload(key, context, CHUNK, nothing))
  })

  describe('give nothing false when', () => {
    const plaintext = seededRng(3).bytes(3.5 * CHUNK)

    it('any bit is flipped', async () => {
      const whole = await encrypted(plaintext)
      await fc.assert(fc.asyncProperty(fc.nat(whole.byteLength - 1), fc.nat(7), async (at, bit) => {
        await refused(whole.map((byte, i) => i === at ? byte ^ 1 << bit : byte), plaintext, `byte ${at}`)
      }), { numRuns: 200 })
    })

    it('they are cut anywhere', async () => {
      const whole = await encrypted(plaintext)
      const boundaries = [0, 1, 2, 3].flatMap(i => [-1, 0, 1, CHUNK_TAG_BYTES].map(by => i * (CHUNK + CHUNK_TAG_BYTES) + by)).filter(at => at >= 0)
      for (const at of [...boundaries, whole.byteLength - 1]) await refused(whole.subarray(0, at), plaintext, `at ${at}`)
      await fc.assert(fc.asyncProperty(fc.nat(whole.byteLength - 1), async at => { await refused(whole.subarray(0, at), plaintext, `at ${at}`) }), { numRuns: 60 })
    })

    it('something is added', async () => {
      const whole = await encrypted(plaintext)
      const [, , , last] = await chunks()
      for (const more of [Uint8Array.of(0), new Uint8Array(CHUNK_TAG_BYTES), last as Uint8Array, whole]) await refused(concat([whole, more]), plaintext, `${more.byteLength} bytes more`)
      await refused(concat([Uint8Array.of(0), whole]), plaintext, 'one byte before')
    })

    it('chunks are left out, repeated or in another order', async () => {
      const [a, b, c, d] = await chunks() as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
      const cases = { 'a missing': [b, c, d], 'b missing': [a, c, d], 'c missing': [a, b, d], 'd missing': [a, b, c], 'a again': [a, a, b, c, d], 'd again': [a, b, c, d, d], 'b and c': [a, c, b, d], 'a and b': [b, a, c, d], 'only d': [d], 'only a': [a] }
      for (const [name, list] of Object.entries(cases)) await refused(concat(list), plaintext, name)
    })

    it('chunks of another key, vault, version, suite or chunk length are among them', async () => {
      const own = await chunks()
      const others = {
        key: await chunks(seededRng(9).bytes(32)),
        vault: await chunks(key, { ...context, vault: seededRng(9).bytes(32) }),
        version: await chunks(key, { ...context, version: 8 }),
        suite: await chunks(key, { ...context, suite: 2 })
      }
      for (const [name, other] of Object.entries(others)) {
        for (let i = 0; i < own.length; i++) await refused(concat(own.with(i, other[i] as Uint8Array)), plaintext, `chunk ${i} of another ${name}`)
        await refused(concat(other), plaintext, `all of another ${name}`)
      }
      for (const chunkBytes of [CHUNK + 1, 2 * CHUNK]) {
        expect(await collectedUntil('ITEM_CORRUPT', decryptPayload(key, context, chunkBytes, concat(own)))).to.have.length(0)
      }
      // one chunk either way: only the associated data tell
      const short = await collected(encryptPayload(key, context, 2 * CHUNK, Uint8Array.of(1, 2, 3)))
      await refused(short, new Uint8Array(0), 'one chunk of another length')
    })

    it('the last is empty, though it is well encrypted', async () => {
      const iv = new Uint8Array(12)
      const additionalData = encodeContext('peerkeep-shards:payload', context, CHUNK) as Uint8Array<ArrayBuffer>
      const aes = await crypto.subtle.importKey('raw', key as Uint8Array<ArrayBuffer>, 'AES-GCM', false, ['encrypt'])
      iv[11] = 1
      const alone = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, aes, new Uint8Array(0)))
      await refused(alone, plaintext, 'alone')
      iv.set([0, 0, 0, 1, 1], 7)
      const second = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, aes, new Uint8Array(0)))
      const [first] = await chunks()
      await refused(concat([first as Uint8Array, second]), plaintext, 'after a full one')
    })

    it('nothing comes', async () => { await refused(new Uint8Array(0), plaintext, 'nothing') })
  })

  it('refuses keys, contexts and chunks of impossible sizes', async () => {
    const cases: Array<[string, Parameters<typeof encryptPayload>]> = [
      ['short key', [key.subarray(1), context, CHUNK, key]],
      ['short vault', [key, { ...context, vault: key.subarray(1) }, CHUNK, key]],
      ['version 0', [key, { ...context, version: 0 }, CHUNK, key]],
      ['version 1.5', [key, { ...context, version: 1.5 }, CHUNK, key]],
      ['version 2^32', [key, { ...context, version: 2 ** 32 }, CHUNK, key]],
      ['suite -1', [key, { ...context, suite: -1 }, CHUNK, key]],
      ...[0, MIN_CHUNK_BYTES - 1, MAX_CHUNK_BYTES + 1, 2048.5, Number.NaN].map((bytes): [string, Parameters<typeof encryptPayload>] => [`chunks of ${bytes}`, [key, context, bytes, key]])
    ]
    for (const [name, args] of cases) {
      await collectedUntil('ITEM_INVALID', encryptPayload(...args), name)
      await collectedUntil('ITEM_INVALID', decryptPayload(...args), name)
    }
  })

  it('passes on how its source fails, and tells it when nobody wants more', async () => {
    let ended = 0
    async function * source (fails: boolean): AsyncGenerator<Uint8Array, void, void> {
      try {
        for (let i = 0; i < 5; i++) yield new Uint8Array(CHUNK)
        if (fails) throw new Error('the disk is gone')
      } finally {
        ended++
      }
    }
    const failed = await collected(encryptPayload(key, context, CHUNK, source(true))).then(() => undefined, (err: unknown) => err)
    expect(failed).to.have.property('message', 'the disk is gone')
    for await (const chunk of encryptPayload(key, context, CHUNK, source(false))) {
      expect(chunk).to.have.length(CHUNK + CHUNK_TAG_BYTES)
      break
    }
    expect(ended).to.equal(2)
  })

  it('says what is missing where there is no WebCrypto', async () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'crypto') as PropertyDescriptor
    Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true })
    try {
      await collectedUntil('ITEM_UNSUPPORTED', encryptPayload(key, context, CHUNK, key))
    } finally {
      Object.defineProperty(globalThis, 'crypto', own)
    }
  })
})
