import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { AppError } from '../../../src/errors.ts'
import { isLocal, placeOf } from '../../../src/services/bans/place.ts'
import { bitsOfIp, parseTarget, reachOf, targetOf, targetOfKey } from '../../../src/services/bans/target.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'

const PEER = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8'

function refusal (text: string): AppError {
  try {
    parseTarget(text)
  } catch (err) {
    if (err instanceof AppError) return err
    throw err
  }
  throw new Error(`"${text}" was taken`)
}

describe('bans: target', () => {
  const good: Array<[given: string, kind: string, key: string, reach: string]> = [
    [PEER, 'peer', PEER, 'peer'],
    [peerIdFromString(PEER).toCID().toString(), 'peer', PEER, 'peer'],
    [` ${PEER}\n`, 'peer', PEER, 'peer'],
    ['192.0.2.7', 'ip', '192.0.2.7', 'host'],
    ['::ffff:192.0.2.7', 'ip', '192.0.2.7', 'host'],
    ['::FFFF:c000:207', 'ip', '192.0.2.7', 'host'],
    ['2001:DB8:0:0::7', 'ip', '2001:db8::7', 'host'],
    ['192.0.2.7/32', 'ip', '192.0.2.7', 'host'],
    ['2001:db8::7/128', 'ip', '2001:db8::7', 'host'],
    ['192.0.2.0/24', 'prefix', '192.0.2.0/24', 'network'],
    ['192.0.2.0/31', 'prefix', '192.0.2.0/31', 'network'],
    ['128.0.0.0/1', 'prefix', '128.0.0.0/1', 'network'],
    ['::ffff:192.0.2.0/120', 'prefix', '192.0.2.0/24', 'network'],
    ['2001:db8:0:1::/64', 'prefix', '2001:db8:0:1::/64', 'host'],
    ['2001:db8::8000/113', 'prefix', '2001:db8::8000/113', 'host'],
    ['2001:db8::/56', 'prefix', '2001:db8::/56', 'network']
  ]
  for (const [given, kind, key, reach] of good) {
    it(`takes ${given.trim()} as the ${kind} ${key}`, function () {
      const target = parseTarget(given)
      expect(target).to.include({ kind, key })
      expect(reachOf(target)).to.equal(reach)
      expect(targetOfKey(key)).to.deep.equal(target)
    })
  }

  const bad: Array<[given: string, says: string]> = [
    ['', 'neither a peer id nor an IP nor a prefix'],
    ['somebody', 'neither'],
    ['1', 'neither'],
    ['010.1.2.3', 'neither'],
    ['0x7f.0.0.1', 'neither'],
    ['256.1.1.1', 'neither'],
    ['fe80::1%eth0', 'neither'],
    [`${PEER}x`, 'neither'],
    ['192.0.2.7/24', 'did you mean 192.0.2.0/24?'],
    ['2001:db8::1/56', 'did you mean 2001:db8::/56?'],
    ['::ffff:192.0.2.7/120', 'did you mean 192.0.2.0/24?'],
    ['192.0.2.0/33', 'more than 32 bits'],
    ['2001:db8::/129', 'more than 128 bits'],
    ['::ffff:192.0.2.0/129', 'more than 128 bits'],
    ['0.0.0.0/0', 'everybody'],
    ['::/0', 'everybody'],
    ['::ffff:0:0/96', 'everybody'],
    ['192.0.2.0/', 'not a prefix in CIDR notation'],
    ['192.0.2.0/-1', 'not a prefix in CIDR notation'],
    ['192.0.2.0/1e1', 'not a prefix in CIDR notation'],
    ['192.0.2.0/24/24', 'not a prefix in CIDR notation'],
    ['192.0.2/24', 'not a prefix in CIDR notation'],
    ['/ip4/192.0.2.7/tcp/1', 'neither']
  ]
  for (const [given, says] of bad) {
    it(`refuses "${given}"`, () => {
      const error = refusal(given)
      expect(error.code).to.equal('BANS_TARGET_INVALID')
      expect(error.message).to.include(`"${given}"`).and.include(says).and.include('192.0.2.0/24')
    })
  }

  it('shows no more than the start of what is too long', () => {
    expect(refusal('x'.repeat(1_000_000)).message.length).to.be.below(400)
  })

  it('takes a peer id object', () => {
    const peerId = randomPeerId(seededRng(1))
    expect(parseTarget(peerId)).to.deep.equal({ kind: 'peer', key: peerId.toString() })
  })

  it('gives each prefix the bits that all in it begin with, and finds its way back', () => {
    const ips = fc.oneof(fc.ipV4().map(ip => [ip, 32] as const), fc.ipV6().map(ip => [ip, 128] as const))
    fc.assert(fc.property(ips, fc.nat(), ([ip, width], length) => {
      const bits = bitsOfIp(ip)!
      const isMapped = width === 128 && bits.startsWith('4')
      const family = isMapped ? 32 : width
      const prefix = targetOf(bits.slice(0, 2 + length % family))
      expect(parseTarget(prefix.key)).to.deep.equal(prefix)
      expect(bits.startsWith(prefix.bits as string)).to.equal(true)
      expect(targetOf(bits).bits).to.equal(bits)
    }))
  })

  describe('place', () => {
    const other = randomPeerId(seededRng(2)).toString()
    const cases: Array<[address: string, place: object]> = [
      ['/ip4/192.0.2.7/tcp/1', { relayed: false, ip: '192.0.2.7' }],
      [`/ip4/192.0.2.7/udp/1/quic-v1/p2p/${PEER}`, { relayed: false, ip: '192.0.2.7', peer: PEER }],
      ['/ip6/::ffff:192.0.2.7/tcp/1', { relayed: false, ip: '192.0.2.7' }],
      ['/ip6/2001:DB8::7/tcp/1', { relayed: false, ip: '2001:db8::7' }],
      [`/ip4/192.0.2.7/tcp/1/p2p/${other}/p2p-circuit/p2p/${PEER}`, { relayed: true, ip: '192.0.2.7', relay: other, peer: PEER }],
      [`/ip4/192.0.2.7/tcp/1/p2p/${other}/p2p-circuit`, { relayed: true, ip: '192.0.2.7', relay: other }],
      [`/p2p/${PEER}`, { relayed: false, peer: PEER }],
      ['/dns4/example.org/tcp/1', { relayed: false }],
      ['/memory/a', { relayed: false }]
    ]
    for (const [address, place] of cases) {
      it(address, () => {
        const { bits, ...found } = placeOf(multiaddr(address))
        const ip = bits == null ? {} : { ip: targetOf(bits).key }
        expect({ ...Object.fromEntries(Object.entries(found).filter(([, value]) => value != null)), ...ip }).to.deep.equal(place)
      })
    }

    it('knows what is local', () => {
      const local = ['127.0.0.1', '10.0.0.0/24', '192.168.1.1', 'fe80::1', 'fd00::/56', '::1']
      for (const key of local) expect(isLocal(parseTarget(key), {}), key).to.equal(true)
      for (const key of local) expect(isLocal(parseTarget(key), { localAsPublic: true }), key).to.equal(false)
      for (const key of ['9.9.9.9', '9.9.9.0/24', '2606:4700::/56', PEER]) expect(isLocal(parseTarget(key), {}), key).to.equal(false)
    })
  })
})
