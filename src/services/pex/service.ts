import { serviceCapabilities, serviceDependencies } from '@libp2p/interface'
import { neutralScoring, openBans, optionalComponent } from '../../components.ts'
import { describeError } from '../../errors.ts'
import { systemClock } from '../../util/clock.ts'
import { exposeGauges } from '../../util/gauges.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { hearsay, reachOfPeer, widestReach } from '../../util/reach.ts'
import { shuffled, systemRng } from '../../util/rng.ts'
import { WireError } from '../../wire/errors.ts'
import { RateLimiter } from '../../wire/rate-limiter.ts'
import { notify, request } from '../../wire/request.ts'
import { serve } from '../../wire/serve.ts'
import { AnswerCache, isShareable, isTellable } from './answers.ts'
import { MAX_ENTRIES, NEWS_FOR_MS, PUSH_DELAY_MS, PUSH_FANOUT_FIRST_HAND, PUSH_FANOUT_RELAYED, RELAY_DELAY_MS, SEND_ASK_RATE, SEND_NEWS_RATE, SEND_PUSH_RATE, WRONG_NETWORK_GRACE_MS } from './constants.ts'
import { Intake } from './intake.ts'
import { pexProtocol, pexPushProtocol } from './messages.ts'
import { Neighbours } from './neighbours.ts'
import { OwnRecord } from './own-record.ts'
import { PexError } from './pex-error.ts'
import { PushQueue } from './push-queue.ts'
import type { Pex, PexComponents, PexInit, PexSnapshot } from './index.ts'
import type { Learned } from './intake.ts'
import type { PexEntry, PexIntroduction, PexPush, PexRequest, PexResponse } from './messages.ts'
import type { Bans, Offence, Scoring } from '../../components.ts'
import type { Timer } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { Reach } from '../../util/reach.ts'
import type { BookEntry } from '../address-book/index.ts'
import type { WireFault } from '../../wire/protocol.ts'
import type { ServeContext, Server } from '../../wire/serve.ts'
import type { Connection, Logger, Metrics, PeerId } from '@libp2p/interface'

type Settings = Required<PexInit>

export class PexService implements Pex {
  readonly [Symbol.toStringTag] = '@peerkeep/pex'
  readonly [serviceCapabilities] = ['@peerkeep/pex']
  // topologies are told of peers by identify
  readonly [serviceDependencies] = ['@libp2p/identify']

  readonly #components: PexComponents
  readonly #settings: Settings
  readonly #netgroup: NetgroupOptions
  readonly #log: Logger
  readonly #own: OwnRecord
  readonly #neighbours: Neighbours
  readonly #answers: AnswerCache
  readonly #queue = new PushQueue()
  readonly #askRates: RateLimiter
  readonly #pushRates: RateLimiter
  readonly #newsRates: RateLimiter
  readonly #servers: Server[]
  readonly #askedConnections = new WeakSet<Connection>()
  readonly #partings = new Set<Timer>()
  readonly #askedThisRound = new Set<string>()
  // set by beforeStart: scoring and bans may be created after this service
  #scoring: Scoring = neutralScoring
  #bans: Bans = openBans
  #intake?: Intake
  #stopping = new AbortController()
  #topologies: string[] = []
  #askTimer?: Timer
  #pushTimer?: Timer
  #pushDueMs = 0
  #askIntervalMs: number
  #asked = 0
  #answered = 0
  #pushed = 0
  #strangers = 0

  constructor (components: PexComponents, init: PexInit = {}) {
    const { clock = systemClock, rng = systemRng, network = 'main', roles = ['full'], minAskIntervalMs = 2_000, maxAskIntervalMs = 300_000, localAsPublic = false } = init
    this.#components = components
    this.#settings = { clock, rng, network, roles, minAskIntervalMs, maxAskIntervalMs, localAsPublic }
    this.#netgroup = { localAsPublic }
    this.#log = components.logger.forComponent('peerkeep:pex')
    this.#own = new OwnRecord(components, clock)
    this.#neighbours = new Neighbours(components, this.#netgroup)
    this.#answers = new AnswerCache(clock)
    this.#askRates = new RateLimiter({ ...SEND_ASK_RATE, clock })
    this.#pushRates = new RateLimiter({ ...SEND_PUSH_RATE, clock })
    this.#newsRates = new RateLimiter({ ...SEND_NEWS_RATE, clock })
    this.#askIntervalMs = minAskIntervalMs
    const options = { clock, netgroups: this.#netgroup, onFault: this.#onFault }
    this.#servers = [
      serve(components, pexProtocol, this.#onRequest, options),
      serve(components, pexPushProtocol, this.#onPush, options)
    ]
  }

  beforeStart (): void {
    this.#scoring = optionalComponent<Scoring>(this.#components, 'scoring') ?? neutralScoring
    this.#bans = optionalComponent<Bans>(this.#components, 'bans') ?? openBans
    const { peerId, addressBook } = this.#components
    exposeGauges(optionalComponent<Metrics>(this.#components, 'metrics'), 'pex', () => this.#gauges())
    this.#intake ??= new Intake({ peerId, addressBook, scoring: this.#scoring, bans: this.#bans }, this.#settings.clock, this.#netgroup)
  }

  async start (): Promise<void> {
    const { events, registrar } = this.#components
    this.#stopping = new AbortController()
    events.addEventListener('peer:disconnect', this.#onDisconnect)
    events.addEventListener('self:peer:update', this.#onSelfUpdate)
    for (const server of this.#servers) await server.start()
    this.#topologies = [
      await registrar.register(pexProtocol.id, { onConnect: this.#onConnect }),
      await registrar.register(pexPushProtocol.id, { onConnect: peerId => { this.#neighbours.addPushable(peerId) } })
    ]
  }

  afterStart (): void {
    this.#askIntervalMs = this.#settings.minAskIntervalMs
    this.#scheduleAsk()
  }

  async stop (): Promise<void> {
    const { events, registrar } = this.#components
    this.#stopping.abort(new Error('peer exchange stops'))
    this.#askTimer?.cancel()
    this.#pushTimer?.cancel()
    this.#pushTimer = undefined
    for (const timer of this.#partings) timer.cancel()
    this.#partings.clear()
    for (const id of this.#topologies) registrar.unregister(id)
    for (const server of this.#servers) await server.stop()
    events.removeEventListener('self:peer:update', this.#onSelfUpdate)
    events.removeEventListener('peer:disconnect', this.#onDisconnect)
    this.#neighbours.clear()
    this.#askedThisRound.clear()
    this.#queue.clear()
    this.#answers.clear()
  }

  async ask (peerId: PeerId, { signal }: { signal?: AbortSignal } = {}): Promise<number> {
    const connection = this.#neighbours.connection(peerId)
    if (connection == null) throw new PexError('PEX_NOT_CONNECTED', `there is no direct connection to ${peerId.toString()}: dial it first`)
    if (!this.#askRates.take(peerId.toString())) throw new PexError('PEX_TOO_OFTEN', `${peerId.toString()} was asked ${SEND_ASK_RATE.burst} times a moment ago, and takes more for a flood: ask somebody else, or again in 2 s`)
    return this.#exchange(connection, signal)
  }

  async ownRecord (): Promise<Uint8Array> {
    return (await this.#own.get()).bytes
  }

  snapshot (): PexSnapshot {
    return {
      asked: this.#asked,
      answered: this.#answered,
      pushed: this.#pushed,
      accepted: this.#intake?.accepted ?? 0,
      refused: { ...this.#intake?.refused, ...(this.#strangers === 0 ? {} : { stranger: this.#strangers }) },
      gauges: this.#gauges()
    }
  }

  #gauges (): Record<string, number> {
    const serving = this.#servers.map(server => server.snapshot())
    const sum = (what: 'ratedPeers' | 'ratedHosts' | 'ratedSubnets'): number => serving.reduce((total, server) => total + server[what], 0)
    return {
      ratedPeers: sum('ratedPeers'),
      ratedHosts: sum('ratedHosts'),
      ratedSubnets: sum('ratedSubnets'),
      ...this.#neighbours.gauges,
      ...this.#intake?.gauges,
      answers: this.#answers.size,
      pushQueue: this.#queue.size,
      askRates: this.#askRates.size,
      pushRates: this.#pushRates.size,
      newsRates: this.#newsRates.size,
      partings: this.#partings.size
    }
  }

  // asking

  /** Identify is done, on any connection and whenever the peer's addresses change. The side that dialled asks, once. */
  readonly #onConnect = (peerId: PeerId, connection: Connection): void => {
    this.#neighbours.addAskable(peerId)
    // one that comes and goes would be asked too often: it is asked with all others
    if (connection.direction !== 'outbound' || this.#askedConnections.has(connection) || !this.#askRates.take(peerId.toString())) return
    this.#askedConnections.add(connection)
    this.#background(this.#exchange(connection), `asking ${peerId.toString()}`)
  }

  async #exchange (connection: Connection, signal?: AbortSignal): Promise<number> {
    const peerId = connection.remotePeer
    const stopping = this.#stopping.signal
    this.#asked++
    this.#askedThisRound.add(peerId.toString())
    const response = await this.#request(connection, signal == null ? stopping : AbortSignal.any([stopping, signal]))
    if (response.status === 'wrong-network' || response.network !== this.#settings.network) {
      await this.#part(peerId)
      throw new PexError('PEX_WRONG_NETWORK', `${peerId.toString()} is of the network "${response.network}", not "${this.#settings.network}"`)
    }
    const met = await this.#meet(response, connection)
    const learned = (await this.#intake?.take(response.entries, connection, 'answer') ?? []).filter(({ isNew }) => isNew)
    if (learned.length > 0) this.#components.pool.useful(peerId)
    return learned.length + (met?.isNew === true ? 1 : 0)
  }

  async #request (connection: Connection, signal: AbortSignal): Promise<PexResponse> {
    const { remotePeer } = connection
    try {
      const message = { ...await this.#introduction(), limit: MAX_ENTRIES }
      const onAnswer = (answer: { tookMs: number, bytes: number }): void => { this.#scoring.observe(remotePeer, { what: 'answer', ...answer }) }
      return await request(connection, pexProtocol, message, { signal, clock: this.#settings.clock, onAnswer })
    } catch (err) {
      const fault = err instanceof WireError ? err.fault : undefined
      // to be slow to answer, or to go away, is no offence
      if (fault === 'timeout') this.#scoring.observe(remotePeer, { what: 'request-timeout' })
      if (fault === 'undecodable' || fault === 'oversize') this.#onFault(remotePeer, fault, pexProtocol.offences[fault], (err as WireError).evidence)
      throw err
    }
  }

  #scheduleAsk (): void {
    const { clock, rng } = this.#settings
    const jitter = 0.75 + rng.float() / 2
    this.#askTimer = clock.after(this.#askIntervalMs * jitter, () => {
      this.#background(this.#askSomebody(), 'asking again')
    })
  }

  /** A neighbour that has not been asked in this round; waits grow from round to round. */
  async #askSomebody (): Promise<void> {
    const { rng, minAskIntervalMs, maxAskIntervalMs } = this.#settings
    try {
      const askable = shuffled(this.#neighbours.askable(), rng).filter(peerId => this.#askRates.available(peerId.toString()) >= 1)
      const fresh = askable.find(peerId => !this.#askedThisRound.has(peerId.toString()))
      const peerId = fresh ?? askable[0]
      if (peerId == null) return
      if (fresh == null) {
        this.#askedThisRound.clear()
        this.#askIntervalMs = Math.min(maxAskIntervalMs, this.#askIntervalMs * 2)
      }
      if (await this.ask(peerId) > 0) this.#askIntervalMs = minAskIntervalMs
    } finally {
      if (!this.#stopping.signal.aborted) this.#scheduleAsk()
    }
  }

  // answering

  readonly #onRequest = async (asked: PexRequest, { connection }: ServeContext): Promise<PexResponse> => {
    if (asked.network !== this.#settings.network) {
      this.#partSoon(connection.remotePeer)
      return { status: 'wrong-network', network: this.#settings.network, roles: this.#settings.roles, entries: [] }
    }
    await this.#meet(asked, connection)
    const entries = this.#entriesFor(connection).slice(0, asked.limit)
    this.#answered++
    return { status: 'ok', ...await this.#introduction(), entries }
  }

  #entriesFor ({ remotePeer, remoteAddr }: Connection): PexEntry[] {
    const { addressBook } = this.#components
    const reach = reachOfPeer(remoteAddr, this.#netgroup)
    const key = reach === 2 ? addressFacts(remoteAddr, this.#netgroup).group : remotePeer.toString()
    const peers = this.#answers.get(key, reach, () => {
      const filter = (entry: BookEntry): boolean => this.#isShareable(entry, reach)
      return addressBook.select(MAX_ENTRIES, { filter }).map(({ peerId }) => peerId)
    })
    return peers.flatMap(peerId => {
      const entry = addressBook.get(peerId)
      // the answer may be minutes old, and was chosen for all of a group
      if (entry?.record == null || peerId.equals(remotePeer) || !this.#isShareable(entry, reach)) return []
      return isTellable(entry.record, reach, this.#netgroup) ? [{ record: entry.record, roles: [...entry.roles] }] : []
    })
  }

  #isShareable (entry: BookEntry, reach: Reach): boolean {
    const { peerId } = entry
    return isShareable(entry, { nowMs: this.#settings.clock.now(), reach, connected: this.#neighbours.isConnected(peerId), netgroup: this.#netgroup }) &&
      !this.#bans.isDenied({ peerId }, 'pex') && !this.#scoring.isDiscouraged(peerId)
  }

  // meeting and parting

  async #introduction (): Promise<PexIntroduction> {
    const { network, roles } = this.#settings
    return { network, roles, record: await this.ownRecord() }
  }

  /** A peer of this network has told who it is. */
  async #meet ({ roles, record }: PexIntroduction, connection: Connection): Promise<Learned | undefined> {
    this.#neighbours.meet(connection)
    this.#components.pool.setRoles(connection.remotePeer, roles)
    const learned = record == null ? undefined : await this.#intake?.introduce(record, roles, connection)
    if (learned != null) {
      this.#tell(learned, PUSH_FANOUT_FIRST_HAND, connection.remotePeer)
      // when neighbours come and go there is more to learn
      this.#askIntervalMs = this.#settings.minAskIntervalMs
    }
    // a new neighbour may be one that earlier news waited for
    this.#flushSoon()
    return learned
  }

  /** Somebody of another network: no offence, but neither side has any use for the other. */
  async #part (peerId: PeerId): Promise<void> {
    this.#neighbours.remove(peerId)
    await this.#components.pool.disconnect(peerId, 'wrong-network')
    this.#components.addressBook.remove(peerId)
  }

  #partSoon (peerId: PeerId): void {
    const timer = this.#settings.clock.after(WRONG_NETWORK_GRACE_MS, () => {
      this.#partings.delete(timer)
      this.#background(this.#part(peerId), `disconnecting ${peerId.toString()}`)
    })
    this.#partings.add(timer)
  }

  readonly #onDisconnect = ({ detail: peerId }: CustomEvent<PeerId>): void => {
    this.#askedThisRound.delete(peerId.toString())
    this.#neighbours.remove(peerId)
  }

  // news

  readonly #onPush = async ({ entries }: PexPush, { connection }: ServeContext): Promise<void> => {
    const teller = connection.remotePeer
    if (!this.#neighbours.hasMet(teller)) {
      // its network is not known yet
      this.#strangers += entries.length
      return
    }
    const learned = await this.#intake?.take(entries, connection, 'push') ?? []
    for (const news of learned) {
      this.#tell(news, news.record.peerId.equals(teller) ? PUSH_FANOUT_FIRST_HAND : PUSH_FANOUT_RELAYED, teller)
    }
  }

  readonly #onSelfUpdate = (): void => {
    if (this.#own.hasMoved()) this.#background(this.#tellOwn(), 'telling the new addresses')
  }

  async #tellOwn (): Promise<void> {
    const record = await this.#own.get()
    this.#tell({ record, roles: this.#settings.roles, isNew: false }, Infinity)
  }

  #tell ({ record, roles }: Learned, fanout: number, toldBy?: PeerId): void {
    this.#answers.outdate()
    const reach = widestReach(toldBy == null ? record.multiaddrs : hearsay(record.multiaddrs), this.#netgroup)
    if (reach == null) return
    const untilMs = this.#settings.clock.monotonic() + NEWS_FOR_MS
    this.#queue.add({ subject: record.peerId.toString(), entry: { record: record.bytes, roles }, reach, fanout, untilMs, toldBy: toldBy?.toString() })
    this.#flushSoon(fanout === PUSH_FANOUT_RELAYED ? RELAY_DELAY_MS : PUSH_DELAY_MS)
  }

  #flushSoon (delayMs = PUSH_DELAY_MS): void {
    if (this.#queue.size === 0 || this.#stopping.signal.aborted) return
    const { clock } = this.#settings
    const dueMs = clock.monotonic() + delayMs
    if (this.#pushTimer != null && this.#pushDueMs <= dueMs) return
    this.#pushTimer?.cancel()
    this.#pushTimer = clock.after(delayMs, this.#flush)
    this.#pushDueMs = dueMs
  }

  readonly #flush = (): void => {
    this.#pushTimer = undefined
    const neighbours = this.#neighbours.pushable().map(neighbour => ({ ...neighbour, room: this.#roomOf(neighbour.id) }))
    const plan = this.#queue.drain(neighbours, this.#settings.clock.monotonic(), this.#settings.rng)
    for (const { id, peerId } of neighbours) {
      const entries = plan.get(id)
      if (entries == null) continue
      // there was room for all but this node's own
      this.#newsRates.take(id, Math.min(entries.length, this.#newsRates.available(id)))
      this.#background(this.#push(peerId, entries), `pushing to ${id}`)
    }
  }

  /** Records of others that it may be pushed now; one push is kept for this node's own. */
  #roomOf (id: string): number {
    const pushes = Math.max(0, Math.floor(this.#pushRates.available(id)) - 1)
    return Math.min(pushes * MAX_ENTRIES, Math.floor(this.#newsRates.available(id)))
  }

  async #push (peerId: PeerId, entries: PexEntry[]): Promise<void> {
    const { clock } = this.#settings
    for (let i = 0; i < entries.length; i += MAX_ENTRIES) {
      const connection = this.#neighbours.connection(peerId)
      if (connection == null || !this.#pushRates.take(peerId.toString())) return
      const some = entries.slice(i, i + MAX_ENTRIES)
      await notify(connection, pexPushProtocol, { entries: some }, { signal: this.#stopping.signal, clock })
      this.#pushed += some.length
    }
  }

  readonly #onFault = (peerId: PeerId, fault: WireFault, offence: Offence | undefined, evidence?: Uint8Array): void => {
    if (offence != null) this.#scoring.report(peerId, offence, fault === 'oversize' ? 'pex:over-limit' : `pex:${fault}`, evidence)
  }

  /** Work that nobody waits for: peers vanish in the middle of it, and that is all there is to say. */
  #background (work: Promise<unknown>, what: string): void {
    work.catch((err: unknown) => { this.#log('%s: %s', what, describeError(err)) })
  }
}
