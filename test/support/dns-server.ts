import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { decode, encode, streamDecode, streamEncode, AUTHORITATIVE_ANSWER, TRUNCATED_RESPONSE } from 'dns-packet'
import type { Packet } from 'dns-packet'
import type { Socket as UdpSocket } from 'node:dgram'
import type { AddressInfo, Server, Socket as TcpSocket } from 'node:net'

/** What there is to know of one name. A name that is not in the zone does not exist. */
export interface DnsEntry {
  TXT?: string[]
  A?: string[]
  AAAA?: string[]
  /** Does not answer at all, or with bytes that are no answer. */
  instead?: 'silence' | 'junk'
}

const NXDOMAIN = 3
const MAX_UDP_BYTES = 512

/** A DNS server on a loopback port: UDP, and TCP for what does not fit. */
export class DnsServer {
  readonly zone: Record<string, DnsEntry>
  /** `<type> <name>` of every question. */
  readonly asked: string[] = []
  readonly #udp: UdpSocket = createSocket('udp4')
  readonly #tcp: Server = createServer(socket => this.#serveTcp(socket))
  readonly #sockets = new Set<TcpSocket>()

  private constructor (zone: Record<string, DnsEntry>) {
    this.zone = zone
    this.#udp.on('message', (bytes, { port, address }) => {
      const reply = this.#reply(decode(bytes))
      if (reply instanceof Uint8Array) this.#udp.send(reply, port, address)
      if (reply == null || reply instanceof Uint8Array) return
      const whole = encode(reply)
      this.#udp.send(whole.length <= MAX_UDP_BYTES ? whole : encode({ ...reply, answers: [], flags: (reply.flags ?? 0) | TRUNCATED_RESPONSE }), port, address)
    })
  }

  static async start (zone: Record<string, DnsEntry>): Promise<DnsServer> {
    const server = new DnsServer(zone)
    server.#tcp.listen(0, '127.0.0.1')
    await once(server.#tcp, 'listening')
    server.#udp.bind(server.port, '127.0.0.1')
    await once(server.#udp, 'listening')
    return server
  }

  get port (): number {
    return (this.#tcp.address() as AddressInfo).port
  }

  async stop (): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#udp.close()
    this.#tcp.close()
    await Promise.all([once(this.#udp, 'close'), once(this.#tcp, 'close')])
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await this.stop()
  }

  #serveTcp (socket: TcpSocket): void {
    this.#sockets.add(socket)
    socket.on('close', () => { this.#sockets.delete(socket) })
    socket.on('error', () => { socket.destroy() })
    let received = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        const reply = this.#reply(streamDecode(received.subarray(0, end)))
        received = received.subarray(end)
        if (reply != null) socket.write(reply instanceof Uint8Array ? reply : streamEncode(reply))
      }
    })
  }

  #reply (query: Packet): Packet | Uint8Array | undefined {
    const [question] = query.questions ?? []
    if (question == null) return undefined
    const { name, type } = question
    this.asked.push(`${type} ${name}`)
    const entry = this.zone[name.toLowerCase()]
    if (entry?.instead === 'silence') return undefined
    if (entry?.instead === 'junk') return Uint8Array.of(query.id! >> 8, query.id! & 0xff, 0x80, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0xc0, 0xc0)
    const answers = (entry?.[type as 'TXT' | 'A' | 'AAAA'] ?? []).map(data => ({ type: type as 'A', name, ttl: 1, data }))
    return { type: 'response', id: query.id, flags: AUTHORITATIVE_ANSWER | (entry == null ? NXDOMAIN : 0), questions: [question], answers }
  }
}
