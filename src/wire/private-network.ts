import { byteStream } from '@libp2p/utils'
import { AppError } from '../errors.ts'
import type { AbortOptions, ConnectionProtector, MessageStream, MultiaddrConnection } from '@libp2p/interface'

/** The other side has another pre-shared key, or none. */
export class PrivateNetworkError extends AppError {
  constructor (reason: string, options: { cause?: unknown, details?: Record<string, unknown> } = {}) {
    super('PRIVATE_NETWORK_REFUSED', reason, options)
  }
}

/** Shorter than libp2p waits for an address, or nobody would hear of it. */
const NONCE_TIMEOUT_MS = 5_000
const CLOSE_TIMEOUT_MS = 1_000
/** What whoever dials says first (multistream-select 1.0): its length, 19, and the beginning of `/multistream/1.0.0`. */
const HELLO = Uint8Array.of(19, 0x2f, 0x6d, 0x75)

/**
 * libp2p's private networks (https://github.com/libp2p/specs/blob/master/pnet/Private-Networks-PSK-V1-Spec.md), with words for
 * what goes wrong. Who has another key is not found out by the protector: what comes is garbage, and both sides wait for more
 * of it until they give up. So whoever is dialled looks at the first bytes, and whoever dials knows why it was hung up on.
 * Nothing else is sent than without it.
 */
export function clearProtector (protector: ConnectionProtector): ConnectionProtector {
  return {
    protect: async (connection, options) => {
      const hungUp = connection.direction === 'outbound' ? watchHangUp(connection) : undefined
      const stream = await exchangeNonces(protector, connection, options)
      hungUp?.(stream)
      if (connection.direction === 'inbound') await expectHello(connection, stream, options)
      return stream
    }
  }
}

async function exchangeNonces (protector: ConnectionProtector, connection: MessageStream, options: AbortOptions = {}): Promise<MessageStream> {
  const timeout = AbortSignal.timeout(NONCE_TIMEOUT_MS)
  try {
    return await protector.protect(connection, { ...options, signal: options.signal == null ? timeout : AbortSignal.any([options.signal, timeout]) })
  } catch (err) {
    throw refused(connection, 'it did not begin as the nodes of a private network do', err)
  }
}

/** Takes nothing away from the stream. */
async function expectHello (connection: MessageStream, stream: MessageStream, options?: AbortOptions): Promise<void> {
  const bytes = byteStream(stream)
  try {
    const hello = (await bytes.read({ ...options, bytes: HELLO.byteLength })).subarray()
    if (!HELLO.every((byte, i) => hello[i] === byte)) throw refused(connection, 'what it sends cannot be read')
    bytes.unwrap()
    stream.unshift(hello)
  } catch (err) {
    const error = err instanceof PrivateNetworkError ? err : refused(connection, 'it said nothing', err)
    // to abort a WebSocket does not close it
    await stream.close({ signal: AbortSignal.timeout(CLOSE_TIMEOUT_MS) }).catch((err: unknown) => { connection.log('could not be closed: %e', err) })
    stream.abort(error)
    throw error
  }
}

/** Listens before the protector does, so as to be the first to know. Returns what is to be called with the protector's stream. */
function watchHangUp (connection: MessageStream): (stream: MessageStream) => void {
  let stream: MessageStream | undefined
  let heard = false
  connection.addEventListener('close', ({ error }) => {
    if (!heard) stream?.abort(refused(connection, 'it hung up on the first words', error))
  }, { once: true })
  return made => {
    stream = made
    // the protector's listener is there: this one takes nothing away
    connection.addEventListener('message', () => { heard = true }, { once: true })
  }
}

function refused (connection: MessageStream, why: string, cause?: unknown): PrivateNetworkError {
  // the type says less than what libp2p gives
  const address = String((connection as Partial<MultiaddrConnection>).remoteAddr ?? 'the other side')
  return new PrivateNetworkError(`${address} is not in this private network, so it seems: ${why}; look whether both nodes have the same pre-shared key`, { cause, details: { address } })
}
