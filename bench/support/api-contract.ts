/** What a process with a node is told to do. */
export type ApiHostCommand =
  /** A node, with an admin API where `api` says so. */
  | { what: 'start', api: boolean, most: number }
  | { what: 'dial', address: string }
  | { what: 'neighbours' }
  /** It says so many, evenly over that time. Answered when the last is said. */
  | { what: 'say', run: number, count: number, overMs: number, bytes: number }
  | { what: 'heard', run: number }
  /** A bare fastify that sends these bytes. */
  | { what: 'serve', path: string, bytes: Uint8Array }

/** In the order of the commands. */
export interface ApiHostAnswers {
  start: { address: string, url: string, token: string }
  dial: null
  /** In the mesh of the topic. */
  neighbours: number
  /** How many could be said. */
  say: number
  /** Milliseconds from saying to hearing, of the run. */
  heard: number[]
  /** Its URL. */
  serve: string
}
