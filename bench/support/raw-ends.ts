/** The ends of a stream without libp2p: what TCP, TLS and WebSockets themselves can do. */
import { once } from 'node:events'
import { connect as connectTcp, createServer as createTcp } from 'node:net'
import { connect as connectTls, createServer as createTls } from 'node:tls'
import { WebSocket, WebSocketServer } from 'ws'
import { selfSignedCertificate } from '../../test/support/self-signed.ts'
import type { AddressInfo, Server, Socket } from 'node:net'

/** Ends when the other side has read so many bytes. */
export type Send = (bytes: number) => Promise<void>

type RawArm = 'raw TCP' | 'raw TLS'

export const CHUNK_BYTES = 64 * 1024
const MAX_WAITING_BYTES = 1024 * 1024
const HOST = '127.0.0.1'

export async function rawListener (arm: RawArm): Promise<string> {
  const onSocket = (socket: Socket): void => {
    let bytes = 0
    socket.on('data', data => { bytes += data.length })
    socket.on('end', () => { socket.end(String(bytes)) })
  }
  const options = { allowHalfOpen: true }
  const server = arm === 'raw TCP' ? createTcp(options, onSocket) : createTls({ ...selfSignedCertificate(), ...options }, onSocket)
  return listening(server.listen(0, HOST))
}

export function rawDialler (arm: RawArm, port: number): Send {
  return async bytes => {
    const options = { port, host: HOST, allowHalfOpen: true }
    const socket = arm === 'raw TCP' ? connectTcp(options) : connectTls({ ...options, rejectUnauthorized: false })
    const chunk = new Uint8Array(CHUNK_BYTES)
    for (let sent = 0; sent < bytes; sent += CHUNK_BYTES) if (!socket.write(chunk)) await once(socket, 'drain')
    socket.end()
    let read = ''
    for await (const data of socket) read += String(data)
    check(read, bytes)
  }
}

/** The package that libp2p listens with. A WebSocket has no half-close: a message of text says that it was the last one. */
export async function wsListener (): Promise<string> {
  const server = new WebSocketServer({ host: HOST, port: 0, perMessageDeflate: false })
  server.on('connection', (socket: WebSocket) => {
    let bytes = 0
    socket.on('message', (data: Uint8Array, isBinary: boolean) => {
      if (isBinary) {
        bytes += data.byteLength
        return
      }
      socket.send(String(bytes))
      bytes = 0
    })
  })
  return listening(server)
}

export async function wsDialler (port: string): Promise<Send> {
  const socket = new WebSocket(`ws://${HOST}:${port}`, { perMessageDeflate: false })
  await once(socket, 'open')
  return async bytes => {
    const chunk = new Uint8Array(CHUNK_BYTES)
    const answer = once(socket, 'message')
    for (let sent = 0; sent < bytes; sent += CHUNK_BYTES) {
      const written = new Promise<void>(resolve => { socket.send(chunk, () => { resolve() }) })
      if (socket.bufferedAmount > MAX_WAITING_BYTES) await written
    }
    socket.send('end')
    const [read] = await answer as [unknown]
    check(String(read), bytes)
  }
}

async function listening (server: Server | WebSocketServer): Promise<string> {
  await once(server, 'listening')
  return String((server.address() as AddressInfo).port)
}

function check (read: string, bytes: number): void {
  if (Number(read) !== bytes) throw new Error(`of ${bytes} bytes arrived ${read}`)
}
