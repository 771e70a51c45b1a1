import { createServer } from 'node:net'
import { expect } from 'chai'
import { ListenError, isAddressInUse, planListen, wantedListen } from '../../src/cli/listen.ts'
import { merge } from '../../src/config/index.ts'

const DEFAULTS = merge([]).config

/** Answers by port: this machine has no IPv6, and 4701 is taken. */
const probe = async (host: string, port: number): Promise<string | undefined> => host.includes(':') ? 'EAFNOSUPPORT' : port === 4701 ? 'EADDRINUSE' : undefined

async function failure (promise: Promise<unknown>): Promise<ListenError> {
  const err: unknown = await promise.then(() => undefined, (err: unknown) => err)
  expect(err).to.be.instanceOf(ListenError)
  return err as ListenError
}

describe('where to listen', () => {
  it('default addresses give way to what is taken or absent', async () => {
    expect(await planListen(DEFAULTS.listen, false, probe)).to.deep.equal({ listen: ['/ip4/0.0.0.0/tcp/0', '/ip4/0.0.0.0/tcp/4702/ws'], moved: [4701] })
  })

  it('chosen ones are refused, with the port and a way out', async () => {
    const err = await failure(planListen(['/ip4/127.0.0.1/tcp/4701'], true, probe))
    expect(err.code).to.equal('LISTEN_ADDRESS_IN_USE')
    expect(err.message).to.equal('cannot listen on /ip4/127.0.0.1/tcp/4701: port 4701 is in use by another program')
    expect(err.details['fix']).to.include('--listen /ip4/127.0.0.1/tcp/0')
    expect((await failure(planListen(['/ip6/::1/tcp/1'], true, probe))).code).to.equal('LISTEN_ADDRESS_UNAVAILABLE')
    expect((await failure(planListen(['/ip4/127.0.0.1/tcp/1'], true, async () => 'EACCES'))).code).to.equal('LISTEN_NOT_ALLOWED')
  })

  it('asks the system', async () => {
    const server = createServer()
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
    const { port } = server.address() as { port: number }
    try {
      expect((await failure(planListen([`/ip4/127.0.0.1/tcp/${port}/ws`], true))).code).to.equal('LISTEN_ADDRESS_IN_USE')
    } finally {
      await new Promise(resolve => { server.close(resolve) })
    }
    expect((await planListen([`/ip4/127.0.0.1/tcp/${port}/ws`], true)).moved).to.deep.equal([])
    // an address of a documentation network, which no machine has
    expect((await failure(planListen(['/ip4/192.0.2.1/tcp/4701'], true))).code).to.equal('LISTEN_ADDRESS_UNAVAILABLE')
  })

  it('adds what other options ask for to the default addresses only', () => {
    expect(wantedListen({ ...DEFAULTS, quic: true }, false)).to.include('/ip4/0.0.0.0/udp/4701/quic-v1')
    expect(wantedListen({ ...DEFAULTS, tlsCert: 'c.pem' }, false)).to.include('/ip4/0.0.0.0/tcp/4702/tls/ws').and.not.include('/ip4/0.0.0.0/tcp/4702/ws')
    expect(wantedListen({ ...DEFAULTS, quic: true, listen: ['/ip4/127.0.0.1/tcp/1'] }, true)).to.deep.equal(['/ip4/127.0.0.1/tcp/1'])
  })

  it('knows a taken port in an error and its causes', () => {
    expect(isAddressInUse(new Error('x', { cause: Object.assign(new Error('y'), { code: 'EADDRINUSE' }) }))).to.equal(true)
    expect(isAddressInUse(new Error('ECONNREFUSED'))).to.equal(false)
  })
})
