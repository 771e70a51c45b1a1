import { expect } from 'chai'
import * as fc from 'fast-check'
import { EventHub } from '../../../src/http/events/event-hub.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { Subscription, ToldEvent } from '../../../src/http/events/event-hub.ts'

const TYPES = ['a', 'b', 'c']

/** Told numbers, by the `n` that a test publishes; gaps as `gap <missed>`. */
function heard (told: ToldEvent[]): Array<number | string> {
  return told.map(({ json }) => {
    const { event, n, missed } = JSON.parse(json) as { event: string, n: number, missed: number }
    return event === 'gap' ? `gap ${missed}` : n
  })
}

function publish (hub: EventHub, ...numbers: number[]): void {
  for (const n of numbers) hub.publish({ event: 'a', n } as { event: string })
}

function listen (hub: EventHub, options: Parameters<EventHub['subscribe']>[0] = {}): { told: ToldEvent[], subscription: Subscription } {
  const told: ToldEvent[] = []
  return { told, subscription: hub.subscribe(options, event => { told.push(event) }) }
}

/** Checks all that one subscriber is told against everything that was published. */
class Reader {
  paused = false
  /** The last id it was given. */
  lastId?: string
  /** How many more it takes before it asks for a rest. */
  #appetite = Infinity
  #next: number
  #subscription: Subscription | undefined
  readonly #hub: EventHub
  readonly #world: { types: string[], kept: number }
  readonly #types?: Set<string>

  constructor (hub: EventHub, world: { types: string[], kept: number }, from: 'now' | 'oldest', types?: Set<string>) {
    this.#hub = hub
    this.#world = world
    this.#types = types
    this.#next = from === 'now' ? world.types.length + 1 : this.#oldest
    this.#subscribe(from === 'now' ? undefined : 'oldest')
  }

  get #oldest (): number {
    const { types, kept } = this.#world
    return Math.max(1, types.length - kept + 1)
  }

  rest (after: number): void {
    this.#appetite = after
  }

  wake (): void {
    this.paused = false
    this.#appetite = Infinity
    this.#subscription?.resume()
  }

  leave (): void {
    this.#subscription?.end()
    this.#subscription = undefined
  }

  /** With the last id it was given, as over a new connection. */
  comeBack (): void {
    if (this.#subscription != null) return
    this.paused = false
    this.#appetite = Infinity
    // of a type that is not asked for nothing is told: what comes next is reckoned from the id
    if (this.lastId != null) this.#next = Number(this.lastId.split('-')[1]) + 1
    else this.#next = this.#world.types.length + 1
    this.#subscribe(this.lastId)
  }

  /** It has all there is. */
  expectAll (): void {
    this.comeBack()
    this.wake()
    expect(this.#missing(this.#world.types.length + 1), 'lost').to.deep.equal([])
  }

  #subscribe (after?: string): void {
    this.#subscription = this.#hub.subscribe({ after, types: this.#types }, told => this.#take(told))
    if (this.lastId == null && after == null) this.lastId = this.#hub.position
  }

  #take ({ id, event, json }: ToldEvent): boolean {
    expect(this.paused, 'told while it rests').to.equal(false)
    const facts = JSON.parse(json) as { missed?: number }
    if (event === 'gap') {
      expect(this.#next + facts.missed!, 'what is told after a gap').to.equal(this.#oldest)
      expect(facts.missed).to.be.greaterThan(0)
      this.#next = this.#oldest
    } else {
      const number = Number(id!.split('-')[1])
      expect(number, 'twice, or out of order').to.be.at.least(this.#next)
      expect(event).to.equal(this.#world.types[number - 1])
      expect(this.#types?.has(event) ?? true, 'not asked for').to.equal(true)
      expect(this.#missing(number), 'lost').to.deep.equal([])
      this.#next = number + 1
    }
    this.lastId = id
    this.paused = --this.#appetite <= 0
    return !this.paused
  }

  /** Numbers before this one that it should have been told. */
  #missing (number: number): number[] {
    const missing = []
    for (let n = this.#next; n < number; n++) if (this.#types?.has(this.#world.types[n - 1]!) ?? true) missing.push(n)
    return missing
  }
}

describe('http: the event hub', () => {
  it('loses nothing, repeats nothing, keeps the order, and tells what it does not have any more', () => {
    const types = fc.option(fc.subarray(TYPES, { minLength: 1 }), { nil: undefined })
    const who = fc.nat(3)
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ what: fc.constant('publish' as const), type: fc.constantFrom(...TYPES), times: fc.integer({ min: 1, max: 6 }) }) },
      fc.record({ what: fc.constant('arrive' as const), from: fc.constantFrom('now' as const, 'oldest' as const), types }),
      fc.record({ what: fc.constant('rest' as const), who, after: fc.nat(4) }),
      fc.record({ what: fc.constantFrom('wake' as const, 'leave' as const, 'come back' as const), who })
    )
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 60 }), (kept, steps) => {
      const hub = new EventHub({ kept })
      const world = { types: [] as string[], kept }
      const readers: Reader[] = []
      for (const step of steps) {
        if (step.what === 'publish') {
          for (let i = 0; i < step.times; i++) {
            world.types.push(step.type)
            hub.publish({ event: step.type })
          }
          continue
        }
        if (step.what === 'arrive') {
          if (readers.length < 4) readers.push(new Reader(hub, world, step.from, step.types && new Set(step.types)))
          continue
        }
        const reader = readers[step.who]
        if (step.what === 'rest') reader?.rest(step.after)
        else if (step.what === 'wake') reader?.wake()
        else if (step.what === 'leave') reader?.leave()
        else reader?.comeBack()
      }
      for (const reader of readers) reader.expectAll()
      for (const reader of readers) reader.leave()
      expect(hub.subscribers).to.equal(0)
    }), { numRuns: 300 })
  })

  it('goes on from any id that is still kept', () => {
    const hub = new EventHub({ kept: 4 })
    const { told } = listen(hub)
    publish(hub, 1, 2, 3, 4, 5, 6)
    const after = (i: number): Array<number | string> => heard(listen(hub, { after: told[i]!.id }).told)
    expect(after(5)).to.deep.equal([])
    expect(after(1)).to.deep.equal([3, 4, 5, 6])
    expect(after(0)).to.deep.equal(['gap 1', 3, 4, 5, 6])
    expect(heard(listen(hub, { after: 'oldest' }).told)).to.deep.equal([3, 4, 5, 6])
    expect(heard(listen(hub).told)).to.deep.equal([])
  })

  it('gives what it has to who comes with an id of an earlier run, or with nonsense, and says so', () => {
    const before = new EventHub()
    publish(before, 1)
    for (const after of [before.position, 'x', '', '-', '1', 'a-b-c', `${before.position}9`]) {
      const hub = new EventHub()
      publish(hub, 1, 2)
      const [gap, ...rest] = listen(hub, { after }).told
      expect(JSON.parse(gap!.json)).to.include({ event: 'gap', missed: 0, restarted: true })
      expect(heard(rest)).to.deep.equal([1, 2])
      expect(heard(listen(hub, { after: gap!.id }).told), 'from the id of the gap').to.deep.equal([1, 2])
    }
    const own = new EventHub()
    publish(own, 1)
    const [gap] = listen(own, { after: own.position.replace(/1$/, '2') }).told
    expect(JSON.parse(gap!.json), 'a number that it has not given').to.include({ restarted: true })
  })

  it('tells some things only to those who listen now', () => {
    const hub = new EventHub({ clock: new ManualClock(Date.UTC(2026, 0, 1)) })
    const { told } = listen(hub, { types: new Set(['stats']) })
    hub.tell({ event: 'stats', n: 1 } as { event: string })
    hub.tell({ event: 'other', n: 2 } as { event: string })
    expect(told).to.deep.equal([{ event: 'stats', json: '{"event":"stats","time":"2026-01-01T00:00:00.000Z","n":1}' }])
    expect(listen(hub, { after: 'oldest' }).told).to.deep.equal([])
  })

  it('keeps no more text than it may', () => {
    const hub = new EventHub({ keptChars: 1_000 })
    const publishLong = (n: number, length: number): void => { hub.publish({ event: 'a', n, text: 'x'.repeat(length) } as { event: string }) }
    for (let n = 1; n < 50; n++) publishLong(n, 250)
    expect(heard(listen(hub, { after: 'oldest' }).told)).to.deep.equal([47, 48, 49])
    publishLong(50, 5_000)
    expect(heard(listen(hub, { after: 'oldest' }).told), 'the latest at least').to.deep.equal([50])
    publish(hub, 51, 52)
    expect(heard(listen(hub, { after: 'oldest' }).told)).to.deep.equal([51, 52])
  })

  it('has a source work only while somebody listens to it', () => {
    const hub = new EventHub()
    const log: string[] = []
    const end = hub.whileHeard('stats', () => {
      log.push('begin')
      return () => { log.push('end') }
    })
    const { subscription: other } = listen(hub, { types: new Set(['a']) })
    expect(log).to.deep.equal([])
    const { subscription: one } = listen(hub)
    const { subscription: two } = listen(hub, { types: new Set(['stats']) })
    one.end()
    expect(log).to.deep.equal(['begin'])
    two.end()
    expect(log).to.deep.equal(['begin', 'end'])
    listen(hub)
    end()
    expect(log).to.deep.equal(['begin', 'end', 'begin', 'end'])
    other.end()
  })

  it('lets a listener publish and leave', () => {
    const hub = new EventHub()
    const numbers: number[] = []
    const subscription = hub.subscribe({}, ({ json }) => {
      const { n } = JSON.parse(json) as { n: number }
      numbers.push(n)
      if (n < 3) publish(hub, n + 1)
      else subscription.end()
    })
    publish(hub, 1, 9)
    expect(numbers).to.deep.equal([1, 2, 3])
  })
})
