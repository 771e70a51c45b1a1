import { once } from 'node:events'
import { connect } from 'node:net'
import { expect } from 'chai'
import { createTransports as createBrowserTransports } from '../../src/platform/transports.browser.ts'
import { createTransports } from '../../src/platform/transports.ts'
import { AppNodes } from '../support/app-nodes.ts'
import { eventually } from '../support/eventually.ts'
import { rejection } from '../support/rejection.ts'
import { selfSignedCertificate } from '../support/self-signed.ts'

describe('platform/transports', () => {
  it('has TCP, WebSockets and relayed connections', async () => {
    expect(await createTransports({})).to.have.length(3)
    expect(await createTransports({ tls: selfSignedCertificate() })).to.have.length(3)
    expect(await createBrowserTransports({})).to.have.length(2)
  })

  for (const [side, [dialler, listener]] of Object.entries({ 'whoever listened': [0, 1], 'whoever dialled': [1, 0] })) {
    it(`a WebSocket that ${side} aborts ends at the other side, too`, async () => {
      await using nodes = new AppNodes()
      const made = [await nodes.create({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] }), await nodes.create({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] })] as const
      const [aborts, hears] = [made[dialler as 0 | 1], made[listener as 0 | 1]]
      await made[1].dial(made[0].getMultiaddrs())
      const connection = await eventually('both know of the connection', () => hears.getConnections().length > 0 ? aborts.getConnections()[0] : undefined)
      const gone = new Promise(resolve => { hears.addEventListener('peer:disconnect', resolve, { once: true }) })
      connection?.abort(new Error('enough'))
      await gone
    })
  }

  it('outlives a broken frame', async () => {
    await using nodes = new AppNodes()
    const node = await nodes.create({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] })
    const socket = connect(Number(/tcp\/(\d+)/.exec(String(node.getMultiaddrs()[0]))?.[1]), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n')
    await once(socket, 'data')
    // reserved bits; were the error not heard, it would be that of this test
    socket.end(Uint8Array.of(0xff, 0xff, 0, 0, 0, 0))
    await once(socket.resume(), 'close')
    expect(node.status).to.equal('started')
  })

  it('refuses a certificate that cannot be used', async () => {
    const [one, other] = [selfSignedCertificate(), selfSignedCertificate()]
    for (const tls of [{ cert: 'no PEM', key: one.key }, { cert: one.cert, key: 'no PEM' }, { cert: one.cert, key: other.key }]) {
      expect((await rejection(createTransports({ tls }))).code).to.equal('TLS_INVALID')
    }
  })

  it('refuses what a browser cannot do', async () => {
    expect((await rejection(createBrowserTransports({ quic: true }))).code).to.equal('QUIC_UNAVAILABLE')
    expect((await rejection(createBrowserTransports({ tls: selfSignedCertificate() }))).code).to.equal('TLS_INVALID')
  })
})
