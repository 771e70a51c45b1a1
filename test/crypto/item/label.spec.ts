import { expect } from 'chai'
import * as fc from 'fast-check'
import { MAX_LABEL_BYTES, openLabel, sealLabel } from '../../../src/crypto/item/label.ts'
import { lock } from '../../../src/crypto/secret-box.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { expectItemError } from './support/collected.ts'

const [seed, vault] = [seededRng(1).bytes(32), seededRng(2).bytes(32)]

async function failure (promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(() => undefined, (err: unknown) => err)
}

describe('crypto: labels of vaults', () => {
  it('open to what they were, and all short ones have one length', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(), async (text, rng) => {
      fc.pre(Buffer.byteLength(text) < MAX_LABEL_BYTES)
      const sealed = await sealLabel(seed, vault, text, seededRng(rng))
      expect(sealed).to.have.length(304)
      expect(await openLabel(seed, vault, sealed)).to.equal(text)
    }), { numRuns: 50 })
    const longest = 'x'.repeat(MAX_LABEL_BYTES)
    const sealed = await sealLabel(seed, vault, longest, seededRng(3))
    expect(sealed.byteLength).to.be.lessThan(350)
    expect(await openLabel(seed, vault, sealed)).to.equal(longest)
  })

  it('are refused when they are too long, in bytes', async () => {
    for (const text of ['x'.repeat(MAX_LABEL_BYTES + 1), '\u{1f511}'.repeat(MAX_LABEL_BYTES / 4) + 'x']) {
      expectItemError('ITEM_INVALID', await failure(sealLabel(seed, vault, text, seededRng(3))))
    }
  })

  it('open for their owner and vault only, and unchanged', async () => {
    const sealed = await sealLabel(seed, vault, 'wallet', seededRng(3))
    expect(Buffer.from(sealed).includes('wallet')).to.equal(false)
    const attempts = [
      openLabel(seededRng(4).bytes(32), vault, sealed), openLabel(seed, seededRng(4).bytes(32), sealed), openLabel(seed, vault, new Uint8Array(0)),
      ...Array.from(sealed, async (_, at) => await openLabel(seed, vault, sealed.map((byte, i) => i === at ? byte ^ 1 : byte)))
    ]
    for (const attempt of attempts) expectItemError('ITEM_CORRUPT', await failure(attempt))
  })

  it('that their owner did not make as labels are refused', async () => {
    const name = `peerkeep-shards:label:${Buffer.from(vault).toString('hex')}`
    for (const content of [new Uint8Array(256), Uint8Array.of(0xff, 0x80, ...new Uint8Array(254))]) {
      expectItemError('ITEM_CORRUPT', await failure(openLabel(seed, vault, await lock(seed, name, content, seededRng(3)))))
    }
  })
})
