import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { AppError, describeError } from '../errors.ts'
import { abortingWebSockets } from './aborting-web-sockets.ts'
import { diallingWebSockets } from './dialling-web-sockets.ts'
import { gatheringTcp } from './gathering-tcp.ts'
import { joiningWebSockets } from './joining-web-sockets.ts'
import { streamingWebSockets } from './streaming-web-sockets.ts'
import type { Libp2pInit } from 'libp2p'

/** `QUIC_UNAVAILABLE` or `TLS_INVALID` */
export class TransportError extends AppError {}

export interface TransportsInit {
  /** @default false */
  quic?: boolean
  /** PEM texts, for `/tls/ws` listeners. */
  tls?: { cert: string, key: string }
}

export type Transports = NonNullable<Libp2pInit['transports']>

// who opens a socket and sends no request, or half of one, is dropped: Node's own limit is a minute
const HTTP_LIMITS = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 }

/** TCP, WebSockets and relayed connections; QUIC when asked. */
export async function createTransports ({ quic, tls }: TransportsInit): Promise<Transports> {
  const [https, quicTransport] = await Promise.all([
    tls == null ? undefined : checkTls(tls),
    quic === true ? loadQuic() : undefined
  ])
  return [
    gatheringTcp(tcp()),
    abortingWebSockets(joiningWebSockets(streamingWebSockets(diallingWebSockets(webSockets({
      http: HTTP_LIMITS,
      ...https == null ? {} : { https: { ...HTTP_LIMITS, ...https } }
    }))))),
    circuitRelayTransport(),
    ...quicTransport == null ? [] : [quicTransport]
  ]
}

async function checkTls ({ cert, key }: { cert: string, key: string }): Promise<{ cert: string, key: string }> {
  const { createSecureContext } = await import('node:tls')
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    throw new TransportError('TLS_INVALID', `the TLS certificate and key cannot be used: ${describeError(cause)}. Both must be PEM texts, and the key must be the certificate's`, { cause })
  }
  return { cert, key }
}

async function loadQuic (): Promise<Transports[number]> {
  try {
    const { quic } = await import('@chainsafe/libp2p-quic')
    return quic()
  } catch (cause) {
    throw new TransportError('QUIC_UNAVAILABLE', `QUIC cannot be used: ${describeError(cause)}. Install the package @chainsafe/libp2p-quic (it has binaries for Linux, macOS and Windows on common processors), or leave QUIC off`, { cause })
  }
}
