import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import { Connector } from '../../../src/services/protocols/connector.ts'
import { ProtocolError } from '../../../src/services/protocols/index.ts'
import { itemStream } from '../../../src/services/protocols/item-stream.ts'
import { Links } from '../../../src/services/protocols/links.ts'
import { ProtocolCaller } from '../../../src/services/protocols/caller.ts'
import { ProtocolServer } from '../../../src/services/protocols/server.ts'
import { Tally } from '../../../src/services/protocols/tally.ts'
import { openBans } from '../../../src/components.ts'
import { encodeFailure } from '../../../src/wire/failure.ts'
import { FAILURE_MARK, prefixOf } from '../../../src/wire/plain/message-splitter.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { Opinion } from '../../support/protocol-nodes.ts'
import { feed, haggle, note, quote } from '../../support/quote-protocols.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { StubConnection } from '../../support/stub-connection.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import { linkedStreams, settle } from '../../wire/mux/support/linked-streams.ts'
import type { Connection, PeerId, StreamHandler } from '@libp2p/interface'
import type { ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { ProtocolsContext } from '../../../src/services/protocols/context.ts'
import type { Protocol } from '../../../src/services/protocols/index.ts'
import type { AnyHandler } from '../../../src/services/protocols/server.ts'
import type { Rng } from '../../../src/util/rng.ts'
import type { LinkedStream } from '../../wire/mux/support/linked-streams.ts'

/** Streams for each protocol and side; RUNS=100000 for as many as an attacker might send over night. */
const STREAMS = Number(process.env.RUNS ?? 600)
const AT_A_TIME = 60
const SHAPES = { request: quote, notify: note, stream: feed, duplex: haggle } as unknown as Record<string, Protocol>
const rng = seededRng(7)

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const frame = (bytes: Uint8Array): number[] => [...prefixOf(bytes.byteLength), ...bytes]

/** Frames as they may be, some of them mutated, cut or noise. */
function fuzzed (random: Rng, good: unknown[]): Uint8Array {
  const pick = <T>(items: readonly T[]): T => items[random.int(items.length)] as T
  const frames = Array.from({ length: 1 + random.int(4) }, () => pick([
    () => frame(encode(pick(good))),
    () => frame(encode(pick(good))),
    () => frame(encode(pick([null, {}, [], 'x', { item: 7 }, { price: '1' }]))),
    () => frame(random.bytes(random.int(300))),
    () => [...FAILURE_MARK, ...frame(pick([encodeFailure('busy', 'later'), encodeFailure('x-own', ''), random.bytes(random.int(600))]))],
    () => [...prefixOf(random.int(2 ** 31)), ...random.bytes(random.int(20))],
    () => [...random.bytes(random.int(64))]
  ])()).flat()
  const bytes = Uint8Array.from(frames)
  if (bytes.byteLength > 0 && random.int(4) === 0) bytes[random.int(bytes.byteLength)] = random.int(256)
  return random.int(5) === 0 ? bytes.subarray(0, random.int(bytes.byteLength + 1)) : bytes
}

/** Sends it in pieces, and then ends, breaks off, or says nothing more. */
function send (random: Rng, from: LinkedStream, bytes: Uint8Array): void {
  from.send(bytes)
  while (from.deliver(1 + random.int(200)));
  const end = random.int(4)
  if (end === 0) from.abort(new Error('gone'))
  else if (end < 3) from.close().catch(() => {})
}

describe('protocols: fuzzed streams', function () {
  this.timeout(600_000)
  let unhandled: ReturnType<typeof watchUnhandled>
  let clock: ManualClock
  let opinion: Opinion
  let context: ProtocolsContext
  let peerId: PeerId

  beforeEach(() => {
    unhandled = watchUnhandled()
    clock = new ManualClock()
    opinion = new Opinion()
    peerId = randomPeerId(rng)
    context = { clock, log: defaultLogger().forComponent('fuzz'), netgroups: {}, scoring: opinion.scoring, bans: openBans, useful: () => {}, running: true }
  })
  afterEach(async () => { await unhandled.stop() })

  const handlers: Record<string, AnyHandler> = {
    request: () => ({ price: 1 }),
    notify: () => {},
    stream: async function * () { for (let i = 0; i < 3; i++) yield i },
    duplex: async function * (offers: AsyncIterable<unknown>) { for await (const offer of offers) yield offer }
  }
  const good: Record<string, unknown[]> = { request: [{ item: 'tea' }], notify: [{ item: 'tea' }], stream: [0, 3], duplex: [1, 2, 3] }

  for (const [shape, protocol] of Object.entries(SHAPES)) {
    it(`${shape}: never crash a server, which ends them all, and charges what no honest peer sends`, async () => {
      const streamHandlers = new Map<string, StreamHandler>()
      const registrar = { handle: async (id: string, handler: StreamHandler) => { streamHandlers.set(id, handler) }, unhandle: async () => {} } as unknown as Registrar
      const server = new ProtocolServer(protocol, handlers[shape]!, new Tally(), context)
      await server.listen(registrar)
      const connection = new StubConnection(peerId) as unknown as Connection
      for (let done = 0; done < STREAMS; done += AT_A_TIME) {
        const ends = Array.from({ length: AT_A_TIME }, () => linkedStreams())
        const before = opinion.offences.length
        for (const { near, far } of ends) {
          await streamHandlers.get(protocol.ids[0])!(far, connection)
          send(rng, near, fuzzed(rng, good[shape]!))
        }
        const all = ends.flatMap(({ near, far }) => [near, far])
        await settle(...all)
        for (let i = 0; i < 4; i++) {
          clock.advance(10_000)
          await settle(...all)
        }
        expect(ends.filter(({ far }) => far.status === 'open')).to.have.length(0)
        // of one stream at most one
        expect(opinion.offences.length - before).to.be.at.most(AT_A_TIME)
        expect([server.tally.active, server.streams, clock.pending]).to.deep.equal([0, 0, 0])
      }
      const { calls, failed, faults } = server.tally
      expect(calls).to.be.greaterThan(STREAMS / 10)
      expect(failed).to.equal(0)
      expect(faults.undecodable).to.be.greaterThan(0)
      expect(faults.invalid).to.be.greaterThan(0)
      expect(faults.oversize).to.be.greaterThan(0)
    })

    it(`${shape}: never crash a caller, whose calls all end with a value or a ProtocolError`, async () => {
      const links = new Links(protocol, context)
      const components = { peerId: randomPeerId(rng), connectionManager: {} as ConnectionManager }
      const caller = new ProtocolCaller(protocol, links, new Connector(components, context), context)
      const outcomes: Record<string, number> = {}
      for (let done = 0; done < STREAMS; done += AT_A_TIME) {
        const all: LinkedStream[] = []
        // one connection for each, so that none learns from another
        const calls = Array.from({ length: AT_A_TIME }, async () => {
          const { near, far } = linkedStreams()
          all.push(near, far)
          near.protocol = protocol.ids[0]
          const connection = Object.assign(new StubConnection(peerId), {
            [Symbol.for('@libp2p/connection')]: true,
            newStream: async () => {
              send(rng, far, fuzzed(rng, { request: [{ price: 1 }], notify: [{}], stream: [1, 2], duplex: [1, 2] }[shape]!))
              return near
            }
          }) as unknown as Connection
          try {
            if (shape === 'stream') for await (const item of itemStream(caller, connection, 3, {})) expect(item).to.be.a('number')
            else if (shape === 'duplex') await talk(caller, connection)
            else await caller.call(connection, { item: 'tea' }, {})
            outcomes.well = (outcomes.well ?? 0) + 1
          } catch (err) {
            expect(err).to.be.instanceOf(ProtocolError)
            const { code } = err as ProtocolError
            outcomes[code] = (outcomes[code] ?? 0) + 1
          } finally {
            connection.abort(new Error('the test is over'))
          }
        })
        const settled = Promise.all(calls)
        await settle(...all)
        for (let i = 0; i < 4; i++) {
          clock.advance(10_000)
          await settle(...all)
        }
        await settled
        expect(all.filter(({ status }) => status === 'open')).to.have.length(0)
        expect([links.tally.active, links.streams, links.gauges.links, clock.pending]).to.deep.equal([0, 0, 0, 0])
      }
      expect(Object.keys(outcomes)).to.include.members(['well', 'PROTOCOL_BAD_RESPONSE', 'PROTOCOL_RESET', 'PROTOCOL_TIMEOUT', 'PROTOCOL_BUSY', 'PROTOCOL_FAILED'])
      // who broke it was charged, once for each call
      expect(opinion.offences).to.have.length(outcomes.PROTOCOL_BAD_RESPONSE!)
    })
  }
})

async function talk (caller: ProtocolCaller, connection: Connection): Promise<void> {
  const { openDuplex } = await import('../../../src/services/protocols/duplex-call.ts')
  const duplex = await openDuplex(caller, connection, {})
  await duplex.send(1)
  await duplex.closeWrite()
  for await (const answer of duplex) expect(answer).to.be.a('number')
}
