import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { encodeContext } from '../../../src/crypto/item/context.ts'
import { openDataKey, sealItem } from '../../../src/crypto/item/envelope.ts'
import { openLabel, sealLabel } from '../../../src/crypto/item/label.ts'
import { payloadHash } from '../../../src/crypto/item/payload-hash.ts'
import { DEFAULT_CHUNK_BYTES, decryptPayload, encryptPayload } from '../../../src/crypto/item/payload.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { collected, collectedUntil, listed } from './support/collected.ts'
import type { Rng } from '../../../src/util/rng.ts'

interface KeyVector { name: string, suite: number, vault: string, version: number, publicKey: string, randomBytes: string, encapsulation: string, sharedPoint: string, info: string, dataKey: string, wrappedKey: string }
interface PayloadVector { name: string, suite: number, vault: string, version: number, dataKey: string, chunkBytes: number, bytes: number, associatedData: string, tags: string[], encryptedBytes: number, payload: string, encrypted?: string }
interface LabelVector { text: string, ownerSeed: string, vault: string, salt: string, sealed: string }
interface Vectors { keys: { vectors: KeyVector[] }, payloads: { vectors: PayloadVector[] }, refused: { vectors: number[][] }, labels: { vectors: LabelVector[] } }

const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')
const hexOf = (bytes: Uint8Array): string => toString(bytes, 'base16')
const { item } = JSON.parse(await readFile(new URL('../../../protocols/shards/vectors.json', import.meta.url), 'utf8')) as { item: Vectors }

/** The next bytes are these, one after the other. */
function dealt (...draws: Uint8Array[]): Rng {
  return { ...seededRng(0), bytes: () => draws.shift()?.slice() ?? new Uint8Array(0) }
}

function contextOf ({ suite, vault, version }: { suite: number, vault: string, version: number }): { suite: number, vault: Uint8Array, version: number } {
  return { suite, vault: bytesOf(vault), version }
}

const plaintextOf = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => i % 251)

async function chunksOf (vector: PayloadVector): Promise<Uint8Array[]> {
  return await listed(encryptPayload(bytesOf(vector.dataKey), contextOf(vector), vector.chunkBytes, plaintextOf(vector.bytes)))
}

describe('crypto: items as in protocols/shards/vectors.json', () => {
  for (const vector of item.keys.vectors) {
    it(`keys: ${vector.name}`, () => {
      const context = contextOf(vector)
      expect(hexOf(encodeContext('peerkeep-shards:wrap', context))).to.equal(vector.info)
      expect(hexOf(openDataKey(bytesOf(vector.sharedPoint), { encapsulation: bytesOf(vector.encapsulation), wrappedKey: bytesOf(vector.wrappedKey) }, context))).to.equal(vector.dataKey)
      const rng = dealt(bytesOf(vector.dataKey), seededRng(1).bytes(32), bytesOf(vector.randomBytes))
      const { item, dataKey } = sealItem(bytesOf(vector.publicKey), context, DEFAULT_CHUNK_BYTES, rng)
      expect([item.encapsulation, item.wrappedKey, dataKey].map(hexOf)).to.deep.equal([vector.encapsulation, vector.wrappedKey, vector.dataKey])
    })
  }

  for (const vector of item.payloads.vectors) {
    it(`payloads: ${vector.name}`, async () => {
      const chunks = await chunksOf(vector)
      const whole = concat(chunks)
      expect(hexOf(encodeContext('peerkeep-shards:payload', contextOf(vector), vector.chunkBytes))).to.equal(vector.associatedData)
      expect(chunks.map(chunk => hexOf(chunk.subarray(-16)))).to.deep.equal(vector.tags)
      expect(whole).to.have.length(vector.encryptedBytes)
      if (vector.encrypted != null) expect(hexOf(whole)).to.equal(vector.encrypted)
      const hash = payloadHash()
      for (const chunk of chunks) hash.update(chunk)
      expect(hexOf(hash.digest())).to.equal(vector.payload)
      expect(await collected(decryptPayload(bytesOf(vector.dataKey), contextOf(vector), vector.chunkBytes, whole))).to.deep.equal(plaintextOf(vector.bytes))
    })
  }

  it('refused: chunks of a payload, not all or in another order', async () => {
    const vector = item.payloads.vectors.at(-1) as PayloadVector
    const chunks = await chunksOf(vector)
    for (const order of item.refused.vectors) {
      await collectedUntil('ITEM_CORRUPT', decryptPayload(bytesOf(vector.dataKey), contextOf(vector), vector.chunkBytes, concat(order.map(i => chunks[i] as Uint8Array))), String(order))
    }
  })

  for (const { text, ownerSeed, vault, salt, sealed } of item.labels.vectors) {
    it(`labels: ${text.slice(0, 20)}`, async () => {
      expect(hexOf(await sealLabel(bytesOf(ownerSeed), bytesOf(vault), text, dealt(bytesOf(salt))))).to.equal(sealed)
      expect(await openLabel(bytesOf(ownerSeed), bytesOf(vault), bytesOf(sealed))).to.equal(text)
    })
  }
})
