import { createHash } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { checkInit } from '../../src/app-node/checked.ts'
import { libp2pOptions } from '../../src/app-node/libp2p-options.ts'
import { createTransports } from '../../src/platform/transports.ts'
import { eventually } from '../support/eventually.ts'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'

const ECHO = '/interop/echo/1.0.0'
const SINK = '/interop/sink/1.0.0'
const STREAMS = 20
const MESSAGES = 500
const MIB = 1_048_576
const LISTEN = { tcp: '/ip4/127.0.0.1/tcp/0', ws: '/ip4/127.0.0.1/tcp/0/ws' }
const TEN_TIMES = 10

const MAKERS = {
  ours: async (listen: string[]) => {
    const parts = { privateKey: await generateKeyPair('Ed25519'), transports: (await createTransports({})).slice(0, 2) }
    return createLibp2p(libp2pOptions({ connectionMonitor: { enabled: false } }, checkInit({ listen }), parts))
  },
  stock: async (listen: string[]) => createLibp2p({
    addresses: { listen },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false }
  })
}

/** Numbers that are the same in each run (xorshift). */
function seeded (seed: number): (below: number) => number {
  let state = seed
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Mostly small, some of several frames and Noise messages, a few of more than a window. */
function randomSize (random: (below: number) => number): number {
  const kind = random(100)
  return 1 + random(kind < 80 ? 2_000 : kind < 98 ? 20_000 : kind < 99 ? 140_000 : 300_000)
}

const hashOf = (): ReturnType<typeof createHash> => createHash('sha256')

async function send (stream: Stream, data: Uint8Array): Promise<void> {
  if (!stream.send(data)) await stream.onDrain()
}

async function digest (stream: Stream): Promise<string> {
  const hash = hashOf()
  for await (const data of stream) hash.update(data.subarray())
  return hash.digest('hex')
}

describe('bytes', () => {
  for (const transport of ['tcp', 'ws'] as const) {
    for (const [dials, listens] of [['ours', 'ours'], ['ours', 'stock'], ['stock', 'ours']] as const) {
      describe(`over ${transport}, ${dials} to ${listens}`, () => {
        let listener: Libp2p
        let dialler: Libp2p
        let connection: Connection
        let sinks: Stream[]

        beforeEach(async () => {
          sinks = []
          listener = await MAKERS[listens]([LISTEN[transport]])
          dialler = await MAKERS[dials]([])
          await listener.handle(ECHO, async stream => {
            try {
              for await (const data of stream) await send(stream, data.subarray())
              await stream.close()
            } catch (err) {
              stream.abort(err as Error)
            }
          }, { maxInboundStreams: 64 })
          await listener.handle(SINK, stream => {
            stream.pause()
            sinks.push(stream)
          })
          connection = await dialler.dial(listener.getMultiaddrs())
          // of streams that are opened before, it bears only ten
          await eventually('the listener has the connection', () => listener.getConnections().length === 1)
        })

        afterEach(async () => { await Promise.all([dialler.stop(), listener.stop()]) })

        const open = async (protocol: string): Promise<Stream> => await connection.newStream(protocol, { maxOutboundStreams: 64 })

        /** What is sent in random pieces, half-closed, and what comes back for it. */
        async function echoed (seed: number, messages: number): Promise<{ sent: string, received: string }> {
          const random = seeded(seed)
          const stream = await open(ECHO)
          const back = digest(stream)
          const hash = hashOf()
          for (let i = 0; i < messages; i++) {
            const data = new Uint8Array(randomSize(random)).fill(random(256))
            data[0] = i
            hash.update(data)
            await send(stream, data)
          }
          await stream.close()
          return { sent: hash.digest('hex'), received: await back }
        }

        it(`${STREAMS * MESSAGES} messages of random sizes come back as they were, after a half-close`, async () => {
          const all = await Promise.all(Array.from({ length: STREAMS }, async (_, i) => echoed(i + 1, MESSAGES)))
          for (const { sent, received } of all) expect(received).to.equal(sent)
        })

        it('streams that are aborted end at the other side, and harm no others', async () => {
          const whole = Array.from({ length: 4 }, async (_, i) => echoed(100 + i, 200))
          const aborted = Array.from({ length: 8 }, async (_, i) => {
            const stream = await open(ECHO)
            const back = digest(stream).then(() => 'ended', (err: Error) => err.message)
            for (let n = 0; n < i * 10; n++) await send(stream, new Uint8Array(10_000))
            stream.abort(new Error('enough'))
            expect(await back).to.equal('enough')
          })
          await Promise.all(aborted)
          for (const { sent, received } of await Promise.all(whole)) expect(received).to.equal(sent)
          await eventually('the other side has no stream left', () => listener.getConnections()[0]?.streams.length === 0)
        })

        it('who does not read lets the other wait, and misses nothing', async () => {
          const stream = await open(SINK)
          const hash = hashOf()
          const chunk = new Uint8Array(65_536)
          let sentBytes = 0
          let isFull = false
          while (!isFull && sentBytes < 64 * MIB) {
            chunk.fill(sentBytes / chunk.length)
            hash.update(chunk)
            sentBytes += chunk.length
            // full when a whole second of turns drains nothing
            if (!stream.send(chunk.slice())) isFull = await stream.onDrain({ signal: AbortSignal.timeout(500) }).then(() => false, () => true)
          }
          expect(isFull, 'waits').to.equal(true)
          expect(sentBytes).to.be.below(TEN_TIMES * MIB)
          const sink = await eventually('the other side has the stream', () => sinks[0]) as Stream
          const received = digest(sink)
          sink.resume()
          await stream.close()
          expect(await received).to.equal(hash.digest('hex'))
        })

        it('what was written before a connection is closed arrives', async () => {
          const stream = await open(SINK)
          const data = new Uint8Array(100_000).fill(7)
          const sink = await eventually('the other side has the stream', () => sinks[0]) as Stream
          const received = digest(sink)
          sink.resume()
          stream.send(data)
          await stream.close()
          await connection.close()
          expect(await received).to.equal(hashOf().update(data).digest('hex'))
        })

        // stock loses it
        if (dials === 'ours') it('also when it was more than the system takes at once', async () => {
          const streams = await Promise.all(Array.from({ length: 24 }, async () => open(SINK)))
          await eventually('the other side has the streams', () => sinks.length === streams.length)
          const received = sinks.map(digest)
          for (const sink of sinks) sink.resume()
          const data = new Uint8Array(250_000).fill(7)
          for (const stream of streams) stream.send(data)
          await Promise.all(streams.map(async stream => stream.close()))
          await connection.close()
          expect(new Set(await Promise.all(received))).to.deep.equal(new Set([hashOf().update(data).digest('hex')]))
        })
      })
    }
  }
})
