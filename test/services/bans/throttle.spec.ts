import { expect } from 'chai'
import { multiaddr } from '@multiformats/multiaddr'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { inbound, openBans } from './open-bans.ts'
import type { PeerId } from '@libp2p/interface'
import type { OpenBans } from './open-bans.ts'

const ADDRESS = '/ip4/9.9.9.9/tcp/1'

describe('bans: whom the throttle refuses beside those who are banned', () => {
  const rng = seededRng(5)
  const [first, second, third] = [randomPeerId(rng), randomPeerId(rng), randomPeerId(rng)]
  let one: OpenBans

  async function open (init: Parameters<typeof openBans>[0] = {}): Promise<void> {
    one = await openBans(init)
    for (const peer of [first, second, third]) await one.bans.ban(peer, { durationMs: 'forever' })
  }

  /** `early`: before any cryptography, whoever it is. */
  async function attempt (peer: PeerId): Promise<'early' | 'late' | 'in'> {
    if (await one.gater.denyInboundConnection?.(inbound(ADDRESS)) === true) return 'early'
    return await one.gater.denyInboundEncryptedConnection?.(peer, inbound(ADDRESS)) === true ? 'late' : 'in'
  }

  async function attempts (...peers: PeerId[]): Promise<string[]> {
    const found: string[] = []
    for (const peer of peers) found.push(await attempt(peer))
    return found
  }

  afterEach(async () => { await one.stop() })

  it('nobody at an allowed address, which is not counted either', async () => {
    await open({ allow: ['9.9.9.0/24'] })
    for (let i = 0; i < 10; i++) expect(await attempt(first)).to.equal('late')
    expect(one.bans.snapshot().gauges.throttle).to.equal(0)
  })

  it('nobody any more at an address that comes onto the allow list', async () => {
    await open()
    expect(await attempts(first, first, first, first)).to.deep.equal(['late', 'late', 'late', 'early'])
    await one.bans.allow('9.9.9.9')
    expect(await attempt(randomPeerId(rng))).to.equal('in')
  })

  it('nobody for one stubborn peer where somebody good was seen', async () => {
    await open()
    one.scoring.goodHosts.add('9.9.9.9')
    for (let i = 0; i < 100; i++) expect(await attempt(first)).to.equal('late')
    expect(await attempt(second)).to.equal('late')
    expect(await attempt(randomPeerId(rng))).to.equal('in')
  })

  it('all for three different peers, also where somebody good was seen', async () => {
    await open()
    one.scoring.goodHosts.add('9.9.9.9')
    expect(await attempts(first, second, first, third, first)).to.deep.equal(['late', 'late', 'late', 'late', 'early'])
    one.clock.advance(60_000)
    expect(one.bans.isDenied({ multiaddr: multiaddr(ADDRESS) })).to.equal(false)
    expect(await attempt(first)).to.equal('late')
  })
})
