import { once } from 'node:events'
import { connect, createServer } from 'node:tls'
import { selfSignedCertificate } from '../../test/support/self-signed.ts'
import { pause } from './wait.ts'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Dialler, Listener } from './dial-ends.ts'

// whose key it is would be checked by who uses it
const MUTUAL = { requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3' } as const

/** Sends a byte to whoever has shown a certificate. */
export async function tlsListener (onIdentified: (peer: string) => void): Promise<Listener> {
  const server = createServer({ ...selfSignedCertificate(), ...MUTUAL }, socket => {
    const peer = peerOf(socket)
    socket.on('error', () => { socket.destroy() })
    socket.resume().end('.')
    onIdentified(peer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { address: String((server.address() as AddressInfo).port) }
}

export async function tlsDialler (address: string): Promise<Dialler> {
  const own = selfSignedCertificate()
  let theirs = Promise.withResolvers<void>()
  return {
    peer: 'TLS',
    identified: () => { theirs.resolve() },
    async dial (holdMs) {
      theirs = Promise.withResolvers()
      const socket = connect({ host: '127.0.0.1', port: Number(address), ...own, ...MUTUAL })
      await once(socket, 'secureConnect')
      peerOf(socket)
      // the other side ends it, and so does this one then
      await Promise.all([once(socket.resume(), 'close'), theirs.promise])
      await pause(holdMs)
    }
  }
}

function peerOf (socket: TLSSocket): string {
  const { raw } = socket.getPeerCertificate()
  if (raw == null) throw new Error('the other side has shown no certificate')
  return 'TLS'
}
