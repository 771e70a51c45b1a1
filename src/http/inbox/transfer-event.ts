import type { PeerId } from '@libp2p/interface'
import type { FileProgress } from '../schemas/message.ts'

/** What `file:progress` tells. */
export type FileEvent = { event: 'file:progress' } & FileProgress

/** What it takes of a transfer. */
interface Transfer {
  readonly id: string
  readonly peerId: PeerId
  readonly progress: { bytes: number, size?: number }
}

export function transferEvent (direction: 'in' | 'out', name: string, { id, peerId, progress: { bytes, size } }: Transfer, outcome: Pick<FileProgress, 'state' | 'error' | 'path'>): FileEvent {
  return { event: 'file:progress', id, peerId: peerId.toString(), name, direction, bytes, ...size == null ? {} : { size }, ...outcome }
}
