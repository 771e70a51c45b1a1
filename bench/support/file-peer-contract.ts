/** How bytes go to the other side: from memory over a bare stream, where nobody keeps them, or from file to file by messaging. */
export type Way = 'raw' | 'sendFile'

/** What a bench asks a file peer for. */
export type FilePeerCommand =
  | { do: 'dial', address: string }
  | { do: 'send', way: Way, path: string, bytes: number }

/** What it says. `sent` when the other side has all of it, on its disk where there is one. */
export type FilePeerEvent =
  | { event: 'ready', address: string }
  | { event: 'dialled' }
  | { event: 'sent', ms: number }
  | { event: 'failed', message: string }
