import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { webSockets } from '@libp2p/websockets'
import { AppError } from '../errors.ts'
import { abortingWebSockets } from './aborting-web-sockets.ts'
import { joiningWebSockets } from './joining-web-sockets.ts'
import type { Transports, TransportsInit } from './transports.ts'

export type { Transports, TransportsInit } from './transports.ts'

/** `QUIC_UNAVAILABLE` or `TLS_INVALID` */
export class TransportError extends AppError {}

/** WebSockets to dial, and relayed connections. Rejects what a browser cannot do. */
export async function createTransports ({ quic, tls }: TransportsInit): Promise<Transports> {
  if (quic === true) throw new TransportError('QUIC_UNAVAILABLE', 'QUIC cannot be used in a browser: leave `quic` off')
  if (tls != null) throw new TransportError('TLS_INVALID', 'a browser cannot listen on TLS: leave `tls` out')
  return [abortingWebSockets(joiningWebSockets(webSockets())), circuitRelayTransport()]
}
