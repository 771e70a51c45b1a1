import { serviceCapabilities } from '@libp2p/interface'
import { systemClock } from '../util/clock.ts'
import type { Metrics, MultiaddrConnection, Stream } from '@libp2p/interface'
import type * as prometheus from 'prom-client'

/**
 * Values of one label that are kept apart; what comes beyond them is counted as `other`. Labels are made of words of the code,
 * like protocols that are served here: none is known that a stranger could add to, and this is for those that are not known.
 */
export const MAX_LABEL_VALUES = 128
const OTHER = 'other'
/** In the place of a protocol. */
const ALL = 'global'
/** Each has a value for what was sent and one for what was received; the last two are the others'. */
const MAX_TRACKED = MAX_LABEL_VALUES / 2 - 1

type Values = Record<string, number>

/** What the methods of libp2p's interfaces take, all of them together. */
interface Options {
  label?: string
  help?: string
  calculate?: () => number | Values | Promise<number | Values>
  buckets?: number[]
  percentiles?: number[]
  maxAgeSeconds?: number
  ageBuckets?: number
  pruneAgedBuckets?: boolean
  compressCount?: number
}

export interface Traffic {
  sentBytes: number
  receivedBytes: number
}

type Kind = 'Gauge' | 'Counter' | 'Histogram' | 'Summary'

/** What is used of `prom-client`, which takes long to load. */
export type PromClient = Pick<typeof prometheus, 'Registry' | Kind>

/** What its kind has of these. */
interface Instrument {
  set (labels: Record<string, string>, value: number): void
  inc (labels: Record<string, string>, value: number): void
  dec (labels: Record<string, string>, value: number): void
  observe (labels: Record<string, string>, value: number): void
  reset (): void
}

/** One metric, of any kind, with a label or without: libp2p's interfaces for it name what its kind has. */
class Family {
  readonly calculations: Array<NonNullable<Options['calculate']>> = []
  readonly #make: (client: PromClient, registry: prometheus.Registry) => Instrument
  readonly #label: string | undefined
  readonly #known = new Set<string>()
  readonly #add: 'inc' | 'observe'
  #instrument?: Instrument
  /** What was told before there was an instrument. */
  #told: Array<(instrument: Instrument) => void> = []

  constructor (kind: Kind, name: string, { label, help, percentiles, ...rest }: Options, grouped: boolean) {
    this.#label = grouped ? asName(label ?? name) : undefined
    this.#add = kind === 'Gauge' || kind === 'Counter' ? 'inc' : 'observe'
    const calculated = rest.calculate != null
    this.#make = (client, registry) => new client[kind]({
      ...rest,
      ...(percentiles == null ? {} : { percentiles: percentiles.map(percent => percent / 100) }),
      name: asName(name),
      help: help ?? name.replaceAll('_', ' '),
      labelNames: this.#label == null ? [] : [this.#label],
      registers: [registry],
      ...(calculated ? { collect: async () => { await this.#calculate() } } : {})
    }) as unknown as Instrument
  }

  open (client: PromClient, registry: prometheus.Registry): void {
    const instrument = this.#instrument = this.#make(client, registry)
    for (const tell of this.#told.splice(0)) tell(instrument)
  }

  update (values: number | Values): void {
    this.#each(values, 'set')
  }

  increment (values: number | Values = 1): void {
    this.#each(values, 'inc')
  }

  decrement (values: number | Values = 1): void {
    this.#each(values, 'dec')
  }

  observe (values: number | Values): void {
    this.#each(values, 'observe')
  }

  reset (): void {
    this.#tell(instrument => { instrument.reset() })
  }

  timer (key?: string): () => void {
    const labels = this.#labels(key)
    const startedMs = systemClock.monotonic()
    return () => { this.#tell(instrument => { instrument[this.#add === 'inc' ? 'set' : 'observe'](labels, (systemClock.monotonic() - startedMs) / 1_000) }) }
  }

  /** What is calculated is how it stands, of counters too: in the place of what stood there. Who is registered later wins. */
  async #calculate (): Promise<void> {
    const results = await Promise.all(this.calculations.map(async calculate => await calculate()))
    const grouped = results.filter(result => typeof result === 'object')
    const last = results.at(-1)
    if (this.#add === 'inc') this.reset()
    this.#each(typeof last === 'number' ? last : Object.assign({}, ...grouped) as Values, this.#add)
  }

  #each (values: number | Record<string, number | true | undefined>, method: 'set' | 'inc' | 'dec' | 'observe'): void {
    const take = (labels: Record<string, string>, value: number): void => { this.#tell(instrument => { instrument[method](labels, value) }) }
    if (typeof values === 'number') {
      take({}, values)
      return
    }
    for (const [key, value] of Object.entries(values)) {
      if (value != null) take(this.#labels(key), value === true ? 1 : value)
    }
  }

  #tell (tell: (instrument: Instrument) => void): void {
    if (this.#instrument == null) this.#told.push(tell)
    else tell(this.#instrument)
  }

  #labels (key = ''): Record<string, string> {
    if (this.#label == null) return {}
    if (!this.#known.has(key)) {
      if (this.#known.size >= MAX_LABEL_VALUES) return { [this.#label]: OTHER }
      this.#known.add(key)
    }
    return { [this.#label]: key }
  }
}

/**
 * libp2p's component `metrics` for Prometheus, for one node. Unlike `@libp2p/prometheus-metrics` it shares nothing with other nodes
 * of the process, forgets labels that a calculation no longer names, and takes calculated counters as totals. It keeps what it is
 * told until `open`, without a bound, for nodes that start before what writes it down is loaded: call it soon.
 */
export class MetricsRegistry implements Metrics {
  readonly #families = new Map<string, Family>()
  readonly #traffic = new Map<string, Traffic>()
  #opened?: (family: Family) => void

  readonly [Symbol.toStringTag] = '@peerkeep/metrics-registry'
  readonly [serviceCapabilities]: string[] = ['@libp2p/metrics']

  readonly registerMetric = this.#register('Gauge', false) as Metrics['registerMetric']
  readonly registerMetricGroup = this.#register('Gauge', true) as Metrics['registerMetricGroup']
  readonly registerCounter = this.#register('Counter', false) as Metrics['registerCounter']
  readonly registerCounterGroup = this.#register('Counter', true) as Metrics['registerCounterGroup']
  readonly registerHistogram = this.#register('Histogram', false) as Metrics['registerHistogram']
  readonly registerHistogramGroup = this.#register('Histogram', true) as Metrics['registerHistogramGroup']
  readonly registerSummary = this.#register('Summary', false) as Metrics['registerSummary']
  readonly registerSummaryGroup = this.#register('Summary', true) as Metrics['registerSummaryGroup']

  constructor () {
    this.registerCounterGroup('libp2p_data_transfer_bytes_total', {
      label: 'protocol',
      help: 'Bytes "<protocol> sent" and "<protocol> received" on streams; "global" is all that went over the connections',
      calculate: () => Object.fromEntries([...this.#traffic].flatMap(([name, { sentBytes, receivedBytes }]) => [[`${name} sent`, sentBytes], [`${name} received`, receivedBytes]]))
    })
  }

  /** Once. Returns where all metrics are from then on. */
  open (client: PromClient): prometheus.Registry {
    const registry = new client.Registry()
    this.#opened = (family) => { family.open(client, registry) }
    for (const family of this.#families.values()) this.#opened(family)
    return registry
  }

  /** All that went over the connections, since the node was made. */
  get traffic (): Readonly<Traffic> {
    return this.#traffic.get(ALL) ?? { sentBytes: 0, receivedBytes: 0 }
  }

  trackMultiaddrConnection (connection: MultiaddrConnection): void {
    this.#track(connection, ALL)
  }

  trackProtocolStream (stream: Stream): void {
    this.#track(stream, stream.protocol)
  }

  /** Traces go elsewhere. */
  traceFunction<F> (_name: string, fn: F): F {
    return fn
  }

  createTrace (): undefined {}

  // not as a listener: the first one that listens to messages is given those that waited for one
  #track (stream: MultiaddrConnection | Stream, name: string): void {
    const known = this.#traffic.size < MAX_TRACKED || this.#traffic.has(name) ? name : OTHER
    const traffic = this.#traffic.get(known) ?? { sentBytes: 0, receivedBytes: 0 }
    this.#traffic.set(known, traffic)
    const dispatchEvent = stream.dispatchEvent.bind(stream)
    const send = stream.send.bind(stream)
    stream.dispatchEvent = (event: Event) => {
      if (event.type === 'message') traffic.receivedBytes += (event as MessageEvent<{ byteLength: number }>).data.byteLength
      return dispatchEvent(event)
    }
    stream.send = (data) => {
      traffic.sentBytes += data.byteLength
      return send(data)
    }
  }

  #register (kind: Kind, grouped: boolean) {
    return (name: string, options: Options = {}): Family => {
      const family = this.#families.get(name) ?? this.#add(name, new Family(kind, name, options, grouped))
      // each listener of a transport calculates the same metric, for its own address
      if (options.calculate != null) family.calculations.push(options.calculate)
      return family
    }
  }

  #add (name: string, family: Family): Family {
    this.#families.set(name, family)
    this.#opened?.(family)
    return family
  }
}

function asName (text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9_]+/g, '_').replaceAll(/_{2,}/g, '_')
}
