import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Entry {
  /** As it was accepted; TLS puts another around it. */
  readonly socket: Socket
  /** Both ends of it. */
  readonly ends: string
  /** Somebody has shown the token on it. */
  known: boolean
  /** Requests with the token that are being answered. */
  held: number
  /** Requests whose answers have not been taken yet. */
  waiting: number
}

export interface ConnectionsInit {
  /** Connections at a time. */
  max: number
  /** Requests on one that may wait for their answers. */
  maxWaiting: number
}

/**
 * Keeps the number of connections down. Those that never showed the token make room first, the oldest before the others;
 * then those that wait for their next request; one with a request in progress never does, and new ones are refused then.
 */
export class Connections {
  readonly #init: ConnectionsInit
  /** Oldest first. */
  readonly #entries = new Set<Entry>()
  /** By what requests come on. */
  readonly #bySocket = new WeakMap<Socket, Entry>()

  constructor (init: ConnectionsInit) {
    this.#init = init
  }

  watch (server: HttpServer): void {
    server.on('connection', (socket: Socket) => { this.#add(socket) })
    server.on('secureConnection', (secure: Socket) => {
      const ends = endsOf(secure)
      for (const entry of this.#entries) if (entry.ends === ends) this.#bySocket.set(secure, entry)
    })
    server.on('timeout', (socket: Socket) => {
      // what takes long to be answered may take long
      if (socket.writableLength > 0 || this.#bySocket.get(socket)?.waiting === 0) socket.destroy()
    })
  }

  /** Every request, before anything else is done about it. False when it is one too many: its connection is gone then. */
  admit ({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const entry = this.#bySocket.get(socket)
    if (entry == null || entry.waiting >= this.#init.maxWaiting) {
      socket.destroy()
      return false
    }
    entry.waiting++
    response.once('close', () => { entry.waiting-- })
    return true
  }

  /** A request with the right token keeps its connection until it is answered. */
  hold (socket: Socket, response: ServerResponse): void {
    const entry = this.#bySocket.get(socket)
    if (entry == null) return
    entry.known = true
    entry.held++
    response.once('close', () => { entry.held-- })
  }

  /** Ends all, whatever is in progress on them. */
  destroy (): void {
    for (const { socket } of this.#entries) socket.destroy()
  }

  #add (socket: Socket): void {
    if (this.#entries.size >= this.#init.max && !this.#makeRoom()) {
      socket.destroy()
      return
    }
    const entry: Entry = { socket, ends: endsOf(socket), known: false, held: 0, waiting: 0 }
    this.#entries.add(entry)
    this.#bySocket.set(socket, entry)
    socket.once('close', () => { this.#entries.delete(entry) })
  }

  #makeRoom (): boolean {
    const all = [...this.#entries]
    const entry = all.find(({ known }) => !known) ?? all.find(({ held }) => held === 0)
    if (entry == null) return false
    this.#entries.delete(entry)
    entry.socket.destroy()
    return true
  }
}

function endsOf ({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join('|')
}
