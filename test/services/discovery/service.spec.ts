/* oxlint-disable require-yield -- sources that only wait or throw are generators, too */
import { once } from 'node:events'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { discovery } from '../../../src/services/discovery/index.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { newPeerId, stubComponents } from './stubs.ts'
import type { Connection } from '@libp2p/interface'
import type { DiscoveryEvents, Sighting, Source, SourceContext } from '../../../src/services/discovery/index.ts'
import type { DiscoveryService } from '../../../src/services/discovery/service.ts'
import type { StubComponents } from './stubs.ts'

type Find = (context: SourceContext) => AsyncGenerator<Sighting, void, void>

const at = (port: number): Sighting => ({ multiaddrs: [multiaddr(`/ip4/127.0.0.1/tcp/${port}`)] })

describe('discovery service', () => {
  let clock: ManualClock
  let components: StubComponents
  let service: DiscoveryService
  let failed: Array<DiscoveryEvents['source:failed']['detail']>

  beforeEach(async () => {
    clock = new ManualClock(1_000_000)
    components = await stubComponents()
    failed = []
  })

  afterEach(async () => {
    await service.stop()
    expect(clock.pending, 'timers left behind').to.equal(0)
  })

  function run (...finds: Find[]): void {
    const sources = finds.map(find => (): Source => ({ name: 'probe', find }))
    service = discovery({ clock, rng: seededRng(7), sources })(components) as DiscoveryService
    service.addEventListener('source:failed', ({ detail }) => { failed.push(detail) })
    service.start()
    service.afterStart()
  }

  const source = (i = 0): ReturnType<DiscoveryService['snapshot']>['sources'][number] => service.snapshot().sources[i]!
  const ended = async (): Promise<unknown> => eventually('the source ended', () => source().state === 'ended')

  it('puts sightings into the address book, with the name of the source, and leaves out this node', async () => {
    const peerId = await newPeerId()
    const { multiaddrs } = at(1)
    run(async function * () {
      yield { peerId: components.peerId, multiaddrs }
      yield { peerId, multiaddrs, record: Uint8Array.of(1), seq: 5n, toldBy: multiaddrs[0] }
    })
    await ended()
    expect(components.addressBook.learned).to.deep.equal([{ peerId, multiaddrs, record: Uint8Array.of(1), seq: 5n, toldBy: multiaddrs[0], source: 'probe' }])
    expect(source()).to.deep.equal({ name: 'probe', state: 'ended', sightings: 2, failures: 0, lastSightingMs: 1_000_000 })
    expect(components.pool.dialled).to.deep.equal([])
  })

  describe('an address without a peer id', () => {
    it('is dialled while peers are wanted or the node is alone, and not otherwise', async () => {
      const table = [
        { wants: 1, state: 'connected', dialled: true },
        { wants: 0, state: 'isolated', dialled: true },
        { wants: 0, state: 'connected', dialled: false },
        { wants: 0, state: 'starting', dialled: false }
      ] as const
      run(async function * () {
        for (const [i, { wants, state }] of table.entries()) {
          Object.assign(components.pool, { wants, state })
          yield at(100 + i)
        }
      })
      await ended()
      expect(components.pool.dialled.flat()).to.deep.equal(table.flatMap(({ dialled }, i) => dialled ? [`/ip4/127.0.0.1/tcp/${100 + i}`] : []))
      expect(components.addressBook.learned).to.deep.equal([])
    })

    it('is dialled once in 60 s', async () => {
      run(async function * () {
        for (let i = 0; i < 5; i++) {
          yield at(1)
          clock.advance(20_000)
        }
      })
      await ended()
      expect(components.pool.dialled).to.have.length(2)
    })

    it('is dialled each time by a node that has nobody, for as long as nobody answers', async () => {
      components.pool.state = 'starting'
      run(async function * () {
        for (let i = 0; i < 4; i++) {
          if (i === 2) components.pool.state = 'connected'
          yield at(1)
          clock.advance(5_000)
        }
      })
      await ended()
      expect(components.pool.dialled).to.have.length(3)
    })

    it('is not dialled when it is an address of this node or of a connected peer', async () => {
      const inbound = await newPeerId()
      components = await stubComponents({
        addressManager: { getAddresses: () => [multiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${components.peerId.toString()}`)], getListenAddrs: () => [] },
        connectionManager: {
          getConnections: () => [
            { remotePeer: components.peerId, remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/2') },
            { remotePeer: inbound, remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/54321') }
          ]
        }
      })
      components.addressBook.add({ peerId: inbound, multiaddrs: [multiaddr(`/ip4/127.0.0.1/tcp/3/p2p/${inbound.toString()}`)], source: 'inbound' })
      run(async function * () {
        yield at(1)
        yield { multiaddrs: [...at(2).multiaddrs, multiaddr('/ip4/127.0.0.1/tcp/2/ws')] }
        yield at(3)
        yield at(4)
      })
      await ended()
      expect(components.pool.dialled).to.deep.equal([['/ip4/127.0.0.1/tcp/4']])
    })

    it('waits while 8 others are being dialled', async () => {
      const dials: Array<PromiseWithResolvers<Connection>> = []
      components.pool.onDial = async () => {
        const dial = Promise.withResolvers<Connection>()
        dials.push(dial)
        return dial.promise
      }
      run(async function * () { for (let port = 1; port <= 20; port++) yield at(port) })
      await eventually('8 dials', () => dials.length === 8)
      await clock.advanceAsync(100)
      expect(dials).to.have.length(8)
      expect(service.snapshot().gauges).to.deep.equal({ dialing: 8, recentAddresses: 8 })
      dials[3]!.reject(new Error('refused'))
      dials[5]!.resolve({ remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/6'), remotePeer: await newPeerId() } as Connection)
      await eventually('2 more', () => dials.length === 10)
      components.pool.wants = 0
      for (const dial of dials) dial.reject(new Error('refused'))
      await ended()
      expect(dials).to.have.length(10)
    })

    it('is given up after 30 s, even by a pool that never answers', async () => {
      components.pool.onDial = async (_, signal) => new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }) })
      run(async function * () { yield at(1) })
      await eventually('the dial', () => service.snapshot().gauges.dialing === 1)
      clock.advance(30_000)
      await eventually('no dial', () => service.snapshot().gauges.dialing === 0)
    })
  })

  describe('a source that throws', () => {
    it('is told of and started again, ever later up to 5 minutes', async () => {
      let runs = 0
      run(async function * () { throw new Error(`run ${++runs}`) })
      for (let i = 1; i <= 15; i++) {
        await eventually('a failure', () => failed.length === i && clock.pending === 1)
        expect(source()).to.deep.include({ state: 'waiting', failures: i, lastError: `run ${i}` })
        const { retryInMs } = failed[i - 1]!
        clock.advance(retryInMs - 1)
        expect(runs).to.equal(i)
        clock.advance(1)
      }
      await eventually('a failure', () => clock.pending === 1)
      const waits = failed.map(({ retryInMs }) => retryInMs)
      expect(failed[0]).to.deep.include({ source: 'probe' })
      expect(waits[0]).to.be.within(1, 2_000)
      expect(Math.max(...waits)).to.be.within(100_000, 300_000)
    })

    it('starts with short waits again after a run of a minute', async () => {
      let runMs = 0
      run(async function * () {
        clock.advance(runMs)
        throw new Error('again')
      })
      const fail = async (): Promise<number> => {
        const before = failed.length
        clock.advance(failed.at(-1)!.retryInMs)
        await eventually('a failure', () => failed.length > before)
        return failed.at(-1)!.retryInMs
      }
      await eventually('a failure', () => failed.length === 1)
      let longest = 0
      for (let i = 0; i < 12; i++) longest = Math.max(longest, await fail())
      expect(longest).to.be.above(10_000)
      runMs = 60_000
      expect(await fail()).to.be.at.most(2_000)
    })

    it('does not disturb the others', async () => {
      const peerId = await newPeerId()
      run(
        async function * () { throw new Error('broken') },
        async function * ({ signal }) {
          yield { peerId, ...at(1) }
          await once(signal, 'abort')
        }
      )
      await eventually('a sighting', () => components.addressBook.learned.length === 1)
      expect(service.snapshot().sources.map(({ state }) => state)).to.deep.equal(['waiting', 'running'])
    })

    it('may throw what is no error, or throw at once', async () => {
      // oxlint-disable-next-line no-throw-literal
      run(() => { throw 'text' })
      await eventually('a failure', () => failed.length === 1)
      expect(failed[0]!.error).to.be.an.instanceOf(Error).with.property('message', 'text')
    })
  })

  describe('wanted()', () => {
    const table: Array<{ name: string, before: object, act?: () => void, resolves: boolean }> = [
      { name: 'resolves at once when peers are wanted', before: { wants: 3 }, resolves: true },
      { name: 'resolves at once when the node is alone', before: { wants: 0, state: 'isolated' }, resolves: true },
      { name: 'waits when there are enough', before: { wants: 0 }, resolves: false },
      { name: 'resolves on demand', before: { wants: 0 }, act: () => components.pool.safeDispatchEvent('pool:demand', { detail: { wanted: 2 } }), resolves: true },
      { name: 'resolves when the node becomes alone', before: { wants: 0 }, act: () => components.pool.safeDispatchEvent('pool:isolated'), resolves: true }
    ]
    for (const { name, before, act, resolves } of table) {
      it(name, async () => {
        Object.assign(components.pool, before)
        let waiting = false
        run(async function * ({ wanted }) {
          waiting = true
          await wanted()
        })
        await eventually('wanted() was called', () => waiting)
        await clock.advanceAsync(1)
        if (act != null) expect(source().state).to.equal('running')
        act?.()
        await clock.advanceAsync(1)
        expect(source().state).to.equal(resolves ? 'ended' : 'running')
      })
    }

    it('rejects when discovery stops', async () => {
      components.pool.wants = 0
      let reason: unknown
      run(async function * ({ wanted }) {
        try {
          await wanted()
        } catch (err) {
          reason = err
          throw err
        }
      })
      await service.stop()
      expect(reason).to.have.property('name', 'AbortError')
      expect(failed).to.deep.equal([])
    })
  })

  describe('pause()', () => {
    for (const { name, state, act, afterMs } of [
      { name: 'takes its time', state: 'connected', act: undefined, afterMs: 600_000 },
      { name: 'takes a minute at most while the node is alone', state: 'isolated', act: undefined, afterMs: 60_000 },
      { name: 'ends when the node becomes alone', state: 'connected', act: 'pool:isolated', afterMs: 1_000 },
      { name: 'ends when the machine wakes', state: 'connected', act: 'pool:woke', afterMs: 1_000 }
    ] as const) {
      it(name, async () => {
        Object.assign(components.pool, { state })
        run(async function * ({ pause }) { await pause(600_000) })
        await clock.advanceAsync(999)
        if (act != null) components.pool.dispatchEvent(new CustomEvent(act, { detail: { gapMs: 1 } }))
        await clock.advanceAsync(afterMs - 1_000, 1_000)
        if (act == null) expect(source().state).to.equal('running')
        await clock.advanceAsync(2)
        expect(source().state).to.equal('ended')
        expect(clock.pending).to.equal(0)
      })
    }
  })

  describe('stop', () => {
    let finished: boolean
    beforeEach(() => { finished = false })

    async function * closing (body: AsyncGenerator<Sighting, void, void>): AsyncGenerator<Sighting, void, void> {
      try {
        yield * body
      } finally {
        await new Promise(resolve => setImmediate(resolve))
        finished = true
      }
    }

    const states: Array<{ name: string, find: Find, reached: () => boolean }> = [
      {
        name: 'while a source waits, and throws when it is to end,',
        find: ({ signal }) => closing((async function * () {
          await once(signal, 'abort')
          signal.throwIfAborted()
        })()),
        reached: () => source().state === 'running'
      },
      {
        name: 'while a source waits for demand',
        find: ({ wanted }) => closing((async function * () { components.pool.wants = 0; await wanted() })()),
        reached: () => source().state === 'running' && components.pool.wants === 0
      },
      {
        name: 'while a source waits for a free dial',
        find: () => closing((async function * () {
          components.pool.onDial = async (_, signal) => new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }) })
          for (let port = 1; ; port++) yield at(port)
        })()),
        reached: () => service.snapshot().gauges.dialing === 8
      },
      {
        name: 'while a source waits to be started again',
        find: () => closing((async function * () { throw new Error('broken') })()),
        reached: () => source().state === 'waiting' && clock.pending === 1
      },
      { name: 'after a source ended', find: () => closing((async function * () {})()), reached: () => source().state === 'ended' }
    ]
    for (const { name, find, reached } of states) {
      it(`${name} leaves nothing running`, async () => {
        run(find)
        await eventually(name, reached)
        await service.beforeStop()
        await service.stop()
        expect(finished).to.equal(true)
        expect(source().state).to.equal('ended')
        expect(service.snapshot().gauges.dialing).to.equal(0)
        const { dialled } = components.pool
        const dials = dialled.length
        await clock.advanceAsync(10_000, 1_000)
        expect(dialled).to.have.length(dials)
        expect(failed.length).to.be.at.most(1)
      })
    }

    it('does not wait for ever for a source that does not listen', async () => {
      run(async function * () { await new Promise(() => {}) })
      const stopped = service.stop()
      await clock.advanceAsync(5_000, 1_000)
      await stopped
      expect(source().state).to.equal('running')
    })

    it('can be followed by a new start', async () => {
      let runs = 0
      run(async function * ({ signal }) {
        runs++
        await once(signal, 'abort')
      })
      await service.stop()
      service.start()
      service.afterStart()
      await eventually('the second run', () => runs === 2 && source().state === 'running')
    })

    it('can come before anything started', async () => {
      service = discovery({ clock })(components) as DiscoveryService
      await service.stop()
      expect(service.snapshot().sources).to.deep.equal([])
    })
  })
})
