import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { openBans } from './open-bans.ts'
import type { OpenBans } from './open-bans.ts'

const rng = seededRng(31)

describe('bans: who is kept whatever its standing', () => {
  let one: OpenBans
  const [friend, stranger] = [randomPeerId(rng), randomPeerId(rng)]

  beforeEach(async () => { one = await openBans({ allow: [friend.toString(), '9.9.9.0/24'] }) })
  afterEach(async () => { await one.stop() })

  const isAllowed = (address?: string): boolean | undefined => one.bans.isAllowed?.(stranger, address == null ? undefined : multiaddr(address))

  it('is a peer of the allow list, or one that is at a place of it', () => {
    expect(one.bans.isAllowed?.(friend)).to.equal(true)
    expect(one.bans.isAllowed?.(friend.toString(), multiaddr('/ip4/8.8.8.8/tcp/1'))).to.equal(true)
    expect([isAllowed(), isAllowed('/ip4/8.8.8.8/tcp/1'), isAllowed('/dns4/example.org/tcp/1')]).to.deep.equal([false, false, false])
    expect(isAllowed('/ip4/9.9.9.7/tcp/1')).to.equal(true)
  })

  it('is not whoever comes through a relay that is at such a place', () => {
    expect(isAllowed(`/ip4/9.9.9.7/tcp/1/p2p/${randomPeerId(rng).toString()}/p2p-circuit`)).to.equal(false)
  })

  it('is one that was seen at such a place, as it is not banned either', async () => {
    one.connections.open(stranger, '/ip4/9.9.9.8/tcp/1')
    expect(isAllowed()).to.equal(true)
    one.scoring.condemn(stranger)
    expect(one.bans.list()).to.deep.equal([])
    await one.bans.disallow('9.9.9.0/24')
    expect(isAllowed()).to.equal(false)
  })
})
