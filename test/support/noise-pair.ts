import { noise } from '@chainsafe/libp2p-noise'
import { defaultLogger } from '@libp2p/logger'
import { leanNoise } from '../../src/platform/lean-noise.ts'
import { noiseCrypto } from '../../src/platform/noise-crypto.ts'
import { ScriptedConnection } from './scripted-connection.ts'
import { keyOf } from './signed-records.ts'
import type { ICryptoInterface, NoiseComponents, NoiseInit } from '@chainsafe/libp2p-noise'
import type { ConnectionEncrypter, SecuredConnection } from '@libp2p/interface'

export type Kind = 'ours' | 'stock'

export interface NoiseEnd {
  /** Below Noise: what is on the wire. */
  wire: ScriptedConnection
  secured: SecuredConnection
  /** Above it, message by message. */
  received: Uint8Array[]
}

export type NoiseOptions = Omit<NoiseInit, 'crypto'> & { crypto?: (crypto: ICryptoInterface) => ICryptoInterface }

const ours = noiseCrypto as ICryptoInterface

/** The key of `seed` signs: the same bytes each time. */
export async function encrypter (kind: Kind, seed: number, { crypto, ...init }: NoiseOptions = {}): Promise<ConnectionEncrypter> {
  const components = { privateKey: await keyOf(seed), logger: defaultLogger(), upgrader: { getStreamMuxers: () => new Map() } } as unknown as NoiseComponents
  if (kind === 'stock') return noise({ ...init, ...crypto == null ? {} : { crypto: crypto(ours) } })(components)
  return leanNoise<NoiseComponents>(noise({ ...init, crypto: crypto?.(ours) ?? ours }))(components)
}

/** Two ends that know each other; from then on what one writes is for the test to deliver. */
export async function noisePair (dials: Kind, listens: Kind, options: { dialler?: NoiseOptions, listener?: NoiseOptions } = {}): Promise<[NoiseEnd, NoiseEnd]> {
  const [dialler, listener] = [await encrypter(dials, 1, options.dialler), await encrypter(listens, 2, options.listener)]
  const [out, into] = [new ScriptedConnection('outbound'), new ScriptedConnection('inbound')]
  out.onWrite = bytes => { queueMicrotask(() => { into.receive(bytes) }) }
  into.onWrite = bytes => { queueMicrotask(() => { out.receive(bytes) }) }
  const secured = await Promise.all([dialler.secureOutbound(out), listener.secureInbound(into)])
  out.onWrite = into.onWrite = undefined
  return [end(out, secured[0]), end(into, secured[1])]
}

function end (wire: ScriptedConnection, secured: SecuredConnection): NoiseEnd {
  const received: Uint8Array[] = []
  const { connection } = secured
  connection.addEventListener('message', ({ data }) => { received.push(data.slice()) })
  return { wire, secured, received }
}

/** The messages of Noise in what was written, without their lengths. */
export function messagesOf (bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at]! * 256 + bytes[at + 1]!
    messages.push(bytes.slice(at + 2, at += 2 + length))
  }
  return messages
}
