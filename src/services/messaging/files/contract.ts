import type { PeerId, TypedEventTarget } from '@libp2p/interface'

/** What can be read from anywhere; in Node `await fileSource(path)`. */
export interface ReadableFile {
  /** Bytes. */
  readonly size: number
  /** Fills `into`, or its start, with what is at `offset`; resolves to how much that was. */
  read (into: Uint8Array, offset: number): Promise<number>
  /** Called once the transfer is over, and when `sendFile` throws. */
  close? (): Promise<void>
}

/**
 * What is sent. A file or a `Blob` can be read again, so that a transfer goes on after either side was restarted; a stream only
 * while this process lives, and while the receiver does. In Node `await fileSource(path)` costs least, and half of
 * `await fs.openAsBlob(path)`.
 */
export type FileSource = ReadableFile | Blob | ReadableStream<Uint8Array>

export interface SendFileOptions {
  /** At most 255 bytes of UTF-8; no path. */
  name: string
  /** A media type. @default that of the Blob, else 'application/octet-stream' */
  type?: string
  /** Bytes, where they are known; of a Blob they are. */
  size?: number
  /** Names the transfer, 16 bytes in hexadecimal: the same id to the same peer goes on where it broke off. @default random */
  id?: string
  /** Cancels. */
  signal?: AbortSignal
  /** How long to try while the peer cannot be reached, or takes no more files for now; begins anew with every chunk that arrives. Milliseconds. @default 600_000 */
  retryForMs?: number
}

export interface FileProgress {
  /** Checked and written at the receiver. */
  bytes: number
  /** Undefined when it is not known. */
  size?: number
  /** Where this connection began. */
  resumedAt: number
}

export interface FileResult {
  bytes: number
  /**
   * 32 bytes that stand for all of the file: the Merkle tree hash of RFC 9162 over the SHA-256 of each 1,048,576 bytes. The same
   * at both sides; `fileRoot(blob)` gives it for a file that is here.
   */
  root: Uint8Array
}

export interface FileTransferEvents {
  /** At most ten times a second, and once at the end. */
  progress: CustomEvent<FileProgress>
}

export interface FileTransfer extends TypedEventTarget<FileTransferEvents> {
  /** In hexadecimal. */
  readonly id: string
  readonly peerId: PeerId
  readonly progress: FileProgress
  /**
   * When the receiver has all of it, checked, and its sink has closed. Rejects with `MESSAGING_FILE_DECLINED`,
   * `MESSAGING_FILE_CANCELLED` (by either side), `MESSAGING_FILE_CORRUPT` (a chunk does not have its hash),
   * `MESSAGING_FILE_UNREACHABLE` (for too long), `MESSAGING_FILE_SOURCE_CHANGED` (since a part of it was sent, or a stream cannot
   * go back), `MESSAGING_FILE_SOURCE_FAILED`, `MESSAGING_FILE_SINK_FAILED` (no room, for example), `MESSAGING_STOPPED`. Need not be awaited.
   */
  readonly done: Promise<FileResult>
  /** Tells the other side, too. Does nothing after the end, nor once the sink is closing: all of the file is there, then. */
  cancel (reason?: string): void
}

/**
 * Where the bytes go. Writes come one at a time and in order; only when the sender begins anew does an offset go back, to 0.
 * With `written` and `read` what is there is checked and used after a restart, whatever else is remembered.
 */
export interface FileSink {
  /** Bytes of an earlier attempt that are there, from the start. */
  readonly written?: number
  /** Reads them back. */
  read? (offset: number, length: number): Promise<Uint8Array>
  /** True when it looks at nothing that it was given once a write has resolved: the memory is used again then. @default false */
  readonly keepsNothing?: boolean
  /** Nothing is acknowledged to the sender before it resolves. */
  write (bytes: Uint8Array, offset: number): Promise<void>
  /** Several, one behind the other; used instead of `write` where it is there. */
  writev? (parts: Uint8Array[], offset: number): Promise<void>
  /** All is there and its hash is right. What lies beyond `size` is of an earlier attempt, and to be cut off. */
  close (size: number): Promise<void>
  /** Nothing more comes; what is there may be kept for a resumption. A node that stops waits 5 s for it, or for `close`. */
  abort (reason: Error): Promise<void> | void
}

export interface FileOffer {
  /** In hexadecimal; chosen by the sender. */
  readonly id: string
  readonly peerId: PeerId
  /** Told by the sender, without what cannot be in the name of a file. It may be that of a file that exists: never overwrite one because of it. */
  readonly name: string
  /** Told by the sender. */
  readonly type: string
  readonly size?: number
  /** Bytes of an earlier attempt that were checked and written: the sink must still have them. 0 for a new transfer. */
  readonly resumeAt: number
  /** Aborts when the sender has left for good, or cancelled. */
  readonly signal: AbortSignal
  /**
   * Takes it. A `WritableStream` gets all of it from the start, and cannot go on after this process was restarted.
   * `fromStart` gives up what is there. Throws `MESSAGING_FILE_INVALID` when the offer is over, and aborts the sink.
   */
  accept (sink: FileSink | WritableStream<Uint8Array>, options?: { fromStart?: boolean }): FileTransfer
  /** Does nothing when the offer is over. */
  decline (reason?: string): void
}
