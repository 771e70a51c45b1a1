import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { addressFacts } from '../../src/util/netgroup.ts'
import type { AddressFacts } from '../../src/util/netgroup.ts'

const RELAY = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'

describe('netgroup', () => {
  const table: Array<[string, Partial<AddressFacts>]> = [
    ['/ip4/20.1.2.3/tcp/4001', { scope: 'public', relayed: false, ip: '20.1.2.3', group: '20.1.0.0/16', subnet: '20.1.2.0/24' }],
    ['/ip4/20.1.2.3/udp/4001/quic-v1', { scope: 'public', group: '20.1.0.0/16', subnet: '20.1.2.0/24' }],
    ['/ip4/127.0.0.1/tcp/1', { scope: 'loopback', ip: '127.0.0.1' }],
    ['/ip4/127.9.8.7/tcp/1', { scope: 'loopback' }],
    ['/ip6/::1/tcp/1', { scope: 'loopback', ip: '::1' }],
    ['/ip4/10.1.2.3/tcp/1', { scope: 'private' }],
    ['/ip4/172.16.0.1/tcp/1', { scope: 'private' }],
    ['/ip4/172.32.0.1/tcp/1', { scope: 'public' }],
    ['/ip4/192.168.1.1/tcp/1', { scope: 'private' }],
    ['/ip4/169.254.1.1/tcp/1', { scope: 'private' }],
    ['/ip4/100.64.0.1/tcp/1', { scope: 'private' }],
    ['/ip4/0.0.0.0/tcp/1', { scope: 'private' }],
    ['/ip4/224.0.0.1/tcp/1', { scope: 'private' }],
    ['/ip4/203.0.113.1/tcp/1', { scope: 'private' }],
    ['/ip6/fe80::1/tcp/1', { scope: 'private' }],
    ['/ip6/fd00::1/tcp/1', { scope: 'private' }],
    ['/ip6/2a02:1234:5678:9abc::1/tcp/1', { scope: 'public', group: '2a02:1234::/32', subnet: '2a02:1234:5678::/48' }],
    ['/ip6/::ffff:20.1.2.3/tcp/1', { scope: 'public', ip: '20.1.2.3', group: '20.1.0.0/16' }],
    ['/ip6/::ffff:127.0.0.1/tcp/1', { scope: 'loopback', ip: '127.0.0.1' }],
    ['/dns4/Example.ORG/tcp/1', { scope: 'public', group: 'name:example.org', subnet: 'name:example.org' }],
    ['/dnsaddr/example.org', { scope: 'public', group: 'name:example.org' }],
    ['/memory/7', { scope: 'none', relayed: false }],
    [`/ip4/20.1.2.3/tcp/1/p2p/${RELAY}/p2p-circuit`, { scope: 'public', relayed: true, relay: RELAY, ip: '20.1.2.3', group: '20.1.0.0/16' }],
    [`/ip4/20.1.2.3/tcp/1/p2p/${RELAY}/p2p-circuit/p2p/12D3KooWAqNJVSqb9TcXA8Ekkt38CgbE7rvqAcihfBDLj2jHZ1pm`, { relayed: true, relay: RELAY }],
    ['/p2p-circuit', { scope: 'none', relayed: true }]
  ]
  for (const [address, expected] of table) {
    it(`knows ${address}`, () => {
      expect(addressFacts(multiaddr(address))).to.include(expected)
    })
  }

  const hosts: Array<[string, string | undefined]> = [
    ['/ip4/20.1.2.3/tcp/4001', '20.1.2.3'],
    ['/ip4/127.0.0.1/tcp/1', '127.0.0.1'],
    ['/ip6/::ffff:20.1.2.3/tcp/1', '20.1.2.3'],
    ['/ip6/2a02:1234:5678:9abc:1:2:3:4/tcp/1', '2a02:1234:5678:9abc::/64'],
    ['/ip6/2a02:1234:5678:9abc:ffff::9/udp/7/quic-v1', '2a02:1234:5678:9abc::/64'],
    ['/ip6/2a02:1234:5678:9abd::1/tcp/1', '2a02:1234:5678:9abd::/64'],
    [`/ip4/20.1.2.3/tcp/1/p2p/${RELAY}/p2p-circuit`, '20.1.2.3'],
    ['/dns4/example.org/tcp/1', undefined],
    ['/memory/7', undefined]
  ]
  for (const [address, host] of hosts) {
    it(`takes ${address} for the host ${host}`, () => {
      expect(addressFacts(multiaddr(address)).host).to.equal(host)
    })
  }

  it('makes every local address and every one without an IP a group of its own', () => {
    const addresses = ['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2', '/ip4/192.168.1.1/tcp/1', '/memory/1', '/memory/2', '/ip6/::1/tcp/1']
    const facts = addresses.map(address => addressFacts(multiaddr(address)))
    expect(new Set(facts.map(({ group }) => group)).size).to.equal(addresses.length)
    expect(new Set(facts.map(({ subnet }) => subnet)).size).to.equal(addresses.length)
  })

  it('finds an address and its /p2p form in one place', () => {
    for (const address of ['/ip4/127.0.0.1/tcp/1', '/memory/1', '/ip4/20.1.2.3/tcp/1']) {
      expect(addressFacts(multiaddr(`${address}/p2p/${RELAY}`))).to.deep.equal(addressFacts(multiaddr(address)))
    }
  })

  it('groups local addresses by prefix when told to take them for public', () => {
    const facts = (address: string): AddressFacts => addressFacts(multiaddr(address), { localAsPublic: true })
    expect(facts('/ip4/127.1.2.3/tcp/1')).to.include({ scope: 'public', group: '127.1.0.0/16', subnet: '127.1.2.0/24' })
    expect(facts('/ip4/10.1.2.3/tcp/1').group).to.equal(facts('/ip4/10.1.9.9/tcp/2').group)
    expect(facts('/memory/1').scope).to.equal('none')
  })

  it('puts two addresses into one group exactly when their prefixes agree', () => {
    // 11 to 99: no special ranges
    const ip = fc.tuple(fc.integer({ min: 11, max: 99 }), fc.constantFrom(0, 1, 127, 128, 255), fc.nat(255), fc.nat(255))
    fc.assert(fc.property(ip, ip, (a, b) => {
      const [x, y] = [a, b].map(parts => addressFacts(multiaddr(`/ip4/${parts.join('.')}/tcp/1`)))
      expect(x!.group === y!.group).to.equal(a[0] === b[0] && a[1] === b[1])
      expect(x!.subnet === y!.subnet).to.equal(a[0] === b[0] && a[1] === b[1] && a[2] === b[2])
    }))
  })

  it('has facts for any IPv6 address', () => {
    fc.assert(fc.property(fc.ipV6(), text => {
      const facts = addressFacts(multiaddr(`/ip6/${text}/tcp/1`))
      expect(facts.ip).to.be.a('string')
      expect(facts.group).to.not.equal('')
    }))
  })
})
