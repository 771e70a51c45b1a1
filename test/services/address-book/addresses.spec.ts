import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { bestFacts, mergeAddresses, provenAddress, usableAddresses } from '../../../src/services/address-book/addresses.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { BookAddress } from '../../../src/services/address-book/addresses.ts'

const id = randomPeerId(seededRng(1)).toString()
const other = randomPeerId(seededRng(2)).toString()
const tcp = (port: number): string => `/ip4/20.1.1.1/tcp/${port}`
const said = (...texts: string[]) => texts.map(text => multiaddr(text))
const texts = (addresses: readonly BookAddress[]): string[] => addresses.map(({ multiaddr }) => multiaddr.toString())

describe('address book: addresses', () => {
  const usable: Array<[string, string[], string[]]> = [
    ['keeps a plain address', [tcp(1)], [tcp(1)]],
    ['leaves out the peer\'s own id', [`${tcp(1)}/p2p/${id}`], [tcp(1)]],
    ['leaves out the own id behind a relay', [`${tcp(1)}/p2p/${other}/p2p-circuit/p2p/${id}`], [`${tcp(1)}/p2p/${other}/p2p-circuit`]],
    ['refuses the address of another peer', [`${tcp(1)}/p2p/${other}`], []],
    ['refuses an id without a place', [`/p2p/${id}`], []],
    ['refuses an empty address', ['/'], []],
    ['takes the same place once', [tcp(1), `${tcp(1)}/p2p/${id}`, tcp(1)], [tcp(1)]],
    ['refuses an overlong address', [`/dns4/${'a'.repeat(600)}/tcp/1`], []],
    ['takes no more than 16', Array.from({ length: 5000 }, (_, i) => tcp(i + 1)), Array.from({ length: 16 }, (_, i) => tcp(i + 1))]
  ]
  for (const [what, given, expected] of usable) {
    it(what, () => {
      expect(usableAddresses(said(...given), id).map(String)).to.deep.equal(expected)
    })
  }

  it('puts what worked before what was signed before the newest word', () => {
    let known = mergeAddresses([], said(tcp(1), tcp(2)), false)
    known = mergeAddresses(known, said(tcp(3)), true)
    known = provenAddress(known, multiaddr(tcp(2)), 1000)
    known = mergeAddresses(known, said(tcp(4)), false)
    expect(texts(known)).to.deep.equal([tcp(2), tcp(3), tcp(4), tcp(1)])
  })

  it('replaces what an older record said, and nothing else', () => {
    const known = mergeAddresses(mergeAddresses([], said(tcp(1), tcp(2)), true), said(tcp(9)), false)
    expect(texts(mergeAddresses(known, said(tcp(2), tcp(3)), true))).to.deep.equal([tcp(2), tcp(3), tcp(9)])
  })

  it('does not let hearsay push out an address that worked or was signed', () => {
    let known = provenAddress(mergeAddresses([], said(tcp(1)), true), multiaddr(tcp(2)), 1000)
    for (let i = 0; i < 100; i++) known = mergeAddresses(known, said(...Array.from({ length: 16 }, (_, j) => tcp(100 + i * 16 + j))), false)
    expect(known).to.have.length(16)
    expect(texts(known).slice(0, 2)).to.deep.equal([tcp(2), tcp(1)])
  })

  it('keeps nothing of the message that an address came in', () => {
    const message = new Uint8Array(64 * 1024)
    const bytes = multiaddr(tcp(1)).bytes
    message.set(bytes)
    const [kept] = mergeAddresses([], [multiaddr(message.subarray(0, bytes.length))], true)
    const buffers = kept!.multiaddr.getComponents().map(({ bytes }) => bytes?.buffer)
    expect(buffers).to.not.include(message.buffer)
  })

  const facts: Array<[string, string[], string]> = [
    ['public before private', ['/ip4/10.0.0.1/tcp/1', tcp(1)], '20.1.0.0/16'],
    ['an IP before a name', ['/dns4/example.org/tcp/1', tcp(1)], '20.1.0.0/16'],
    ['direct before relayed', [`/ip4/30.1.1.1/tcp/1/p2p/${other}/p2p-circuit`, tcp(1)], '20.1.0.0/16'],
    ['the first of equals', [tcp(1), '/ip4/30.1.1.1/tcp/1'], '20.1.0.0/16']
  ]
  for (const [what, given, group] of facts) {
    it(`knows a peer by its best address: ${what}`, () => {
      expect(bestFacts(said(...given), {})?.group).to.equal(group)
    })
  }
})
