import { expect } from 'chai'
import { sha256Text as inBrowser } from '../../src/platform/sha256.browser.ts'
import { sha256Text } from '../../src/platform/sha256.ts'

describe('platform: sha256', () => {
  it('is that of FIPS 180, the same in a browser', () => {
    for (const [text, hash] of [['', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='], ['abc', 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=']] as const) {
      for (const hashOf of [sha256Text, inBrowser]) expect(hashOf(new TextEncoder().encode(text)).replace(/=+$/, '')).to.equal(hash.replace(/=+$/, ''))
    }
  })
})
