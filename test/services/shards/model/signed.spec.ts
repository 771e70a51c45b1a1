import { generateKeyPair } from '@libp2p/crypto/keys'
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { decodeCanonical } from '../../../../src/services/shards/model/canonical.ts'
import { readKemRecord } from '../../../../src/services/shards/model/kem-record.ts'
import { keyBytes, keyFromBytes, keyOfPeer } from '../../../../src/services/shards/model/keys.ts'
import { sign, signedBytes, verify } from '../../../../src/services/shards/model/signed.ts'
import { KemRecord, Policy } from '../../../../src/services/shards/pb/shards.ts'
import { nodeOf, NOW } from './sample-vault.ts'
import type { SignedKind } from '../../../../src/services/shards/model/signed.ts'
import type { Node } from './sample-vault.ts'

const KINDS: SignedKind[] = ['manifest', 'answer', 'request', 'contribution', 'kem', 'delegation']

describe('shards: signatures', () => {
  let alice: Node
  let bob: Node
  before(async () => { [alice, bob] = [await nodeOf('alice'), await nodeOf('bob')] })

  it('are of one kind, one content and one key', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...KINDS), fc.uint8Array({ maxLength: 64 }), fc.nat(), async (kind, content, at) => {
      const signed = await sign(kind, content, alice.key)
      for (const other of KINDS) expect(await verify(other, signed, alice.key.publicKey)).to.equal(other === kind)
      expect(await verify(kind, signed, bob.key.publicKey)).to.equal(false)
      expect(await verify(kind, { ...signed, content: Uint8Array.of(...content, 0) }, alice.key.publicKey)).to.equal(false)
      expect(await verify(kind, { ...signed, signature: signed.signature.with(at % 64, signed.signature[at % 64]! ^ (1 << (at % 8))) }, alice.key.publicKey)).to.equal(false)
    }), { numRuns: 20 })
  })

  it('that are none are told so, not thrown at', async () => {
    for (const length of [0, 1, 63, 65, 1_000]) expect(await verify('kem', { content: new Uint8Array(1), signature: new Uint8Array(length).fill(1) }, alice.key.publicKey)).to.equal(false)
    const other = await generateKeyPair('secp256k1')
    expect(await verify('kem', { content: new Uint8Array(1), signature: await other.sign(signedBytes('kem', new Uint8Array(1))) }, other.publicKey)).to.equal(false)
  })

  it('with a nonce of small order fit for nobody, whoever made the key', async () => {
    // r = 0: R is the identity, and S = k a, which some libraries take
    const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(alice.key.raw.subarray(0, 32))
    const identity = Uint8Array.of(1, ...new Uint8Array(31))
    const content = Uint8Array.of(7)
    const k = ed25519.Point.Fn.create(littleEndian(sha512(concatBytes(identity, pointBytes, signedBytes('kem', content)))))
    const signature = concatBytes(identity, ed25519.Point.Fn.toBytes(ed25519.Point.Fn.mul(k, scalar)))
    expect(ed25519.verify(signature, signedBytes('kem', content), pointBytes)).to.equal(true)
    expect(await verify('kem', { content, signature }, alice.key.publicKey)).to.equal(false)
  })

  it('are by keys in their one encoding, of prime order', async () => {
    const good = keyBytes(alice.key.publicKey)
    expect(keyFromBytes(good).equals(alice.key.publicKey)).to.equal(true)
    expect(keyOfPeer(alice.peer).equals(alice.key.publicKey)).to.equal(true)
    const header = good.subarray(0, 4)
    const eight = ed25519.Point.fromBytes(Uint8Array.from([0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a]))
    const mixed = ed25519.Point.fromBytes(good.subarray(4)).add(eight).toBytes()
    const bad = [
      Uint8Array.of(...header, 1, ...new Uint8Array(31)), Uint8Array.of(...header, ...eight.toBytes()), Uint8Array.of(...header, ...mixed), Uint8Array.of(...header, ...new Uint8Array(32).fill(255)),
      good.subarray(1), Uint8Array.of(...good, 0), Uint8Array.of(0x08, 0x02, ...good.subarray(2)), new Uint8Array(0)
    ]
    for (const bytes of bad) expect(() => keyFromBytes(bytes)).to.throw().with.property('code', 'SHARDS_INVALID')
    for (const peer of [good, alice.peer.subarray(1), Uint8Array.of(0x12, ...alice.peer.subarray(1)), new Uint8Array(34)]) expect(() => keyOfPeer(peer)).to.throw().with.property('code', 'SHARDS_INVALID')
    expect(() => keyBytes({ type: 'RSA' } as never)).to.throw().with.property('code', 'SHARDS_INVALID')
    const other = await generateKeyPair('secp256k1')
    expect(() => keyBytes(other.publicKey)).to.throw().with.property('code', 'SHARDS_INVALID')
  })

  it('are over numbers that every reader can hold', () => {
    const most = Policy.encode({ version: 1, auditEveryMs: Number.MAX_SAFE_INTEGER })
    expect(decodeCanonical('a policy', Policy, most).auditEveryMs).to.equal(Number.MAX_SAFE_INTEGER)
    // 2^53
    expect(() => decodeCanonical('a policy', Policy, Uint8Array.of(0x08, 1, 0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10))).to.throw().with.property('code', 'SHARDS_INVALID')
  })

  it('of KEM records are by the peer itself, and good for a while', async () => {
    const record = { peer: alice.peer, key: alice.kem.publicKey, expiresMs: NOW + 1 }
    const told = async (edit: Partial<KemRecord> = {}, key = alice.key): ReturnType<typeof readKemRecord> => await readKemRecord(await sign('kem', KemRecord.encode({ ...record, ...edit }), key), alice.peerId, NOW)
    expect(await told()).to.deep.equal(alice.kem.publicKey)
    expect(await readKemRecord(undefined, alice.peerId, NOW)).to.equal(undefined)
    for (const edit of [{ peer: bob.peer }, { key: new Uint8Array(31) }, { expiresMs: NOW }, { expiresMs: 0 }]) expect(await told(edit), JSON.stringify(edit)).to.equal(undefined)
    expect(await told({}, bob.key)).to.equal(undefined)
    expect(await readKemRecord({ content: Uint8Array.of(1, 2), signature: new Uint8Array(64) }, alice.peerId, NOW)).to.equal(undefined)
  })
})

function littleEndian (bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n)
}
