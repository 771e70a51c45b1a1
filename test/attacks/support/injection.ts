import { AbstractStream } from '@libp2p/utils'
import { brokenMux, brokenPlain, MUX } from './call-frames.ts'
import type { Connection, StreamHandler } from '@libp2p/interface'
import type { SendResult } from '@libp2p/utils'
import type { Rng } from '../../../src/util/rng.ts'
import type { BareNode } from './crowd.ts'

/** A stream that has come, as libp2p hands it to a handler; what the handler sends goes nowhere. */
class InjectedStream extends AbstractStream {
  sendData (data: Parameters<AbstractStream['sendData']>[0]): SendResult {
    return { sentBytes: data.byteLength, canSendMore: true }
  }

  sendReset (): void {}
  async sendCloseWrite (): Promise<void> {}
  async sendCloseRead (): Promise<void> {}
  sendPause (): void {}
  sendResume (): void {}
}

/** As libp2p does. */
function hand (handler: StreamHandler, stream: InjectedStream, connection: Connection): void {
  Promise.resolve(handler(stream, connection)).catch((err: unknown) => { stream.abort(err as Error) })
}

export interface InjectionInit {
  protocol: string
  /** What an honest peer might say. */
  messages: readonly Uint8Array[]
  frames: number
  /** Of one stream, at most. @default 1 */
  perStream?: number
}

export interface Injected {
  frames: number
  streams: number
  /** Streams that the node has not ended, after the remote did. */
  left: number
}

/** So many at once, then others have a turn. */
const AT_ONCE = 32
const SETTLE_LIMIT_MS = 15_000

/** Broken frames into the handler of a protocol, as if they had come over this connection: without the milliseconds that it takes to agree on a protocol. */
export async function inject (node: BareNode, connection: Connection, { protocol, messages, frames, perStream = 1 }: InjectionInit, rng: Rng): Promise<Injected> {
  const { handler } = node.components.registrar.getHandler(protocol)
  const open = new Set<InjectedStream>()
  const log = connection.log.newScope('injected')
  let sent = 0
  let streams = 0
  while (sent < frames) {
    for (let i = 0; i < AT_ONCE; i++) {
      const pieces = protocol.startsWith(MUX) ? brokenMux(messages, rng) : brokenPlain(messages, rng, perStream)
      sent += pieces.length
      const stream = new InjectedStream({ id: String(streams++), direction: 'inbound', protocol, log })
      open.add(stream)
      stream.addEventListener('close', () => { open.delete(stream) }, { once: true })
      // some of it is there before anybody reads
      if (rng.int(2) === 0) stream.onData(pieces.shift()!)
      hand(handler, stream, connection)
      for (const piece of pieces) if (stream.status === 'open') stream.onData(piece)
      if (stream.status !== 'open') continue
      if (rng.int(40) === 0) stream.onRemoteReset()
      else stream.onRemoteCloseWrite()
    }
    await new Promise(resolve => { setImmediate(resolve) })
  }
  const untilMs = performance.now() + SETTLE_LIMIT_MS
  while (open.size > 0 && performance.now() < untilMs) await new Promise(resolve => { setTimeout(resolve, 50) })
  const left = open.size
  for (const stream of open) stream.onRemoteReset()
  return { frames: sent, streams, left }
}

/** Frames that are as they should be, on one stream; resolves when it has ended, or after `waitMs`: what is to wait for its turn may do so for long. */
export async function injectWhole (node: BareNode, connection: Connection, protocol: string, frames: readonly Uint8Array[], waitMs: number): Promise<void> {
  const { handler } = node.components.registrar.getHandler(protocol)
  const stream = new InjectedStream({ id: 'whole', direction: 'inbound', protocol, log: connection.log.newScope('injected') })
  const ended = new Promise<void>(resolve => { stream.addEventListener('close', () => { resolve() }, { once: true }) })
  hand(handler, stream, connection)
  for (const frame of frames) stream.onData(frame)
  stream.onRemoteCloseWrite()
  await Promise.race([ended, new Promise(resolve => { setTimeout(resolve, waitMs) })])
}
