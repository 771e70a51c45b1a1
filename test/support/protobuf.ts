/** Just enough of protobuf's encoding for tests to say what no library would: fields one after the other. */

/** A field of a length and bytes: strings, bytes, messages. */
export function bytesField (number: number, ...parts: Array<Uint8Array | string>): Uint8Array {
  const content = Buffer.concat(parts.map(part => typeof part === 'string' ? Buffer.from(part) : part))
  return Buffer.concat([varint(number << 3 | 2), varint(content.byteLength), content])
}

export function numberField (number: number, value: number): Uint8Array {
  return Buffer.concat([varint(number << 3), varint(value)])
}

/** A message behind its length, as libp2p frames it. */
export function framed (...fields: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(fields)
  return Buffer.concat([varint(content.byteLength), content])
}

function varint (value: number): Uint8Array {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80)
  return Uint8Array.from([...bytes, value])
}
