import { noise, pureJsCrypto } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'
import { checkInit } from '../../../src/app-node/checked.ts'
import { libp2pOptions } from '../../../src/app-node/libp2p-options.ts'
import { abortingWebSockets } from '../../../src/platform/aborting-web-sockets.ts'
import { leanNoise } from '../../../src/platform/lean-noise.ts'
import { noiseCrypto } from '../../../src/platform/noise-crypto.ts'
import { createTransports } from '../../../src/platform/transports.ts'
import { wrappedTransport } from '../../../src/platform/wrapped-transport.ts'
import { hex, vectors, withEphemeral } from '../../support/noise-vectors.ts'
import { keyOf } from '../../support/signed-records.ts'
import { TYPE } from '../../support/yamux-frames.ts'
import type { ICryptoInterface, NoiseInit } from '@chainsafe/libp2p-noise'
import type { Libp2p, MultiaddrConnection, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import type { Libp2pOptions } from 'libp2p'

export const SINK = '/frames/sink/1.0.0'
export const WIRES = ['tcp', 'ws'] as const
export type Wire = typeof WIRES[number]

type Transports = NonNullable<Libp2pOptions['transports']>
type Change = (bytes: Uint8Array, message: number) => Uint8Array
type Raw = MultiaddrConnection & { onData (data: { byteLength: number }): void }

const LISTEN = { tcp: '/ip4/127.0.0.1/tcp/0', ws: '/ip4/127.0.0.1/tcp/0/ws' }
const SAME: Change = bytes => bytes

/** Keys that are not chosen by chance: what is changed on the wire is then the same, whoever listens. */
function keysOf (side: 'initiator' | 'responder', crypto: ICryptoInterface = pureJsCrypto): NoiseInit {
  const { static: key, ephemeral } = vectors.noise.vectors[0]![side]
  return { staticNoiseKey: hex(key), crypto: withEphemeral(crypto, ephemeral) }
}

/** What became of the connection of an attacker, as the listener has it. */
export interface Verdict {
  /** Whether the connection below Noise still stands. */
  stands: boolean
  /** Whether there was a peer, and not only somebody who tried. */
  known: boolean
  streams: Array<{ received: string, end: string }>
  /** Why it does not stand: the name of the error. */
  fault?: string
}

/** A node that is attacked, with what happens to it; bytes are counted below Noise. */
export class Listener {
  readonly node: Libp2p
  bytes = 0
  #raw?: MultiaddrConnection
  #verdict: Verdict = { stands: false, known: false, streams: [] }

  private constructor (node: Libp2p) {
    this.node = node
  }

  static async create (kind: 'ours' | 'stock', wire: Wire): Promise<Listener> {
    const watch = (raw: MultiaddrConnection): MultiaddrConnection => listener.#watch(raw as Raw)
    const plain: Transports = kind === 'ours' ? (await createTransports({})).slice(0, 2) : [tcp(), webSockets()]
    const transports = plain.map(transport => wrappedTransport(transport, watch))
    const listen = [LISTEN[wire]]
    const privateKey = await keyOf(1)
    const base: Libp2pOptions = kind === 'ours'
      ? libp2pOptions({ connectionEncrypters: [leanNoise(noise(keysOf('responder', noiseCrypto)))], connectionMonitor: { enabled: false } }, checkInit({ listen }), { privateKey, transports })
      : { privateKey, addresses: { listen }, transports, connectionEncrypters: [noise(keysOf('responder'))], streamMuxers: [yamux()], connectionMonitor: { enabled: false } }
    const node = await createLibp2p({ ...base, connectionManager: { inboundConnectionThreshold: Infinity } })
    const listener = new Listener(node)
    node.addEventListener('connection:open', () => { listener.#verdict.known = true })
    await node.handle(SINK, stream => {
      const seen = { received: '', end: '' }
      listener.#verdict.streams.push(seen)
      stream.addEventListener('message', ({ data }) => { seen.received += Buffer.from(data.subarray()).toString('hex') })
      stream.addEventListener('remoteCloseWrite', () => { seen.end += 'no more comes, ' })
      stream.addEventListener('close', ({ error }) => { seen.end += error?.name ?? 'closed' })
    })
    return listener
  }

  /** Of the newest connection. */
  verdict (): Verdict {
    return structuredClone({ ...this.#verdict, stands: this.#raw?.status === 'open' })
  }

  #watch (raw: Raw): Raw {
    this.#raw = raw
    this.bytes = 0
    this.#verdict = { stands: true, known: false, streams: [] }
    const verdict = this.#verdict
    // a WebSocket that is aborted tells of a reset, too
    raw.addEventListener('close', ({ error }) => { verdict.fault ??= error?.name })
    const onData = raw.onData.bind(raw)
    return Object.assign(raw, {
      onData: (data: { byteLength: number }) => {
        this.bytes += data.byteLength
        onData(data)
      }
    })
  }
}

/** Stock libp2p, but what it says is changed before Noise encrypts it, or after. */
export class Attacker {
  readonly node: Libp2p
  raw?: MultiaddrConnection
  muxer?: StreamMuxer & { maConn: MultiaddrConnection, onData (data: unknown): void }
  bytes = 0
  #below = SAME
  #above = SAME

  private constructor (node: Libp2p) {
    this.node = node
  }

  static async create (): Promise<Attacker> {
    const tap = (raw: MultiaddrConnection): MultiaddrConnection => attacker.#tapRaw(raw)
    const muxers = (): StreamMuxerFactory => {
      const made = yamux({ enableKeepAlive: false })()
      const create = made.createStreamMuxer.bind(made)
      return Object.assign(made, { createStreamMuxer: (connection: Parameters<typeof create>[0]) => attacker.#tapMuxer(create(connection)) })
    }
    const attacker: Attacker = new Attacker(await createLibp2p({
      privateKey: await keyOf(2),
      transports: [wrappedTransport(tcp(), tap), wrappedTransport(abortingWebSockets(webSockets()), tap)],
      connectionEncrypters: [noise(keysOf('initiator'))],
      streamMuxers: [muxers],
      connectionGater: { denyDialMultiaddr: () => false },
      connectionMonitor: { enabled: false }
    }))
    return attacker
  }

  /** What is said from the next connection on: by number of the message, from 0. */
  change ({ below = SAME, above = SAME }: { below?: Change, above?: Change }): void {
    this.#below = below
    this.#above = above
  }

  #tapRaw (raw: MultiaddrConnection): MultiaddrConnection {
    const send = raw.send.bind(raw)
    const change = this.#below
    let messages = 0
    this.raw = raw
    this.bytes = 0
    return Object.assign(raw, {
      send: (data: Parameters<typeof send>[0]) => {
        const bytes = change(Uint8Array.from(data.subarray()), messages++)
        this.bytes += bytes.length
        return bytes.length === 0 || send(bytes)
      }
    })
  }

  #tapMuxer (made: StreamMuxer): StreamMuxer {
    const muxer = made as StreamMuxer & { maConn: MultiaddrConnection, onData (data: unknown): void, send (data: Uint8Array): boolean }
    const change = this.#above
    let messages = 0
    this.muxer = muxer
    return Object.assign(muxer, {
      send: (data: Uint8Array) => {
        const given = Uint8Array.from(data.subarray())
        // when a ping is answered is a matter of time: it would not be the same message that is changed
        if (given[1] === TYPE.ping) return true
        const bytes = change(given, messages++)
        return bytes.length === 0 || muxer.maConn.send(bytes)
      }
    })
  }
}
