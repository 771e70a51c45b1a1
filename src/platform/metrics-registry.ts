import { serviceCapabilities } from '@libp2p/interface'
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client'
import type { Metrics, MultiaddrConnection, Stream } from '@libp2p/interface'

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

type Kind = 'gauge' | 'counter' | 'histogram' | 'summary'

/** What its kind has of these. */
interface Instrument {
  set (labels: Record<string, string>, value: number): void
  inc (labels: Record<string, string>, value: number): void
  dec (labels: Record<string, string>, value: number): void
  observe (labels: Record<string, string>, value: number): void
  startTimer (labels: Record<string, string>): () => number
  reset (): void
}

/** One metric, of any kind, with a label or without: libp2p's interfaces for it name what its kind has. */
class Family {
  readonly calculations: Array<NonNullable<Options['calculate']>> = []
  readonly #instrument: Instrument
  readonly #label: string | undefined
  readonly #known = new Set<string>()
  readonly #add: 'inc' | 'observe'

  constructor (registry: Registry, kind: Kind, name: string, { label, help, percentiles, ...rest }: Options, grouped: boolean) {
    this.#label = grouped ? asName(label ?? name) : undefined
    this.#add = kind === 'gauge' || kind === 'counter' ? 'inc' : 'observe'
    const calculated = rest.calculate != null
    const configuration = {
      ...rest,
      ...(percentiles == null ? {} : { percentiles: percentiles.map(percent => percent / 100) }),
      name: asName(name),
      help: help ?? name.replaceAll('_', ' '),
      labelNames: this.#label == null ? [] : [this.#label],
      registers: [registry],
      ...(calculated ? { collect: async () => { await this.#calculate() } } : {})
    }
    const make = { gauge: Gauge, counter: Counter, histogram: Histogram, summary: Summary }[kind]
    this.#instrument = new make(configuration) as unknown as Instrument
  }

  update (values: number | Values): void {
    this.#each(values, (labels, value) => { this.#instrument.set(labels, value) })
  }

  increment (values: number | Values = 1): void {
    this.#each(values, (labels, value) => { this.#instrument.inc(labels, value) })
  }

  decrement (values: number | Values = 1): void {
    this.#each(values, (labels, value) => { this.#instrument.dec(labels, value) })
  }

  observe (values: number | Values): void {
    this.#each(values, (labels, value) => { this.#instrument.observe(labels, value) })
  }

  reset (): void {
    this.#instrument.reset()
  }

  timer (key?: string): () => void {
    return this.#instrument.startTimer(this.#labels(key))
  }

  /** What is calculated is how it stands, of counters too: in the place of what stood there. Who is registered later wins. */
  async #calculate (): Promise<void> {
    const results = await Promise.all(this.calculations.map(async calculate => await calculate()))
    const grouped = results.filter(result => typeof result === 'object')
    const last = results.at(-1)
    if (this.#add === 'inc') this.#instrument.reset()
    this.#each(typeof last === 'number' ? last : Object.assign({}, ...grouped) as Values, (labels, value) => { this.#instrument[this.#add](labels, value) })
  }

  #each (values: number | Record<string, number | true | undefined>, take: (labels: Record<string, string>, value: number) => void): void {
    if (typeof values === 'number') {
      take({}, values)
      return
    }
    for (const [key, value] of Object.entries(values)) {
      if (value != null) take(this.#labels(key), value === true ? 1 : value)
    }
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
 * of the process, forgets labels that a calculation no longer names, and takes calculated counters as totals.
 */
export class MetricsRegistry implements Metrics {
  readonly registry = new Registry()
  readonly #families = new Map<string, Family>()
  readonly #traffic = new Map<string, Traffic>()

  readonly [Symbol.toStringTag] = '@peerkeep/metrics-registry'
  readonly [serviceCapabilities]: string[] = ['@libp2p/metrics']

  readonly registerMetric = this.#register('gauge', false) as Metrics['registerMetric']
  readonly registerMetricGroup = this.#register('gauge', true) as Metrics['registerMetricGroup']
  readonly registerCounter = this.#register('counter', false) as Metrics['registerCounter']
  readonly registerCounterGroup = this.#register('counter', true) as Metrics['registerCounterGroup']
  readonly registerHistogram = this.#register('histogram', false) as Metrics['registerHistogram']
  readonly registerHistogramGroup = this.#register('histogram', true) as Metrics['registerHistogramGroup']
  readonly registerSummary = this.#register('summary', false) as Metrics['registerSummary']
  readonly registerSummaryGroup = this.#register('summary', true) as Metrics['registerSummaryGroup']

  constructor () {
    this.registerCounterGroup('libp2p_data_transfer_bytes_total', {
      label: 'protocol',
      help: 'Bytes "<protocol> sent" and "<protocol> received" on streams; "global" is all that went over the connections',
      calculate: () => Object.fromEntries([...this.#traffic].flatMap(([name, { sentBytes, receivedBytes }]) => [[`${name} sent`, sentBytes], [`${name} received`, receivedBytes]]))
    })
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
      const family = this.#families.get(name) ?? new Family(this.registry, kind, name, options, grouped)
      this.#families.set(name, family)
      // each listener of a transport calculates the same metric, for its own address
      if (options.calculate != null) family.calculations.push(options.calculate)
      return family
    }
  }
}

function asName (text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9_]+/g, '_').replaceAll(/_{2,}/g, '_')
}
