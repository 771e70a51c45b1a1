import { once } from 'node:events'
import { expect } from 'chai'
import { internalsOf } from '../../src/platform/module-internals.ts'
import { seededRng } from '../../src/util/rng.ts'
import { eventually, standstill } from '../support/eventually.ts'
import { stopAll } from '../support/stop-all.ts'
import { watchUnhandled } from '../support/unhandled.ts'
import { FLAG, frame, HEADER_BYTES, TYPE } from '../support/yamux-frames.ts'
import { figure } from './support/figures.ts'
import { Attacker, Listener, SINK, WIRES } from './support/frame-nodes.ts'
import { mutant } from './support/mutation.ts'
import { RawSockets } from './support/raw-sockets.ts'
import type { Rng } from '../../src/util/rng.ts'
import type { Verdict } from './support/frame-nodes.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

type Place = 'below' | 'above'

const CASES = 60
const LIMIT_MS = 5_000
const MIB = 1_048_576
/** Of a stream, as long as it has not grown. */
const WINDOW = 256 * 1024
const SAID = [3, 500, 20_000]
/** More than an honest dial, stream and its bytes are written in. */
const MESSAGES = { below: 9, above: 6 }
const NONE = new Uint8Array(0)

const FRAMES = [
  frame(TYPE.window, FLAG.syn, 1, 0), frame(TYPE.window, 0, 1, 65_536), frame(TYPE.data, 0, 1, new Uint8Array(9).fill(9)), frame(TYPE.window, FLAG.fin, 1, 0),
  frame(TYPE.data, FLAG.syn, 3, Uint8Array.of(1)), frame(TYPE.window, FLAG.rst, 3, 0), frame(TYPE.ping, FLAG.syn, 0, 7), frame(TYPE.goAway, 0, 0, 0)
]

/** One message is changed: a bit, an end, another in its place, more after it, or it is left out. */
function change (rng: Rng, place: Place): (bytes: Uint8Array, message: number) => Uint8Array {
  const at = rng.int(MESSAGES[place])
  const state = rng.int(2 ** 31)
  return (bytes, message) => {
    if (message !== at) return bytes
    // by itself: how much chance a message takes depends on how long it is
    const own = seededRng(state)
    switch (own.int(6)) {
      case 0: return NONE
      case 1: return Buffer.concat([bytes, bytes])
      case 2: return own.bytes(1 + own.int(200))
      case 3: return place === 'above' ? Buffer.concat([bytes, mutant(FRAMES, own)]) : mutant([bytes], own)
      default: return mutant([bytes], own, MIB)
    }
  }
}

/** Of the frame that its muxer waits for; 0 when there is none, or nobody was let in. */
function awaitedBytes ({ node }: Listener): number {
  const [connection] = node.getConnections()
  if (connection == null) return 0
  const { muxer } = internalsOf<{ muxer: { decoder: { buffer: Uint8ArrayList } } }>(connection, 'muxer')
  const { buffer } = muxer.decoder
  return buffer.byteLength < HEADER_BYTES ? 0 : buffer.getUint32(HEADER_BYTES - 4)
}

/** As an honest peer does it, as far as it gets. */
async function talk (attacker: Attacker, listener: Listener): Promise<Verdict & { awaited: number }> {
  const over = new AbortController()
  const talking = (async () => {
    const connection = await attacker.node.dial(listener.node.getMultiaddrs(), { signal: over.signal })
    const stream = await connection.newStream(SINK, { signal: over.signal })
    for (const length of SAID) stream.send(new Uint8Array(length).fill(length))
    await stream.close({ signal: over.signal })
  })().catch(() => {})
  await standstill(() => attacker.bytes + listener.bytes)
  const verdict = { ...listener.verdict(), awaited: awaitedBytes(listener) }
  over.abort()
  attacker.raw?.abort(new Error('over'))
  await talking
  await eventually('the connection is gone', () => !listener.verdict().stands && listener.node.getConnections().length === 0)
  return verdict
}

describe('frames that are none', () => {
  let attackers: Record<'ours' | 'stock', Attacker>
  let unhandled: ReturnType<typeof watchUnhandled>

  before(async () => {
    unhandled = watchUnhandled()
    attackers = { ours: await Attacker.create(), stock: await Attacker.create() }
  })

  after(async () => {
    await stopAll(Object.values(attackers).map(({ node }) => node))
    await unhandled.stop()
  })

  for (const wire of WIRES) {
    describe(`over ${wire}`, () => {
      let ours: Listener
      let stock: Listener

      before(async () => { [ours, stock] = [await Listener.create('ours', wire), await Listener.create('stock', wire)] })
      after(async () => { await stopAll([ours.node, stock.node]) })

      /** Whoever is honest is heard as before. */
      const checkHonest = async (): Promise<void> => {
        attackers.ours.change({})
        const { known, streams } = await talk(attackers.ours, ours)
        expect(known).to.equal(true)
        expect(streams).to.have.length(1)
        expect(streams[0]?.received).to.equal(SAID.map(length => Buffer.alloc(length, length).toString('hex')).join(''))
      }

      for (const [place, seed] of [['below', 1], ['above', 2]] as const) {
        it(`${place === 'below' ? 'before, in and after the handshake' : 'inside of Noise'}: the same verdict as stock libp2p has`, async () => {
          const rng = seededRng(seed)
          const ends = { standing: 0, refused: 0, known: 0 }
          for (let i = 0; i < CASES; i++) {
            const changed = { [place]: change(rng, place) }
            const [own, other] = await Promise.all(([['ours', ours], ['stock', stock]] as const).map(async ([kind, listener]) => {
              attackers[kind].change(changed)
              return talk(attackers[kind], listener)
            }))
            // stock waits for a frame of up to 4 GiB; ours for none that is longer than a window
            if (own!.fault === 'MuxerError') expect(other!.stands && other!.awaited > WINDOW, `case ${i}: stock waits for ${other!.awaited} bytes`).to.equal(true)
            else expect({ ...own, fault: '', awaited: 0 }, `case ${i}`).to.deep.equal({ ...other, fault: '', awaited: 0 })
            ends[own!.stands ? 'standing' : 'refused']++
            if (own!.known) ends.known++
          }
          figure({ test: `frames ${wire}`, what: `${CASES} conversations changed ${place === 'below' ? 'on the wire' : 'inside of Noise'}: ${ends.known} let in, ${ends.refused} cut off, ${ends.standing} left standing`, value: '0 other verdicts', limit: 'those of stock' })
          await checkHonest()
        })
      }

      it('a frame that never ends, and questions whose answers nobody reads, fill no memory', async () => {
        const floods: Record<string, (attacker: Attacker) => Uint8Array> = {
          'one frame of 4 GiB': ({ muxer }) => {
            muxer!.maConn.send(frame(TYPE.data, FLAG.syn, 1, NONE, 0xffff_ffff))
            return new Uint8Array(64 * 1024)
          },
          pings: ({ raw }) => {
            raw!.pause()
            return Buffer.concat(Array.from({ length: 5_000 }, (_, i) => frame(TYPE.ping, FLAG.syn, 0, i)))
          }
        }
        for (const [name, begin] of Object.entries(floods)) {
          const attacker = attackers.ours
          attacker.change({})
          await attacker.node.dial(ours.node.getMultiaddrs(), { signal: AbortSignal.timeout(LIMIT_MS) })
          attacker.muxer!.onData = () => {}
          const piece = begin(attacker)
          const sent = await flood(attacker, ours, piece)
          figure({ test: `frames ${wire}`, what: `${name}: MiB until it is cut off`, value: (sent / MIB).toFixed(1), limit: '48' })
          expect(sent, name).to.be.below(48 * MIB)
          attacker.raw?.abort(new Error('over'))
          await eventually('the connection is gone', () => ours.node.getConnections().length === 0)
        }
        await checkHonest()
      })
    })
  }

  it('WebSocket frames that are none: it goes on', async () => {
    const listener = await Listener.create('ours', 'ws')
    await using sockets = new RawSockets()
    const port = Number(/tcp\/(\d+)/.exec(String(listener.node.getMultiaddrs()[0]))?.[1])
    const hello = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n')
    const rng = seededRng(3)
    const valid = [Uint8Array.of(0x82, 0x84, 1, 2, 3, 4, 5, 6, 7, 8), Uint8Array.of(0x89, 0x80, 0, 0, 0, 0), Uint8Array.of(0x88, 0x82, 0, 0, 0, 0, 3, 0xe8), Uint8Array.of(0x02, 0x81, 0, 0, 0, 0, 1), Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x61)]
    for (let i = 0; i < CASES; i++) {
      const socket = await sockets.dial({ port, from: '127.0.0.1', say: hello })
      socket.write(mutant(valid, rng))
      // what is cut off at once is closed, what waits for more is ended by whoever waits
      socket.end()
      if (!socket.destroyed) await once(socket, 'close')
    }
    expect(listener.node.status).to.equal('started')
    await eventually('nobody is left', () => listener.node.getConnections().length === 0)
    await listener.node.stop()
  })
})

/** Bytes that could be sent until the listener has cut it off. */
async function flood (attacker: Attacker, listener: Listener, piece: Uint8Array): Promise<number> {
  const connection = attacker.muxer!.maConn
  let sent = 0
  while (listener.verdict().stands && sent < 256 * MIB) {
    try {
      if (!connection.send(piece)) await connection.onDrain({ signal: AbortSignal.timeout(LIMIT_MS) })
    } catch {
      break
    }
    sent += piece.length
    await new Promise(resolve => setImmediate(resolve))
  }
  await eventually('it is cut off', () => !listener.verdict().stands)
  return sent
}
