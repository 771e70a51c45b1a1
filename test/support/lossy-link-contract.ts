import { seededRng } from '../../src/util/rng.ts'

const BLOCK_BYTES = 1_048_576
const SEED = 7

/** The file that is sent, in blocks of which no two are the same. */
export function fileBlocks (size: number): Uint8Array<ArrayBuffer>[] {
  const bytes = seededRng(SEED).bytes(Math.min(size, BLOCK_BYTES))
  return Array.from({ length: Math.ceil(size / BLOCK_BYTES) }, (_, i) => {
    const block = Uint8Array.from(bytes.subarray(0, size - i * BLOCK_BYTES))
    new DataView(block.buffer).setUint32(0, i)
    return block
  })
}

/** Beside what the program itself tells. */
export type LinkEvent =
  | { event: 'link:ready', address: string }
  | { event: 'link:message', n: number }
  | { event: 'link:delivered', count: number }
  | { event: 'link:progress', bytes: number, resumedAt: number }
  | { event: 'link:file-sent', bytes: number }
  | { event: 'link:file-received', bytes: number, sha256: string }
  | { event: 'link:failed', what: string, error: string }
