import { expect } from 'chai'
import { Assembly } from '../../../src/wire/mux/assembly.ts'
import { pattern } from './support/mux-ends.ts'

describe('wire/mux: a message in pieces', () => {
  it('is put together, up to its limit', () => {
    const assembly = new Assembly(100_000)
    const all = pattern(100_000)
    for (let at = 0; at < all.length; at += 333) expect(assembly.add(all.subarray(at, at + 333))).to.equal(true)
    expect(Buffer.compare(assembly.message, all)).to.equal(0)
    expect(assembly.add(Uint8Array.of(1))).to.equal(false)
    expect(assembly.length).to.equal(100_000)
  })

  it('takes no more memory than it needs, however large it may become', () => {
    const assembly = new Assembly(100_000_000)
    for (let i = 0; i < 50_000; i++) assembly.add(Uint8Array.of(1))
    expect(assembly.message.buffer.byteLength).to.be.at.most(100_000)
  })
})
