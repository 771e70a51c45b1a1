import { serviceCapabilities } from '@libp2p/interface'
import { neutralScoring, openBans, optionalComponent } from '../../components.ts'
import { systemClock } from '../../util/clock.ts'
import { ProtocolCaller } from './caller.ts'
import { Connector } from './connector.ts'
import { openDuplex } from './duplex-call.ts'
import { ProtocolError } from './errors.ts'
import { GuardedHandler } from './guard.ts'
import { itemStream } from './item-stream.ts'
import { Links } from './links.ts'
import { exposeProtocols } from './metrics.ts'
import { ProtocolServer } from './server.ts'
import { Tally } from './tally.ts'
import type { Metrics, StreamHandler } from '@libp2p/interface'
import type { Bans, Scoring } from '../../components.ts'
import type { Pool } from '../pool/index.ts'
import type { ProtocolsContext } from './context.ts'
import type { Protocol, Shape } from './definition.ts'
import type { CallOptions, CallTarget, Duplex, GuardOptions, Handlers, Protocols, ProtocolsComponents, ProtocolsInit, ProtocolSnapshot, ProtocolsSnapshot } from './index.ts'
import type { AnyHandler } from './server.ts'

/** What is served, under each of its ids. */
type Served = ProtocolServer | GuardedHandler

export class ProtocolsService implements Protocols {
  readonly [Symbol.toStringTag] = '@peerkeep/protocols'
  readonly [serviceCapabilities] = ['@peerkeep/protocols']

  readonly #components: ProtocolsComponents
  readonly #context: ProtocolsContext
  readonly #connector: Connector
  readonly #served = new Map<string, Served>()
  readonly #servedTallies = new Map<string, Tally>()
  /** By ids and limits: a protocol that is defined anew for each call is one all the same. */
  readonly #links = new Map<string, Links>()
  readonly #callers = new WeakMap<object, ProtocolCaller>()
  #exposed = false

  constructor (components: ProtocolsComponents, { clock = systemClock, localAsPublic = false }: ProtocolsInit = {}) {
    this.#components = components
    this.#context = {
      clock,
      log: components.logger.forComponent('peerkeep:protocols'),
      netgroups: { localAsPublic },
      scoring: neutralScoring,
      bans: openBans,
      useful: () => {},
      running: false
    }
    this.#connector = new Connector(components, this.#context)
  }

  beforeStart (): void {
    const context = this.#context
    context.scoring = optionalComponent<Scoring>(this.#components, 'scoring') ?? neutralScoring
    context.bans = optionalComponent<Bans>(this.#components, 'bans') ?? openBans
    const pool = optionalComponent<Pool>(this.#components, 'pool')
    if (pool != null) context.useful = peerId => { pool.useful(peerId) }
    const metrics = optionalComponent<Metrics>(this.#components, 'metrics')
    if (this.#exposed || metrics == null) return
    this.#exposed = true
    context.measure = exposeProtocols(metrics, () => this.snapshot())
  }

  async start (): Promise<void> {
    this.#context.running = true
    this.#connector.start()
    for (const served of new Set(this.#served.values())) await served.listen(this.#components.registrar)
  }

  /** Before connections are closed: a stream that is closed with them looks like one that is done. */
  beforeStop (): void {
    const reason = new ProtocolError('PROTOCOL_STOPPED', 'this node stops: nothing can be called any more')
    this.#context.running = false
    this.#connector.stop(reason)
    for (const links of this.#links.values()) links.stop(reason)
    for (const served of new Set(this.#served.values())) served.abort()
  }

  async stop (): Promise<void> {
    if (this.#context.running) this.beforeStop()
    for (const served of new Set(this.#served.values())) await served.close()
  }

  async handle<S extends Shape, Request, Response> (protocol: Protocol<S, Request, Response>, handler: Handlers<Request, Response>[S]): Promise<void> {
    if (typeof handler !== 'function') throw new ProtocolError('PROTOCOL_DEFINITION_INVALID', `${protocol.ids.join(', ')}: the handler is a ${typeof handler}, but must be a function`)
    const server = new ProtocolServer(protocol, handler as unknown as AnyHandler, this.#tally(protocol.ids[0]), this.#context)
    await this.#serve(protocol.ids, server)
  }

  async guard (id: string, handler: StreamHandler, options: GuardOptions = {}): Promise<void> {
    await this.#serve([id], new GuardedHandler(id, handler, options, this.#tally(id), this.#context))
  }

  async unhandle (protocol: Protocol<Shape, never, never> | Protocol | string): Promise<void> {
    const server = this.#served.get(typeof protocol === 'string' ? protocol : protocol.ids[0])
    if (server == null) return
    for (const [id, each] of this.#served) if (each === server) this.#served.delete(id)
    await server.close()
  }

  request<Request, Response> (target: CallTarget, protocol: Protocol<'request', Request, Response>, message: Request, options: CallOptions = {}): Promise<Response> {
    return this.#caller(protocol).call(target, message, options) as Promise<Response>
  }

  async notify<Request> (target: CallTarget, protocol: Protocol<'notify', Request, void>, message: Request, options: CallOptions = {}): Promise<void> {
    await this.#caller(protocol).call(target, message, options)
  }

  stream<Request, Item> (target: CallTarget, protocol: Protocol<'stream', Request, Item>, message: Request, options: CallOptions = {}): AsyncIterable<Item> {
    return itemStream(this.#caller(protocol), target, message, options) as AsyncIterable<Item>
  }

  async duplex<Request, Response> (target: CallTarget, protocol: Protocol<'duplex', Request, Response>, options: CallOptions = {}): Promise<Duplex<Request, Response>> {
    return openDuplex(this.#caller(protocol), target, options) as Promise<Duplex<Request, Response>>
  }

  snapshot (): ProtocolsSnapshot {
    const protocols = new Map<string, ProtocolSnapshot>()
    const idle = { calls: 0, failed: 0, active: 0, streams: 0, p50Ms: 0, p95Ms: 0 }
    for (const served of new Set(this.#served.values())) {
      const [ids, shape, limits] = served instanceof ProtocolServer
        ? [served.protocol.ids, served.protocol.shape, limitsOf(served.protocol)]
        : [[served.id] as const, 'raw' as const, { maxRequestBytes: served.options.maxBytes, maxResponseBytes: Infinity, timeoutMs: served.options.idleMs, rate: served.options.rate, maxConcurrent: served.options.maxInboundStreams }]
      const { tally } = served
      const { calls, failed, active, crowded, faults } = tally
      protocols.set(ids[0], { ids, shape, served: { calls, failed, active, streams: served.streams, faults: { ...faults }, crowded, ...tally.percentiles() }, called: idle, limits })
    }
    for (const { protocol, tally, streams } of this.#links.values()) {
      const [id] = protocol.ids
      const { calls, failed, active } = tally
      const called = { calls, failed, active, streams, ...tally.percentiles() }
      protocols.set(id, { ...protocols.get(id) ?? { ids: protocol.ids, shape: protocol.shape, served: null, limits: limitsOf(protocol) }, called })
    }
    return { protocols: [...protocols.values()], gauges: this.#gauges() }
  }

  #gauges (): Record<string, number> {
    const sums: Record<string, number> = {
      protocols: this.#served.size, called: this.#links.size,
      links: 0, pacedPeers: 0, waitingCalls: 0, ratedPeers: 0, ratedHosts: 0, ratedSubnets: 0, heldCalls: 0, unreadBytes: 0, unsentBytes: 0
    }
    for (const { gauges } of [...this.#links.values(), ...new Set(this.#served.values())]) {
      for (const [name, value] of Object.entries(gauges)) sums[name] = (sums[name] ?? 0) + value
    }
    return sums
  }

  /** Counts go on when a protocol is served anew. */
  #tally (id: string): Tally {
    let tally = this.#servedTallies.get(id)
    if (tally == null) this.#servedTallies.set(id, tally = new Tally())
    return tally
  }

  async #serve (ids: readonly string[], served: Served): Promise<void> {
    const taken = ids.find(id => this.#served.has(id))
    if (taken != null) throw new ProtocolError('PROTOCOL_ALREADY_HANDLED', `${taken} is handled already: take it back with unhandle first`)
    for (const id of ids) this.#served.set(id, served)
    if (!this.#context.running) return
    try {
      await served.listen(this.#components.registrar)
    } catch (err) {
      for (const id of ids) this.#served.delete(id)
      throw err
    }
  }

  #caller<S extends Shape, Request, Response> (protocol: Protocol<S, Request, Response>): ProtocolCaller {
    const known = this.#callers.get(protocol)
    if (known != null) return known
    const any = protocol as unknown as Protocol
    const key = JSON.stringify([any.shape, any.ids, limitsOf(any), any.offences, any.runOnLimitedConnection])
    let links = this.#links.get(key)
    if (links == null) this.#links.set(key, links = new Links(any, this.#context))
    const caller = new ProtocolCaller(any, links, this.#connector, this.#context)
    this.#callers.set(protocol, caller)
    return caller
  }
}

function limitsOf ({ maxRequestBytes, maxResponseBytes, timeoutMs, rate, maxConcurrent }: Protocol): ProtocolSnapshot['limits'] {
  return { maxRequestBytes, maxResponseBytes, timeoutMs, rate: { ...rate }, maxConcurrent }
}
