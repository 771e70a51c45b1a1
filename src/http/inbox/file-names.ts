import type { Rng } from '../../util/rng.ts'

/** What a file system takes as one name. */
const MAX_NAME_BYTES = 255
/** Longer than that it is no ending. */
const MAX_ENDING = 16
const MAX_NUMBER = 10

// of devices, whatever the ending
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
// hidden files, options of commands; what Windows takes off; what nobody sees
const EDGES = /^[\s.-]+|[\s.]+$/gu
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\/]/gu

const encoder = new TextEncoder()

/** The name for a file in a folder of ours: of what its sender calls it, what is harmless everywhere. */
export function plainName (name: string): string {
  const plain = name.toWellFormed().normalize('NFC').replaceAll(INVISIBLE, '').replaceAll(EDGES, '')
  return fitted(plain === '' ? 'unnamed' : DEVICE.test(plain) ? `_${plain}` : plain, '')
}

/** `name`, or the first of `name (1).ending`, `name (2).ending`, ... that is not taken; where many are, one of chance. */
export function freeName (name: string, isTaken: (name: string) => boolean, rng: Rng): string {
  let free = name
  for (let n = 1; isTaken(free); n++) free = fitted(name, ` (${n <= MAX_NUMBER ? n : rng.int(2 ** 32).toString(36)})`)
  return free
}

/** For a comparison in which no file system sees a difference that is none. */
export function nameKey (name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** With the number before the ending, and shortened before that. */
function fitted (name: string, number: string): string {
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && name.length - dot <= MAX_ENDING ? name.slice(dot) : ''
  const room = MAX_NAME_BYTES - encoder.encode(number + ending).byteLength
  const stem = ending === '' ? name : name.slice(0, dot)
  const { read } = encoder.encodeInto(stem, new Uint8Array(room))
  return stem.slice(0, read) + number + ending
}
