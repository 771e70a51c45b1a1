import { WireAbortedError, WireRemoteError, WireTimeoutError } from '../../wire/errors.ts'
import { LINGER_MS } from './constants.ts'
import { decodeMessage } from './message-source.ts'
import { Silence } from './silence.ts'
import type { PeerId } from '@libp2p/interface'
import type { PlainStream } from '../../wire/plain/plain-stream.ts'
import type { ProtocolCaller } from './caller.ts'
import type { CallOptions, CallTarget } from './index.ts'

/** One request, and the items of the answer as they come. Nothing happens until somebody asks for the first. */
export async function * itemStream (caller: ProtocolCaller, target: CallTarget, message: unknown, options: CallOptions): AsyncGenerator {
  const { protocol, links, context: { clock } } = caller
  const { signal, timeoutMs = protocol.timeoutMs } = options
  const startMs = links.begin()
  let stream: PlainStream | undefined
  let remotePeer: PeerId | undefined
  let over = false
  const silence = new Silence(clock, () => { stream?.abort(new WireTimeoutError(`nothing came within ${timeoutMs} ms`, { fault: 'timeout' })) })
  const onAbort = (): void => { stream?.abort(new WireAbortedError('the call was aborted by this side', { cause: signal?.reason })) }
  try {
    const payload = caller.encode(message)
    const { plain, connection } = await caller.open(target, { signal, timeoutMs })
    stream = plain
    remotePeer = connection.remotePeer
    signal?.addEventListener('abort', onAbort, { once: true })
    plain.send(payload)
    plain.closeWrite()
    for (;;) {
      silence.expect(timeoutMs)
      const bytes = await plain.read()
      silence.ease()
      // not what came before
      if (signal?.aborted === true) throw new WireAbortedError('the call was aborted by this side', { cause: signal.reason })
      if (bytes == null) break
      yield decodeMessage(protocol.response, bytes)
    }
    over = true
  } catch (err) {
    over = err instanceof WireRemoteError
    throw caller.failed(err, remotePeer?.toString() ?? '', timeoutMs, remotePeer)
  } finally {
    silence.clear()
    signal?.removeEventListener('abort', onAbort)
    if (over) stream?.finish(clock, LINGER_MS)
    else stream?.abort(new WireAbortedError('the items are not wanted any more'))
    links.end(startMs)
  }
}
