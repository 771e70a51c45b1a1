import { systemClock, timeoutSignal } from '../util/clock.ts'
import { toWireError, WireOversizeError, WireUsageError } from './errors.ts'
import { boundStream, readOne, remoteClosed } from './one-message.ts'
import type { PlainStream } from './plain/plain-stream.ts'
import type { MessageProtocol } from './protocol.ts'
import type { Clock } from '../util/clock.ts'
import type { Connection, Stream } from '@libp2p/interface'

export interface RequestOptions {
  signal?: AbortSignal
  /** @default the system's */
  clock?: Clock
  /** How quick the answer was, and how long: from the request, stream and all, to the whole answer. */
  onAnswer?: (answer: { tookMs: number, bytes: number }) => void
}

/**
 * Sends one message and resolves to the answer. Rejects with a `WireError` within the protocol's `timeoutMs`:
 * `WIRE_TIMEOUT`, `WIRE_OVERSIZE`, `WIRE_UNDECODABLE`, `WIRE_RESET`, `WIRE_UNSUPPORTED`, `WIRE_ABORTED`, `WIRE_BUSY`,
 * `WIRE_LIMITED`. What the remote did wrong is in its `fault`.
 */
export async function request<Request, Response> (connection: Connection, protocol: MessageProtocol<Request, Response>, message: Request, options: RequestOptions = {}): Promise<Response> {
  const codec = protocol.response
  if (codec == null) throw new WireUsageError(`${protocol.id} has no answer: use notify`)
  const { clock = systemClock, onAnswer } = options
  const startMs = clock.monotonic()
  let bytes = 0
  const measured = {
    decode: (encoded: Uint8Array): Response => {
      bytes = encoded.byteLength
      return codec.decode(encoded)
    }
  }
  const answer = await exchange(connection, protocol, message, options, async plain => readOne(plain, measured))
  onAnswer?.({ tookMs: clock.monotonic() - startMs, bytes })
  return answer
}

/** Sends one message and resolves when the remote has taken it. Rejects like `request`. */
export async function notify<Request> (connection: Connection, protocol: MessageProtocol<Request>, message: Request, options: RequestOptions = {}): Promise<void> {
  await exchange(connection, protocol, message, options, remoteClosed)
}

async function exchange<Request, Response, Result> (
  connection: Connection,
  protocol: MessageProtocol<Request, Response>,
  message: Request,
  { signal, clock = systemClock }: RequestOptions,
  receive: (plain: PlainStream) => Promise<Result>
): Promise<Result> {
  const bytes = protocol.request.encode(message)
  if (bytes.byteLength > protocol.maxRequestBytes) {
    throw new WireOversizeError(`the message is ${bytes.byteLength} bytes, ${protocol.id} allows ${protocol.maxRequestBytes}: send less`)
  }
  const deadline = timeoutSignal(clock, protocol.timeoutMs, signal)
  let stream: Stream | undefined
  try {
    deadline.signal.throwIfAborted()
    stream = await connection.newStream([protocol.id], {
      signal: deadline.signal,
      maxOutboundStreams: protocol.maxOutboundStreams,
      runOnLimitedConnection: protocol.runOnLimitedConnection ?? false
    })
    // also after the answer is here, until the remote has closed its side
    const plain = boundStream(stream, protocol.response == null ? 0 : protocol.maxResponseBytes, deadline.signal, () => { deadline.clear() })
    plain.send(bytes)
    plain.closeWrite()
    return await receive(plain)
  } catch (err) {
    const aborted = signal?.aborted === true
    const timedOut = !aborted && deadline.signal.aborted
    const error = toWireError(err, { protocol: protocol.id, peer: connection.remotePeer.toString(), timeoutMs: protocol.timeoutMs, aborted, timedOut })
    if (stream == null) deadline.clear()
    else stream.abort(error)
    throw error
  }
}
