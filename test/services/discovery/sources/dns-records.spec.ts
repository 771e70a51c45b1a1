import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { addressesAt, addressesIn, dnsaddrIn, DnsSeedInvalidError, parseSeed, sightingsOf } from '../../../../src/services/discovery/sources/dns-records.ts'
import { text } from '../stubs.ts'

const A = '12D3KooWQAr9dCBVdJ5zHnAmFoMHkVeBZNFfbZrJtZ9mFMqdJYxZ'

describe('DNS seeds and records', () => {
  const seeds: Array<{ seed: string, is: object | undefined }> = [
    { seed: 'seed.example.org', is: { name: 'seed.example.org', port: 4701 } },
    { seed: ' seed.example.org.:9 ', is: { name: 'seed.example.org', port: 9 } },
    { seed: '_dnsaddr.x-1.org:65535', is: { name: '_dnsaddr.x-1.org', port: 65535 } },
    { seed: 'localhost', is: { name: 'localhost', port: 4701 } },
    { seed: '', is: undefined },
    { seed: 'a..b', is: undefined },
    { seed: '-a.b', is: undefined },
    { seed: 'a.b:0', is: undefined },
    { seed: 'a.b:65536', is: undefined },
    { seed: 'a.b:x', is: undefined },
    { seed: '10.0.0.1:4701', is: undefined },
    { seed: '::1', is: undefined },
    { seed: '/dns4/a.b/tcp/1', is: undefined },
    { seed: `${'a'.repeat(64)}.org`, is: undefined },
    { seed: `${'a.'.repeat(130)}org`, is: undefined }
  ]
  for (const { seed, is } of seeds) {
    it(`seed ${JSON.stringify(seed.slice(0, 30))} is ${JSON.stringify(is)}`, () => {
      if (is == null) expect(() => parseSeed(seed)).to.throw(DnsSeedInvalidError).with.property('code', 'DISCOVERY_DNS_SEED_INVALID')
      else expect(parseSeed(seed)).to.deep.equal(is)
    })
  }

  it('takes dnsaddr records and leaves all others', () => {
    expect(addressesIn([
      'v=spf1 -all',
      'dnsaddr=/ip4/1.2.3.4/tcp/1',
      `dnsaddr=/ip4/1.2.3.4/tcp/1/p2p/${A}`,
      'dnsaddr=',
      'dnsaddr=/',
      'dnsaddr=/ip4/1.2.3/tcp/1',
      'dnsaddr=/ip4/1.2.3.4/tcp/1/p2p/nobody',
      'dnsaddr=nonsense',
      `dnsaddr=/dns4/${'a'.repeat(255)}/tcp/1`
    ]).map(String)).to.deep.equal(['/ip4/1.2.3.4/tcp/1', `/ip4/1.2.3.4/tcp/1/p2p/${A}`])
  })

  it('takes 64 records of an answer', () => {
    expect(addressesIn(Array.from({ length: 100 }, (_, i) => `dnsaddr=/ip4/1.2.3.4/tcp/${i + 1}`))).to.have.length(64)
    expect(addressesAt(Array.from({ length: 100 }, (_, i) => `1.2.3.${i}`), 1)).to.have.length(64)
  })

  it('reads any record without throwing', () => {
    const record = fc.oneof(fc.string(), fc.string().map(text => `dnsaddr=${text}`), fc.array(fc.constantFrom('ip4', 'dnsaddr', 'tcp', 'p2p', A, '1', '1.2.3.4', 'a.b', '')).map(parts => `dnsaddr=/${parts.join('/')}`))
    fc.assert(fc.property(fc.array(record), records => {
      sightingsOf(addressesIn(records))
      addressesIn(records).map(dnsaddrIn)
      addressesAt(records, 1)
    }))
  })

  it('makes addresses of IPs', () => {
    expect(addressesAt(['1.2.3.4', '::1', '::ffff:1.2.3.4', 'fe80::1%eth0', 'x', ''], 4701).map(String))
      .to.deep.equal(['/ip4/1.2.3.4/tcp/4701', '/ip6/::1/tcp/4701', '/ip4/1.2.3.4/tcp/4701'])
  })

  it('reads what a /dnsaddr asks for', () => {
    expect(dnsaddrIn(multiaddr('/dnsaddr/a.b'))).to.deep.equal({ name: 'a.b', suffix: '' })
    expect(dnsaddrIn(multiaddr(`/dnsaddr/a.b/p2p/${A}`))).to.deep.equal({ name: 'a.b', suffix: `/p2p/${A}` })
    expect(dnsaddrIn(multiaddr('/dns4/a.b/tcp/1'))).to.equal(undefined)
  })

  it('makes one sighting a peer, and one for each address of nobody', () => {
    const addresses = [`/ip4/1.2.3.4/tcp/1/p2p/${A}`, '/ip4/1.2.3.4/tcp/2', `/ip4/1.2.3.4/tcp/3/p2p/${A}`, '/ip4/1.2.3.4/tcp/4', '/ip4/1.2.3.4/tcp/4']
    expect(sightingsOf(addresses.map(multiaddr)).map(text)).to.deep.equal([
      `${A} @ /ip4/1.2.3.4/tcp/1/p2p/${A} /ip4/1.2.3.4/tcp/3/p2p/${A}`,
      '? @ /ip4/1.2.3.4/tcp/2',
      '? @ /ip4/1.2.3.4/tcp/4'
    ])
  })
})
