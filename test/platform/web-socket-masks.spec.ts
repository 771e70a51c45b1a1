import { expect } from 'chai'
import * as fc from 'fast-check'
import { applyMask, maskSent, noMask } from '../../src/platform/web-socket-masks.ts'

const MASK = fc.uint8Array({ minLength: 4, maxLength: 4 })

describe('platform/web-socket-masks', () => {
  it('masks as RFC 6455 (5.7) does in its example', () => {
    const text = Buffer.from('Hello')
    applyMask(text, Uint8Array.of(0x37, 0xfa, 0x21, 0x3d))
    expect(text.toString('hex')).to.equal('7f9f4d5158')
  })

  it('masks each byte with that of its place, wherever the text lies in its buffer, and no other', () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ minLength: 500, maxLength: 600 })), fc.nat(9), fc.nat(9), MASK, (all, before, after, mask) => {
      const start = Math.min(before, all.length)
      const end = Math.max(start, all.length - after)
      const expected = Array.from(all, (byte, i) => i < start || i >= end ? byte : byte ^ mask[(i - start) & 3]!)
      applyMask(all.subarray(start, end), mask)
      expect(Array.from(all)).to.deep.equal(expected)
    }), { seed: 7 })
  })

  it('gives each frame a mask of its own, and changes no text that `ws` sends by itself', () => {
    const frames: Uint8Array[][] = []
    const socket = { _sender: { sendFrame: (frame: Uint8Array[]) => { frames.push(frame) } } }
    maskSent(socket)
    const pong = Uint8Array.of(1, 2, 3)
    for (const [opcode, text] of [[2, Uint8Array.of(1, 2, 3)], [2, Uint8Array.of(1, 2, 3)], [10, pong], [8]] as const) {
      const header = Uint8Array.of(0x80 | opcode, 0x80 | (text?.length ?? 0), 9, 9, 9, 9)
      noMask(header.subarray(2))
      socket._sender.sendFrame(text == null ? [header] : [header, text])
    }
    const masks = frames.map(([header]) => Array.from(header!.subarray(2)))
    expect(new Set(masks.map(String)).size).to.equal(frames.length)
    for (const [i, [, text]] of frames.slice(0, 3).entries()) expect(Array.from(text!, (byte, at) => byte ^ masks[i]![at % 4]!)).to.deep.equal([1, 2, 3])
    expect(frames[3]).to.have.length(1)
    expect(Array.from(pong)).to.deep.equal([1, 2, 3])
  })

  it('says so when `ws` has changed', () => {
    expect(() => { maskSent({ _sender: {} }) }).to.throw('no sendFrame').with.property('code', 'MODULE_CHANGED')
  })
})
