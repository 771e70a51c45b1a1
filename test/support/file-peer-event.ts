/** What `file-peer.ts` tells. */
export type FilePeerEvent =
  | { event: 'ready', peerId: string, addresses: string[] }
  | { event: 'file:offered', name: string, resumeAt: number }
  | { event: 'file:resumed' | 'file:progress', bytes: number, size?: number, resumedAt: number }
  | { event: 'file:done', bytes: number, root: string }
  | { event: 'file:failed', code: string, message: string }
