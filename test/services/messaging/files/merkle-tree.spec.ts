import { expect } from 'chai'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MerkleTree } from '../../../../src/services/messaging/files/merkle-tree.ts'
import { seededRng } from '../../../../src/util/rng.ts'

// the entries and roots that implementations of RFC 6962 and RFC 9162 are tested with, first in certificate-transparency
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'
]

describe('messaging: the Merkle tree of a file', () => {
  it('has the published roots', () => {
    const tree = new MerkleTree()
    const roots = [tree.root]
    for (const entry of ENTRIES) {
      tree.append(fromString(entry, 'base16'))
      roots.push(tree.root)
    }
    expect(roots.map(root => toString(root, 'base16'))).to.deep.equal(ROOTS)
    expect(tree.size).to.equal(ENTRIES.length)
  })

  it('goes on from its peaks, and from a copy, as if nothing had happened', () => {
    const rng = seededRng(1)
    const tree = new MerkleTree()
    for (let size = 0; size < 70; size++) {
      const entry = rng.bytes(32)
      const restored = MerkleTree.restore(tree.size, tree.peaks)
      const copy = tree.clone()
      expect(restored.root).to.deep.equal(tree.root)
      const before = tree.root
      tree.append(entry)
      expect(copy.root).to.deep.equal(before)
      for (const other of [restored, copy]) {
        other.append(entry)
        expect(other.root).to.deep.equal(tree.root)
      }
    }
  })

  for (const [what, size, bytes] of [['too few peaks', 3, 32], ['too many', 4, 64], ['a part of one', 1, 31], ['a negative size', -1, 0], ['half an entry', 0.5, 32]] as const) {
    it(`refuses ${what}`, () => { expect(() => MerkleTree.restore(size, new Uint8Array(bytes))).to.throw(RangeError) })
  }
})
