import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { signingKey } from '../../src/platform/signing-key.ts'
import type { PrivateKey } from '@libp2p/interface'

const NOISE = new TextEncoder().encode('noise-libp2p-static-key:')

describe('platform/signing-key', () => {
  it('signs as the key does, whatever and however often', async () => {
    const key = await generateKeyPair('Ed25519')
    const fast = signingKey(key)
    const noise = fc.uint8Array({ minLength: 31, maxLength: 33 }).map(bytes => Buffer.concat([NOISE, bytes]))
    // the same again, and others in between
    const messages = fc.array(fc.oneof(noise, fc.uint8Array({ maxLength: 200 })), { maxLength: 4 }).map(some => [...some, ...some, ...some.toReversed()])
    fc.assert(fc.property(messages, all => {
      for (const message of all) {
        expect(fast.sign(message)).to.deep.equal(new Uint8Array(key.sign(message) as Uint8Array))
        expect(fast.sign(new Uint8ArrayList(message.subarray(0, 3), message.subarray(3)) as unknown as Uint8Array)).to.deep.equal(new Uint8Array(key.sign(message) as Uint8Array))
      }
    }), { numRuns: 50 })
  })

  it('is not misled by whoever changes what it was given or gave', async () => {
    const key = await generateKeyPair('Ed25519')
    const fast = signingKey(key)
    const message = Buffer.concat([NOISE, new Uint8Array(32)])
    const first = await fast.sign(message)
    const copy = first.slice()
    first.fill(0)
    const second = await fast.sign(message)
    expect(second).to.deep.equal(copy)
    second.fill(0)
    expect(await fast.sign(message)).to.deep.equal(copy)
    message[40] = 1
    expect(await key.publicKey.verify(message, await fast.sign(message))).to.equal(true)
  })

  it('is the same key to everybody else', async () => {
    const key = await generateKeyPair('Ed25519')
    const fast = signingKey(key)
    expect(fast.equals(key) && key.equals(fast)).to.equal(true)
    expect(peerIdFromPrivateKey(fast).equals(peerIdFromPrivateKey(key))).to.equal(true)
    expect(privateKeyFromProtobuf(privateKeyToProtobuf(fast)).equals(key)).to.equal(true)
    expect(() => fast.sign(NOISE, { signal: AbortSignal.abort() })).to.throw()
  })

  it('signs for keys of another copy of the module, too', async () => {
    const key = await generateKeyPair('Ed25519')
    let signed = 0
    class Ed25519PrivateKey {
      readonly type = 'Ed25519'
      readonly raw = key.raw
      readonly publicKey = key.publicKey
      sign (message: Uint8Array): ReturnType<PrivateKey['sign']> {
        signed++
        return key.sign(message)
      }
    }
    class KeyElsewhere extends Ed25519PrivateKey {}
    const signatureOf = async (other: unknown): Promise<boolean> => key.publicKey.verify(NOISE, await signingKey(other as PrivateKey).sign(NOISE))
    expect(await signatureOf(new Ed25519PrivateKey())).to.equal(true)
    expect(signed).to.equal(0)
    expect(await signatureOf(new KeyElsewhere())).to.equal(true)
    expect(signed).to.equal(1)
    // in a device: what is read of it is no secret
    expect(await signatureOf(Object.assign(new Ed25519PrivateKey(), { raw: new Uint8Array(64) }))).to.equal(true)
    expect(signed).to.equal(2)
  })

  it('leaves other keys alone: of other types, and those that sign somewhere else', async () => {
    for (const key of [await generateKeyPair('secp256k1'), await generateKeyPair('RSA', 1024)]) expect(signingKey(key)).to.equal(key)
    const remote = Object.assign(await generateKeyPair('Ed25519'), { sign: () => new Uint8Array(64) }) as PrivateKey
    expect(signingKey(remote)).to.equal(remote)
  })
})
