import { expect } from 'chai'
import { argon2id } from '../../src/platform/argon2.ts'

const salt = new Uint8Array(16).fill(2)
const cost = { memoryKiB: 64, passes: 3, lanes: 4 }

describe('platform/argon2', () => {
  it('gives what the reference implementation does', async () => {
    // phc-winner-argon2, src/test.c, version 0x13
    for (const [lanes, key] of [[1, '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe'], [2, '6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037']] as const) {
      for (const inJavaScript of [false, true]) {
        const got = await argon2id('password', new TextEncoder().encode('somesalt'), { memoryKiB: 256, passes: 2, lanes }, { inJavaScript })
        expect(Buffer.from(got).toString('hex')).to.equal(key)
      }
    }
  })

  it('gives the same with and without Node\'s own', async () => {
    for (const passphrase of ['a', 'corr\u00e9ct horse', '\u{1f511}'.repeat(40)]) {
      const fast = await argon2id(passphrase, salt, cost)
      expect(fast).to.have.length(32)
      expect(Buffer.from(await argon2id(passphrase, salt, cost, { inJavaScript: true })).equals(fast), passphrase).to.equal(true)
    }
  })

  it('depends on everything', async () => {
    const keys = await Promise.all([
      argon2id('a', salt, cost), argon2id('b', salt, cost), argon2id('a', new Uint8Array(16), cost),
      argon2id('a', salt, { ...cost, memoryKiB: 128 }), argon2id('a', salt, { ...cost, passes: 4 }), argon2id('a', salt, { ...cost, lanes: 2 })
    ])
    expect(new Set(keys.map(key => Buffer.from(key).toString('hex'))).size).to.equal(keys.length)
  })
})
