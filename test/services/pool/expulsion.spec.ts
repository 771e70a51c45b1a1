import { expect } from 'chai'
import { TypedEventEmitter } from 'main-event'
import { goodbyeProtocol } from '../../../src/services/pool/goodbye.ts'
import { systemClock } from '../../../src/util/clock.ts'
import { serve } from '../../../src/wire/serve.ts'
import { addressOf, nextEvent, poolNode } from '../../support/pool-node.ts'
import { barePair } from '../../support/bare-pair.ts'
import { passes } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { stopAll } from '../../support/stop-all.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Standing } from '../../../src/components.ts'
import type { Ban, BansEvents } from '../../../src/services/bans/index.ts'
import type { Goodbye } from '../../../src/services/pool/goodbye.ts'
import type { ScoringEvents } from '../../../src/services/scoring/index.ts'
import type { BarePair } from '../../support/bare-pair.ts'
import type { PoolNode, PoolNodeInit } from '../../support/pool-node.ts'

/** As much of the two services as the pool looks at; the test says what they think. */
class Opinions extends TypedEventEmitter<ScoringEvents> {
  readonly #standings = new Map<string, Standing>()
  readonly standing = (peer: PeerId | string): Standing => this.#standings.get(peer.toString()) ?? 'good'
  readonly isDiscouraged = (peer: PeerId | string): boolean => this.standing(peer) !== 'good'

  /** Without a word. */
  think (peerId: PeerId, standing: Standing): void {
    this.#standings.set(peerId.toString(), standing)
  }

  change (peerId: PeerId, standing: Standing): void {
    const before = this.standing(peerId)
    this.think(peerId, standing)
    this.safeDispatchEvent('standing:change', { detail: { peerId, standing, before } })
  }
}

class BanList extends TypedEventEmitter<BansEvents> {
  readonly #denied = new Set<string>()
  readonly allowList: string[] = []
  /** Where somebody is allowed, whoever it is. */
  allowedPlace?: string
  readonly isDenied = ({ peerId }: { peerId?: PeerId }): boolean => this.#denied.has(peerId?.toString() ?? '')
  readonly isAllowed = (peer: PeerId | string, multiaddr?: Multiaddr): boolean => this.allowList.includes(peer.toString()) || (this.allowedPlace != null && multiaddr?.toString().startsWith(this.allowedPlace) === true)

  lift (peerId: PeerId): void {
    this.#denied.delete(peerId.toString())
  }

  ban (peerId: PeerId, untilMs?: number): void {
    this.#denied.add(peerId.toString())
    this.safeDispatchEvent('ban:added', { detail: { untilMs } as Ban })
  }
}

describe('pool: expulsion', () => {
  let pair: BarePair
  let subject: PoolNode
  let clock: ManualClock
  let scoring: Opinions
  let bans: BanList
  let heard: Goodbye[]
  let serial = 0

  beforeEach(async () => {
    pair = await barePair()
    heard = []
    await serve(pair.server.components, goodbyeProtocol, goodbye => { heard.push(goodbye) }, { clock: systemClock }).start()
    clock = new ManualClock(1_000_000)
    scoring = new Opinions()
    bans = new BanList()
  })

  afterEach(async () => {
    await stopAll([subject, pair])
  })

  async function meet (init: Partial<PoolNodeInit> = {}): Promise<PeerId> {
    subject = await poolNode({ name: `expulsion-${process.pid}-${serial++}`, clock, scoring, bans, ...init })
    await subject.services.pool.dial(addressOf(pair.server))
    await passes(() => expect(subject.services.pool.peers()).to.have.length(1))
    return pair.server.peerId
  }

  const stays = (): void => { expect(subject.getConnections()).to.have.length(1) }

  it('parts with whom scoring refuses, says why, and asks it to stay away for ten minutes', async () => {
    const peerId = await meet()
    scoring.change(peerId, 'discouraged')
    await clock.advanceAsync(1_000)
    stays()
    const left = nextEvent(subject, 'peer:disconnected')
    scoring.change(peerId, 'refused')
    expect(await left).to.deep.equal({ peerId, reason: 'misbehaviour', by: 'local' })
    expect(heard).to.deep.equal([{ reason: 'misbehaviour', retryAfterMs: 600_000 }])
  })

  it('does not let it in while it is refused, and does when it is not', async () => {
    const peerId = await meet()
    scoring.change(peerId, 'refused')
    await passes(() => expect(subject.getConnections()).to.have.length(0))
    const come = async (): Promise<unknown> => pair.server.dial(addressOf(subject)).catch((err: unknown) => err)
    await come()
    await passes(() => expect(pair.server.getConnections(subject.peerId)).to.have.length(0))
    expect(subject.getConnections()).to.have.length(0)
    scoring.change(peerId, 'discouraged')
    await come()
    await passes(() => expect(subject.getConnections()).to.have.length(1))
  })

  it('tells a banned peer until when', async () => {
    const peerId = await meet()
    const left = nextEvent(subject, 'peer:disconnected')
    scoring.change(peerId, 'banned')
    bans.ban(peerId, clock.now() + 3_600_000)
    expect(await left).to.deep.equal({ peerId, reason: 'banned', by: 'local' })
    expect(heard).to.deep.equal([{ reason: 'banned', retryAfterMs: 3_600_000 }])
    await clock.advanceAsync(1_000)
    expect(heard).to.have.length(1)
  })

  it('one that is banned for good hears of the longest time there is', async () => {
    const peerId = await meet()
    bans.ban(peerId)
    await passes(() => expect(heard).to.deep.equal([{ reason: 'banned', retryAfterMs: 2 ** 32 - 1 }]))
  })

  it('parts with whom nobody bans though it has misbehaved that much', async () => {
    const peerId = await meet()
    scoring.change(peerId, 'banned')
    await clock.advanceAsync(400)
    stays()
    await clock.advanceAsync(100)
    await passes(() => expect(heard).to.deep.equal([{ reason: 'misbehaviour', retryAfterMs: 600_000 }]))
  })

  it('keeps whoever is on the allow list', async () => {
    const peerId = await meet()
    bans.allowList.push(peerId.toString())
    scoring.change(peerId, 'refused')
    scoring.change(peerId, 'banned')
    await clock.advanceAsync(1_000)
    stays()
    await subject.hangUp(peerId)
    await pair.server.dial(addressOf(subject))
    await passes(stays)
  })

  it('keeps whoever is where the allow list says', async () => {
    const peerId = await meet()
    bans.allowedPlace = addressOf(pair.server).toString()
    scoring.change(peerId, 'refused')
    scoring.change(peerId, 'banned')
    await clock.advanceAsync(1_000)
    stays()
  })

  describe('when another module dials it', () => {
    const dial = async (target: PoolNode | BarePair['server'] = pair.server): Promise<unknown> => subject.dial(target.getMultiaddrs()).then(() => 'dialled', (err: Error) => err.name)
    /** Refused, and gone. */
    async function lose (peerId: PeerId, standing: Standing = 'refused'): Promise<void> {
      scoring.change(peerId, standing)
      await passes(async () => {
        await clock.advanceAsync(500)
        expect(subject.getConnections(peerId)).to.have.length(0)
      })
    }

    for (const standing of ['refused', 'banned'] as const) {
      it(`is not reached while it is ${standing} and there are others`, async () => {
        const peerId = await meet()
        await pair.client.dial(addressOf(subject))
        await passes(() => expect(subject.services.pool.peers()).to.have.length(2))
        await lose(peerId, standing)
        expect(await dial()).to.equal('DialDeniedError')
        expect(await subject.services.pool.dial(peerId).catch((err: Error) => err.name)).to.equal('DialDeniedError')
        scoring.change(peerId, 'discouraged')
        expect(await dial()).to.equal('dialled')
      })
    }

    it('is kept while there is nobody else, and not when somebody else has come', async () => {
      const peerId = await meet({ limits: { minPeers: 0, minOutbound: 0 } })
      await lose(peerId)
      expect(await dial()).to.equal('dialled')
      await clock.advanceAsync(10_000)
      stays()
      heard.length = 0
      await pair.client.dial(addressOf(subject))
      await passes(() => expect(subject.getConnections(peerId)).to.have.length(0))
      expect(heard).to.deep.equal([{ reason: 'misbehaviour', retryAfterMs: 600_000 }])
      expect(subject.getConnections(pair.client.peerId)).to.have.length(1)
    })

    it('is parted with when it lost its standing during the handshake', async () => {
      let late = false
      // the last that is asked before the connection counts
      const connectionGater = { denyOutboundUpgradedConnection: (peerId: PeerId) => {
        if (late) scoring.think(peerId, 'refused')
        return false
      } }
      const peerId = await meet({ connectionGater, limits: { minPeers: 0, minOutbound: 0 } })
      await pair.client.dial(addressOf(subject))
      await passes(() => expect(subject.services.pool.peers()).to.have.length(2))
      await subject.services.pool.disconnect(peerId)
      late = true
      heard.length = 0
      expect(await dial()).to.equal('dialled')
      await passes(() => expect(subject.getConnections(peerId)).to.have.length(0))
      expect(heard).to.deep.equal([{ reason: 'misbehaviour', retryAfterMs: 600_000 }])
    })
  })

  it('makes no exception for explicit peers, nor for bans of others', async () => {
    const peerId = await meet({ peers: [addressOf(pair.server)] })
    await passes(() => expect(subject.services.pool.peers()[0]?.explicit).to.equal(true))
    bans.ban(pair.client.peerId)
    await clock.advanceAsync(1_000)
    stays()
    scoring.change(peerId, 'refused')
    await passes(() => expect(heard[0]?.reason).to.equal('misbehaviour'))
  })

  it('dials it again when the ban is lifted, however long it was to last', async () => {
    const peerId = await meet()
    await pair.client.dial(addressOf(subject))
    await passes(() => expect(subject.services.pool.peers()).to.have.length(2))
    const left = nextEvent(subject, 'peer:disconnected')
    bans.ban(peerId, clock.now() + 3_600_000)
    await left
    await clock.advanceAsync(10_000)
    expect(subject.getConnections(peerId)).to.deep.equal([])
    bans.lift(peerId)
    await passes(async () => {
      await clock.advanceAsync(1_000)
      expect(subject.getConnections(peerId)).to.have.length(1)
    })
    expect(clock.monotonic()).to.be.below(60_000)
  })

  it('stops listening when the node stops', async () => {
    const peerId = await meet()
    await subject.stop()
    heard.length = 0
    scoring.change(peerId, 'refused')
    bans.ban(peerId)
    await clock.advanceAsync(1_000)
    expect(heard).to.deep.equal([])
  })
})
