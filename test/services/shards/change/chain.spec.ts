import { expect } from 'chai'
import { inPieces } from '../../../../src/services/shards/change/chain.ts'
import type { SignedManifest } from '../../../../src/services/shards/pb/shards.ts'

const link = (bytes: number): SignedManifest => ({ manifest: new Uint8Array(bytes), ownerSignature: new Uint8Array(), accepts: [] })

describe('shards: a chain in pieces', () => {
  it('of at most 256 KiB, in order, and nothing left out', () => {
    const chain = [100_000, 100_000, 100_000, 5, 250_000, 10].map(link)
    const pieces = inPieces(chain)
    expect(pieces.map(piece => piece.map(({ manifest }) => manifest.byteLength))).to.deep.equal([[100_000, 100_000], [100_000, 5], [250_000, 10]])
    expect(inPieces([])).to.deep.equal([])
  })
})
