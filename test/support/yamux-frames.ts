/** yamux as its specification has it (https://github.com/hashicorp/yamux/blob/master/spec.md): written here by hand, not by the module that is tested. */
export const TYPE = { data: 0, window: 1, ping: 2, goAway: 3 } as const
export const FLAG = { syn: 1, ack: 2, fin: 4, rst: 8 } as const
export const HEADER_BYTES = 12

export interface Frame {
  type: number
  flags: number
  stream: number
  /** Of the data; what a window grows by; the id of a ping; why one goes away. */
  length: number
  data?: Uint8Array
}

/** `length` may lie. */
export function frame (type: number, flags: number, stream: number, content: number | Uint8Array, length = typeof content === 'number' ? content : content.length): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(type, 1)
  header.writeUInt16BE(flags, 2)
  header.writeUInt32BE(stream, 4)
  header.writeUInt32BE(length, 8)
  return Uint8Array.from(typeof content === 'number' ? header : Buffer.concat([header, content]))
}

/** All frames of what was written; throws when something is left over. */
export function framesOf (bytes: Uint8Array): Frame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] !== 0) throw new Error(`version ${bytes[at]} at ${at}`)
    const type = view.getUint8(at + 1)
    const length = view.getUint32(at + 8)
    const end = at + HEADER_BYTES + (type === TYPE.data ? length : 0)
    if (end > bytes.length) throw new Error(`a frame of ${end - at} bytes at ${at} of ${bytes.length}`)
    frames.push({ type, flags: view.getUint16(at + 2), stream: view.getUint32(at + 4), length, ...type === TYPE.data ? { data: bytes.slice(at + HEADER_BYTES, end) } : {} })
    at = end
  }
  return frames
}
