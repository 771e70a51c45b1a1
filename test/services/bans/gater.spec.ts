import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { inbound, openedBans } from './open-bans.ts'


describe('bans: the gater', () => {
  const rng = seededRng(1)
  const [peer, other, relay] = [randomPeerId(rng), randomPeerId(rng), randomPeerId(rng)]
  const open = openedBans()

  it('is asked everywhere', async () => {
    const { bans, gater } = await open()
    await bans.ban(peer)
    await bans.ban('9.9.9.9')
    const answers = {
      dialPeer: await gater.denyDialPeer?.(peer),
      dialAddress: await gater.denyDialMultiaddr?.(multiaddr('/ip4/9.9.9.9/tcp/1')),
      inbound: await gater.denyInboundConnection?.(inbound('/ip4/9.9.9.9/tcp/1')),
      inboundEncrypted: await gater.denyInboundEncryptedConnection?.(peer, inbound('/ip4/9.9.9.1/tcp/1')),
      outboundEncrypted: await gater.denyOutboundEncryptedConnection?.(peer, inbound('/ip4/9.9.9.1/tcp/1')),
      reservation: await gater.denyInboundRelayReservation?.(peer),
      relayedFrom: await gater.denyOutboundRelayedConnection?.(peer, other),
      relayedTo: await gater.denyOutboundRelayedConnection?.(other, peer),
      relayedIn: await gater.denyInboundRelayedConnection?.(relay, peer)
    }
    expect(Object.values(answers), JSON.stringify(answers)).to.not.include(false)
    expect(await gater.filterMultiaddrForPeer?.(peer, multiaddr('/ip4/9.9.9.1/tcp/1')), 'of a banned peer').to.equal(false)
    expect(await gater.filterMultiaddrForPeer?.(other, multiaddr('/ip4/9.9.9.9/tcp/1')), 'a banned address').to.equal(false)
    expect(bans.snapshot().denied).to.deep.equal({ dial: 3, inbound: 3, relay: 3, 'address-book': 2 })
  })

  it('lets everybody else through, and is left as it was', async () => {
    const { bans, gater, stop } = await open()
    await bans.ban(peer)
    const fine = [
      await gater.denyDialPeer?.(other), await gater.denyDialMultiaddr?.(multiaddr('/ip4/9.9.9.9/tcp/1')), await gater.denyInboundConnection?.(inbound('/ip4/9.9.9.9/tcp/1')),
      await gater.denyInboundEncryptedConnection?.(other, inbound('/ip4/9.9.9.9/tcp/1')), await gater.denyOutboundRelayedConnection?.(other, relay)
    ]
    expect(fine).to.deep.equal([false, false, false, false, false])
    expect(await gater.filterMultiaddrForPeer?.(other, multiaddr('/ip4/9.9.9.9/tcp/1'))).to.equal(true)
    await stop()
    expect(Object.values(gater).filter(hook => hook != null)).to.deep.equal([])
  })

  it('refuses a host before cryptography for 60 s after 3 refused handshakes in 60 s, and does not prolong that', async () => {
    const { bans, clock, gater } = await open()
    await bans.ban(peer, { durationMs: 'forever' })
    const handshake = async (address = '/ip4/9.9.9.9/tcp/1'): Promise<string> => {
      if (await gater.denyInboundConnection?.(inbound(address)) === true) return 'early'
      return await gater.denyInboundEncryptedConnection?.(peer, inbound(address)) === true ? 'late' : 'in'
    }
    expect([await handshake(), await handshake()]).to.deep.equal(['late', 'late'])
    clock.advance(60_000)
    expect([await handshake(), await handshake(), await handshake(), await handshake()]).to.deep.equal(['late', 'late', 'late', 'early'])
    expect(bans.snapshot().throttled).to.equal(1)
    expect(await handshake('/ip4/9.9.9.8/tcp/1')).to.equal('late')
    clock.advance(59_999)
    expect(await handshake()).to.equal('early')
    expect(bans.explain('9.9.9.9')[0]).to.deep.include({ decision: 'throttled', rule: '9.9.9.9', where: 'inbound' })
    clock.advance(1)
    expect([await handshake(), await handshake(), await handshake(), await handshake()]).to.deep.equal(['late', 'late', 'late', 'early'])
  })

  it('throttles an IPv6 /64 as one, a relay and local addresses never', async () => {
    const { bans, gater } = await open()
    await bans.ban(peer)
    const refused = async (address: string): Promise<void> => { await gater.denyInboundEncryptedConnection?.(peer, inbound(address)) }
    const isEarly = async (address: string): Promise<boolean | undefined> => gater.denyInboundConnection?.(inbound(address))
    for (let i = 0; i < 3; i++) {
      await refused(`/ip6/2606:4700:0:1::${i}/tcp/1`)
      await refused('/ip4/127.0.0.1/tcp/1')
      await refused(`/ip4/9.9.9.8/tcp/1/p2p/${relay.toString()}/p2p-circuit`)
    }
    expect(await isEarly('/ip6/2606:4700:0:1::99/tcp/1')).to.equal(true)
    expect(await isEarly('/ip6/2606:4700:0:2::99/tcp/1')).to.equal(false)
    expect(await isEarly('/ip4/127.0.0.1/tcp/1')).to.equal(false)
    expect(await isEarly('/ip4/9.9.9.8/tcp/1')).to.equal(false)
  })
})
