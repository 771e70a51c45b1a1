import { expect } from 'chai'
import { hexToBytes } from '@noble/hashes/utils.js'
import { Announcer } from '../../../src/services/shards/announcer.ts'
import { ownerPlace, placeCid, vaultPlace } from '../../../src/services/shards/place-key.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { silentLogger } from '../messaging/direct/silent-log.ts'
import type { ContentRouting } from '@libp2p/interface'
import type { HeldShare, Holdings } from '../../../src/services/shards/parts.ts'

const HOUR_MS = 3_600_000
const ONE = '11'.repeat(32)
const TWO = '22'.repeat(32)
const owner = new Uint8Array(36).fill(5)
const nameOf = (hash: Uint8Array): string => placeCid(hash).toString()
const places = (...ids: string[]): string[] => [...ids.map(id => nameOf(vaultPlace(hexToBytes(id)))), nameOf(ownerPlace(owner))].sort()

describe('shards: announcing what is held', () => {
  let clock: ManualClock
  let held: Map<string, HeldShare>
  let listeners: Set<(id: string) => void>
  let provided: string[]
  let cancelled: string[]
  let fails: boolean
  let announcer: Announcer

  beforeEach(() => {
    clock = new ManualClock()
    held = new Map()
    listeners = new Set()
    provided = []
    cancelled = []
    fails = false
    const holdings = {
      held,
      onChanged: (listener: (id: string) => void) => {
        listeners.add(listener)
        return () => { listeners.delete(listener) }
      }
    } as unknown as Holdings
    const contentRouting = {
      provide: async (cid: unknown) => {
        if (fails) throw new Error('no servers')
        provided.push(String(cid))
      },
      cancelReprovide: async (cid: unknown) => { cancelled.push(String(cid)) }
    } as unknown as ContentRouting
    announcer = new Announcer({ contentRouting, holdings, clock, rng: seededRng(1), log: silentLogger().forComponent('announcer') })
  })

  const hold = (id: string): void => {
    held.set(id, { vouched: { manifest: { owner } } } as unknown as HeldShare)
    for (const listener of listeners) listener(id)
  }
  const drop = (id: string): void => {
    held.delete(id)
    for (const listener of listeners) listener(id)
  }

  it('tells the vault and its owner, once, and again within the day', async () => {
    hold(ONE)
    announcer.start()
    await clock.advanceAsync(5_000)
    expect(provided.sort()).to.deep.equal(places(ONE))
    hold(TWO)
    await clock.advanceAsync(5_000)
    expect(provided.sort()).to.deep.equal([...places(ONE), ...places(TWO).filter(name => !places(ONE).includes(name))].sort())
    provided.length = 0
    await clock.advanceAsync(40 * HOUR_MS, 60_000)
    expect(provided.sort()).to.deep.equal(places(ONE, TWO))
    await announcer.stop()
  })

  it('tries again where there is no DHT yet, and not all the time', async () => {
    fails = true
    hold(ONE)
    announcer.start()
    await clock.advanceAsync(HOUR_MS, 1_000)
    expect(provided).to.deep.equal([])
    fails = false
    await clock.advanceAsync(20 * 60_000, 1_000)
    expect(provided.sort()).to.deep.equal(places(ONE))
    await announcer.stop()
  })

  it('takes back what is no longer here, and says nothing after the stop', async () => {
    hold(ONE)
    hold(TWO)
    announcer.start()
    await clock.advanceAsync(5_000)
    drop(ONE)
    await clock.advanceAsync(5_000)
    expect(cancelled).to.deep.equal([nameOf(vaultPlace(hexToBytes(ONE)))])
    expect(announcer.gauges).to.deep.equal({ announced: 2 })
    await announcer.stop()
    provided.length = 0
    hold(ONE)
    await clock.advanceAsync(48 * HOUR_MS, 60_000)
    expect(provided).to.deep.equal([])
    expect(clock.pending).to.equal(0)
  })
})
