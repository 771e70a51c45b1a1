import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { hearsay, reachOfLink, reachOfPeer, usableAddresses, vouchesFor, widestReach } from '../../src/util/reach.ts'

const RELAY = '12D3KooWQAr9dCBVdJ5zHnAmFoMHkVeBZNFfbZrJtZ9mFMqdJYxZ'

const loopback = '/ip4/127.0.0.1/tcp/1'
const local = '/ip4/192.168.1.1/tcp/1'
const open = '/ip4/1.2.3.4/tcp/1'
const named = '/dns4/a.b/tcp/1'
const memory = '/memory/x'
const all = [loopback, local, open, named, memory]

const of = (...texts: string[]): ReturnType<typeof multiaddr>[] => texts.map(text => multiaddr(text))

describe('reach', () => {
  const usable: Array<[string, string[]]> = [
    ['/ip4/5.6.7.8/tcp/9', [open, named]],
    ['/ip4/10.1.1.1/tcp/9', [local, open, named]],
    ['/ip4/127.0.0.1/tcp/9', all],
    ['/memory/y', all],
    [`/ip4/127.0.0.1/tcp/1/p2p/${RELAY}/p2p-circuit`, [open, named]]
  ]
  for (const [teller, what] of usable) {
    it(`can use from ${teller}: ${what.join(' ')}`, () => {
      expect(usableAddresses(of(...all), reachOfPeer(multiaddr(teller))).map(String)).to.deep.equal(what)
    })
  }

  it('goes as far as the link, behind a relay as far as the relay', () => {
    const links = [memory, loopback, local, open, `${loopback}/p2p/${RELAY}/p2p-circuit`, `${open}/p2p/${RELAY}/p2p-circuit`]
    expect(links.map(address => reachOfLink(multiaddr(address)))).to.deep.equal([0, 0, 1, 2, 0, 2])
    expect(reachOfLink(multiaddr(loopback), { localAsPublic: true })).to.equal(2)
  })

  it('takes local addresses for public when told to', () => {
    const options = { localAsPublic: true }
    expect(reachOfPeer(multiaddr(loopback), options)).to.equal(2)
    expect(usableAddresses(of(...all), 2, options).map(String)).to.deep.equal([loopback, local, open, named])
    expect(widestReach(of(loopback), options)).to.equal(2)
  })

  it('is as wide as the widest address', () => {
    expect([of(), of(memory), of(loopback, local), of(local, open), of(named)].map(list => widestReach(list))).to.deep.equal([undefined, 0, 1, 2, 2])
  })

  const vouching: Array<[string, string[], boolean]> = [
    ['/ip4/1.2.3.4/tcp/50000', [local, open], true],
    ['/ip6/::ffff:1.2.3.4/tcp/1', [open], true],
    ['/ip4/1.2.3.5/tcp/1', [open], false],
    ['/ip4/1.2.3.4/tcp/1', [named], false],
    ['/ip4/1.2.3.4/tcp/1', [`${open}/p2p/${RELAY}/p2p-circuit`], false],
    [`${open}/p2p/${RELAY}/p2p-circuit`, [open], false],
    ['/memory/y', [memory], true],
    ['/memory/y', [], false]
  ]
  for (const [remote, told, vouches] of vouching) {
    it(`${remote} ${vouches ? 'vouches' : 'does not vouch'} for ${told.join(' ') || 'nothing'}`, () => {
      expect(vouchesFor(multiaddr(remote), of(...told))).to.equal(vouches)
    })
  }

  it('takes no names on hearsay, wherever they stand, but those that are known', () => {
    const names = ['/dns/a.b/tcp/1', '/dns4/a.b/tcp/443/tls/ws', '/dns6/a.b/tcp/1', '/dnsaddr/a.b', `/dns4/a.b/tcp/1/p2p/${RELAY}/p2p-circuit`, `/p2p/${RELAY}/p2p-circuit/dns4/a.b/tcp/1`]
    for (const name of names) {
      expect(hearsay(of(open, name)).map(String), name).to.deep.equal([open])
      expect(hearsay(of(open, name), of(name)).map(String), name).to.deep.equal([open, name])
    }
    const nameless = of(open, loopback, memory, '/ip4/1.2.3.4/tcp/443/tls/sni/a.b/ws')
    expect(hearsay(nameless)).to.deep.equal(nameless)
  })
})
