import { RecordType } from '@multiformats/dns'
import { expect } from 'chai'
import { createDns as createBrowserDns, createResolver as createBrowserResolver } from '../../src/platform/dns.browser.ts'
import { createDns, createResolver } from '../../src/platform/dns.ts'
import { DnsServer } from '../support/dns-server.ts'
import { eventually } from '../support/eventually.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { rejection } from '../support/rejection.ts'

describe('platform/dns', () => {
  let server: DnsServer
  let servers: string[]

  before(async () => {
    server = await DnsServer.start({
      'seed.test': { TXT: ['dnsaddr=/ip4/192.0.2.1/tcp/4701', 'other'], A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'] },
      'four.test': { A: ['192.0.2.4'] },
      'empty.test': {},
      'silent.test': { instead: 'silence' }
    })
    servers = [`127.0.0.1:${server.port}`]
  })

  after(async () => { await server.stop() })

  it('asks the servers it is given', async () => {
    const resolver = createResolver({ servers })
    expect(await resolver.txt('seed.test')).to.have.members(['dnsaddr=/ip4/192.0.2.1/tcp/4701', 'other'])
    expect(await resolver.addresses('seed.test')).to.have.members(['192.0.2.1', '192.0.2.2', '2001:db8::1'])
    expect(await resolver.addresses('four.test')).to.deep.equal(['192.0.2.4'])
  })

  it('tells a name without such records from a name that is not there', async () => {
    const resolver = createResolver({ servers })
    expect(await resolver.txt('empty.test')).to.be.empty
    expect(await resolver.addresses('empty.test')).to.be.empty
    for (const question of [resolver.txt('missing.test'), resolver.addresses('missing.test')]) {
      const err = await rejection(question)
      expect(err.code).to.equal('DNS_FAILED')
      expect(err.message).to.include('missing.test').and.include(servers[0])
    }
  })

  it('gives up after its time, and when told to', async () => {
    const clock = new ManualClock()
    const resolver = createResolver({ servers, clock, timeoutMs: 60_000 })
    const waiting = rejection(resolver.txt('silent.test'))
    await eventually('the question is asked', () => server.asked.includes('TXT silent.test'))
    clock.advance(60_000)
    expect((await waiting).code).to.equal('DNS_TIMEOUT')
    expect(clock.pending).to.equal(0)

    const controller = new AbortController()
    const reason = new Error('enough')
    const aborted = resolver.addresses('silent.test', { signal: controller.signal }).catch((err: unknown) => err)
    controller.abort(reason)
    expect(await aborted).to.equal(reason)
    expect(clock.pending).to.equal(0)
  })

  it('refuses what is no server', () => {
    expect(() => createResolver({ servers: ['not a server'] })).to.throw().with.property('code', 'DNS_SERVER_INVALID')
    expect(() => createBrowserResolver({ servers: ['127.0.0.1:53'] })).to.throw().with.property('code', 'DNS_SERVER_INVALID')
  })

  it('resolves /dnsaddr for libp2p with the same servers, and leaves it alone without', async () => {
    expect(createDns()).to.equal(undefined)
    expect(createBrowserDns()).to.equal(undefined)
    const answer = await createDns({ servers })?.query('seed.test', { types: [RecordType.TXT, RecordType.AAAA] })
    expect(answer?.Answer.map(({ type, data }) => [type, data])).to.have.deep.members([
      [RecordType.TXT, 'dnsaddr=/ip4/192.0.2.1/tcp/4701'],
      [RecordType.TXT, 'other'],
      [RecordType.AAAA, '2001:db8::1']
    ])
  })

  it('knows the hosts file when no server is given', async () => {
    expect(await createResolver().addresses('localhost')).to.include.oneOf(['127.0.0.1', '::1'])
  })
})
