/** `stock`, `ours`: a transport, encryption, a muxer, and nothing else. `raw TCP`: no libp2p. */
export const STREAM_ARMS = ['stock, TCP', 'ours, TCP', 'stock, WebSocket', 'ours, WebSocket', 'raw TCP'] as const
export type StreamArm = typeof STREAM_ARMS[number]

/** What a process with an end of the stream is told. */
export type StreamCommand =
  | { do: 'listen', arm: StreamArm }
  | { do: 'dial', arm: StreamArm, address: string }
  /** So many over a new stream, until the other side has read all. */
  | { do: 'send', mebibytes: number }
  | { do: 'cpu' }

export type StreamAnswer =
  | { event: 'done', address: string, elapsedMs: number, cpuMs: number }
  | { event: 'failed', message: string }
