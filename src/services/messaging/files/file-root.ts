import { ChunkFrame } from './chunk-frame.ts'
import { chunkHash } from './chunk-hash.ts'
import { blobReader, fileReader } from './chunk-reader.ts'
import { MerkleTree } from './merkle-tree.ts'
import type { ReadableFile } from './contract.ts'

/**
 * What `done` of a transfer resolves to as `root`, for a file that is here: the Merkle tree hash of RFC 9162 over the SHA-256
 * of each 1,048,576 bytes. Rejects when the file cannot be read, or with the signal's reason.
 */
export async function fileRoot (file: Blob | ReadableFile, { signal }: { signal?: AbortSignal } = {}): Promise<Uint8Array> {
  const tree = new MerkleTree()
  const reader = file instanceof Blob ? blobReader(file) : fileReader(file)
  const frame = new ChunkFrame()
  for (;;) {
    signal?.throwIfAborted()
    frame.length = await reader.read(frame.room)
    if (frame.data.byteLength === 0) return tree.root
    tree.append(await chunkHash(frame.data))
  }
}
