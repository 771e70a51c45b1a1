import { expect } from 'chai'
import { toString } from 'uint8arrays/to-string'
import { lock, unlock } from '../../src/crypto/secret-box.ts'
import { seededRng } from '../../src/util/rng.ts'

describe('crypto: secret box', () => {
  const secret = seededRng(1).bytes(32)
  const plaintext = seededRng(2).bytes(32)

  it('unlocks what it locked', async () => {
    expect(await unlock(secret, 'a', await lock(secret, 'a', plaintext, seededRng(3)))).to.deep.equal(plaintext)
  })

  it('shows nothing of it, and never the same', async () => {
    const rng = seededRng(3)
    const [a, b] = [await lock(secret, 'a', plaintext, rng), await lock(secret, 'a', plaintext, rng)]
    expect(toString(a, 'base16').includes(toString(plaintext, 'base16'))).to.equal(false)
    expect(a).to.not.deep.equal(b)
  })

  it('unlocks with the same secret, name and bytes only', async () => {
    const locked = await lock(secret, 'a', plaintext, seededRng(3))
    const attempts = [
      unlock(seededRng(4).bytes(32), 'a', locked),
      unlock(secret, 'b', locked),
      unlock(secret, 'a', locked.subarray(1)),
      unlock(secret, 'a', new Uint8Array(0)),
      ...Array.from(locked, async (_, i) => await unlock(secret, 'a', locked.map((byte, j) => i === j ? byte ^ 1 : byte)))
    ]
    for (const attempt of await Promise.allSettled(attempts)) {
      expect(attempt).to.have.property('status', 'rejected')
      expect((attempt as PromiseRejectedResult).reason).to.have.property('code', 'SEALING_OPEN_FAILED')
    }
  })
})
