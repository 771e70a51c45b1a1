import { expect } from 'chai'
import { createTransports as createBrowserTransports } from '../../src/platform/transports.browser.ts'
import { createTransports } from '../../src/platform/transports.ts'
import { rejection } from '../support/rejection.ts'
import { selfSignedCertificate } from '../support/self-signed.ts'

describe('platform/transports', () => {
  it('has TCP, WebSockets and relayed connections', async () => {
    expect(await createTransports({})).to.have.length(3)
    expect(await createTransports({ tls: selfSignedCertificate() })).to.have.length(3)
    expect(await createBrowserTransports({})).to.have.length(2)
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
