/** `stock`, `ours`: a transport, encryption, a muxer, and nothing else. `raw`: no libp2p; TLS as who encrypts, too. */
export const STREAM_ARMS = ['stock, TCP', 'ours, TCP', 'stock, WebSocket', 'ours, WebSocket', 'raw TCP', 'raw TLS', 'raw ws'] as const
export type StreamArm = typeof STREAM_ARMS[number]

/** What a process with an end of the stream is told. */
export type StreamCommand =
  | { do: 'listen', arm: StreamArm }
  | { do: 'dial', arm: StreamArm, address: string }
  /** So many over a new stream, until the other side has read all. */
  | { do: 'send', mebibytes: number }
