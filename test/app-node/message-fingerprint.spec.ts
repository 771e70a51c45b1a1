import { expect } from 'chai'
import { messageFingerprint } from '../../src/app-node/message-fingerprint.ts'
import type { RPC } from '@libp2p/gossipsub/message'

const message: RPC.Message = { topic: 'news', from: Uint8Array.of(1, 2), seqno: Uint8Array.of(3), signature: Uint8Array.of(4, 5), key: Uint8Array.of(6), data: Uint8Array.of(7, 8) }
const BYTES = ['from', 'seqno', 'signature', 'key', 'data'] as const

/** Everything that differs from the message, by how. */
function variants (): Record<string, RPC.Message> {
  const changed = BYTES.flatMap(name => {
    const bytes = message[name]!
    return [
      [`another ${name}`, { ...message, [name]: bytes.map(byte => byte ^ 1) }],
      [`no ${name}`, { ...message, [name]: undefined }],
      [`an empty ${name}`, { ...message, [name]: new Uint8Array(0) }],
      [`a longer ${name}`, { ...message, [name]: Uint8Array.of(...bytes, 0) }]
    ]
  })
  return {
    ...Object.fromEntries(changed) as Record<string, RPC.Message>,
    'another topic': { ...message, topic: 'New' },
    'a byte in the next field': { ...message, from: Uint8Array.of(1), seqno: Uint8Array.of(2, 3) },
    'a topic that is no UTF-16': { ...message, topic: '\ud800' },
    'another that is none': { ...message, topic: '\ud801' },
    'what stands for both in UTF-8': { ...message, topic: '\ufffd' },
    'a topic that looks like a field': { ...message, topic: 'news\0\0\0\u0002\u0102' }
  }
}

describe('app node: fingerprints of messages', () => {
  it('are the same for copies only, whatever differs', () => {
    const copy = Object.fromEntries(Object.entries(message).map(([name, value]) => [name, value instanceof Uint8Array ? value.slice() : value])) as unknown as RPC.Message
    expect(messageFingerprint(copy)).to.equal(messageFingerprint(message))
    const all = [message, ...Object.values(variants())]
    expect(new Set(all.map(messageFingerprint)).size).to.equal(all.length)
  })

  it('cover all of a long message', () => {
    for (const length of [1_000, 16_384, 300_000]) {
      const data = new Uint8Array(length)
      const before = messageFingerprint({ ...message, data })
      expect(messageFingerprint({ ...message, data: data.slice() })).to.equal(before)
      data[length - 1] = 1
      expect(messageFingerprint({ ...message, data })).to.not.equal(before)
    }
  })
})
