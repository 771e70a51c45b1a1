import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import { deriveKeyPair, seal } from '../../../../src/crypto/sealing.ts'
import { canSealTo, readKemRecord } from '../../../../src/services/shards/model/kem-record.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { KemRecord } from '../../../../src/services/shards/pb/shards.ts'
import { peerBytes } from '../../../../src/util/peer-bytes.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { fromString } from 'uint8arrays/from-string'

const bytes = (hex: string): Uint8Array => fromString(hex, 'base16')

/** Small order, first four, and such that another encoding has, too. */
const BAD: Record<string, Uint8Array> = {
  zero: new Uint8Array(32),
  one: new Uint8Array(32).with(0, 1),
  'of order 8': bytes('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
  'of order 8, the other': bytes('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'),
  'minus one': bytes('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
  prime: bytes('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
  'prime and nine': bytes('f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
  'nine with the highest bit': new Uint8Array(32).with(0, 9).with(31, 0x80),
  short: new Uint8Array(31).fill(9),
  none: new Uint8Array(0)
}

describe('shards: keys that sub-shares are sealed to', () => {
  it('are read where something can be sealed to them', async () => {
    const key = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(1))
    const peer = peerIdFromPrivateKey(key)
    const record = async (of: Uint8Array): Promise<Uint8Array | undefined> => await readKemRecord(await sign('kem', KemRecord.encode({ peer: peerBytes(peer), key: of, expiresMs: 1_000 }), key), peer, 0)
    const { publicKey } = await deriveKeyPair(new Uint8Array(32).fill(2))
    expect(await record(publicKey)).to.deep.equal(publicKey)
    expect(canSealTo(new Uint8Array(32).with(0, 9))).to.equal(true)
    for (const [name, bad] of Object.entries(BAD)) expect(await record(bad), name).to.equal(undefined)
    // what is of small order would have stopped whoever deals
    for (const name of ['zero', 'one', 'of order 8', 'of order 8, the other', 'minus one', 'prime']) {
      expect(await seal(BAD[name]!, Uint8Array.of(1), { info: new Uint8Array(0), aad: new Uint8Array(0) }, seededRng(1)).then(() => 'sealed', () => 'refused'), name).to.equal('refused')
    }
  })
})
