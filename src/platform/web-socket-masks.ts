import { randomFillSync } from 'node:crypto'
import { internalsOf } from './module-internals.ts'

/** What a socket of `ws` sends through: a header, which ends with the mask, and the text if there is one. */
interface FrameSender {
  sendFrame (frame: [header: Uint8Array, text?: Uint8Array], sent?: (err?: Error) => void): void
}

const MASK_BYTES = 4
const WORD_BYTES = 8
/** Below it a view of words costs more than it saves. */
const WORDS_FROM_BYTES = 512
const maskWord = new BigUint64Array(1)
const maskBytes = new Uint8Array(maskWord.buffer)
const pool = new Uint8Array(1024 * MASK_BYTES)
let drawn = pool.length
/** Of the first byte of a frame: set if it is a ping, a pong or the end. */
const CONTROL_BIT = 0x08

/** For the option `generateMask` of `ws`: it then masks nothing itself, which without native help it does byte by byte. */
export const noMask = (mask: Uint8Array): void => { mask.fill(0) }

/**
 * Masks all that a socket sends with a random mask for each frame (RFC 6455, 5.3), a word at a time. The bytes that `send` is given are
 * changed, and must not be used again.
 */
export function maskSent (socket: object): void {
  const sender = internalsOf<FrameSender>(internalsOf<{ _sender: object }>(socket, '_sender')._sender, 'sendFrame')
  const sendFrame = sender.sendFrame.bind(sender)
  sender.sendFrame = ([header, given], sent) => {
    const mask = drawMask()
    header.set(mask, header.length - MASK_BYTES)
    if (given == null) {
      sendFrame([header], sent)
      return
    }
    // what `ws` itself sends may be what it has read, and tells of
    const text = ((header[0] ?? 0) & CONTROL_BIT) === 0 ? given : Uint8Array.from(given)
    applyMask(text, mask)
    sendFrame([header, text], sent)
  }
}

/** XORs in place: twice is not at all. */
export function applyMask (bytes: Uint8Array, mask: Uint8Array): void {
  const { buffer, byteOffset, byteLength } = bytes
  if (byteLength < WORDS_FROM_BYTES) {
    applyBytes(bytes, mask, 0, byteLength)
    return
  }
  const start = -byteOffset & (WORD_BYTES - 1)
  const words = new BigUint64Array(buffer, byteOffset + start, Math.floor((byteLength - start) / WORD_BYTES))
  for (let i = 0; i < WORD_BYTES; i++) maskBytes[i] = mask[(start + i) & 3] ?? 0
  const [word = 0n] = maskWord
  applyBytes(bytes, mask, 0, start)
  for (let i = 0; i < words.length; i++) words[i] = (words[i] ?? 0n) ^ word
  applyBytes(bytes, mask, start + words.byteLength, byteLength)
}

function applyBytes (bytes: Uint8Array, mask: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) bytes[i] = (bytes[i] ?? 0) ^ (mask[i & 3] ?? 0)
}

/** Random bytes that nobody had yet: to ask for four at a time would cost more than to mask with them. */
function drawMask (): Uint8Array {
  if (drawn === pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  return pool.subarray(drawn, drawn += MASK_BYTES)
}
