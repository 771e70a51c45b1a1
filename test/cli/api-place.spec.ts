import { expect } from 'chai'
import { planApi } from '../../src/cli/api-place.ts'
import { failureOf } from '../../src/cli/failure.ts'
import { merge, valuesFromEnvironment, valuesFromFlags } from '../../src/config/index.ts'
import { rejection } from '../support/rejection.ts'
import type { ApiPlace } from '../../src/cli/api-place.ts'
import type { Failure } from '../../src/cli/failure.ts'
import type { ConfiguredFiles } from '../../src/cli/files.ts'
import type { Key } from '../../src/config/index.ts'

const TLS = { cert: 'c', key: 'k' }

async function plan (flags: Partial<Record<Key, string>>, files: ConfiguredFiles = {}, code?: string): Promise<ApiPlace> {
  const values = valuesFromFlags(new Map(Object.entries(flags).map(([key, text]) => [key as Key, [text]])))
  return await planApi(merge([values]), files, async () => code)
}

async function failure (planned: Promise<unknown>): Promise<Failure> {
  return failureOf(await rejection(planned))
}

describe('where the admin API listens', () => {
  it('on this machine alone, unless told otherwise', async () => {
    expect(await plan({})).to.deep.equal({ host: '127.0.0.1', port: 4_780, chosen: false, open: false })
    expect(await plan({ apiListen: '[::1]:0' })).to.deep.equal({ host: '::1', port: 0, chosen: true, open: false })
    // a certificate is for a name, which loopback has not
    expect(await plan({}, { tls: TLS })).not.to.have.property('tls')
  })

  it('beyond it only with TLS, or where somebody insists', async () => {
    for (const apiListen of ['0.0.0.0:4780', '[::]:4780', '192.0.2.7:4780']) {
      expect(await failure(plan({ apiListen }))).to.include({ exitCode: 2, code: 'CONFIG_INVALID' }).and.have.property('message').that.includes(`--api-listen (${apiListen})`)
    }
    expect(await plan({ apiListen: '0.0.0.0:4780' }, { tls: TLS })).to.deep.equal({ host: '0.0.0.0', port: 4_780, chosen: true, open: false, tls: TLS })
    expect(await plan({ apiListen: '0.0.0.0:4780', apiInsecure: 'true' })).to.include({ open: true }).and.not.have.property('tls')
    const variable = planApi(merge([valuesFromEnvironment({ PEERKEEP_API_LISTEN: '0.0.0.0:1' })]), {}, async () => undefined)
    expect(await failure(variable)).to.have.property('message').that.includes('PEERKEEP_API_LISTEN (0.0.0.0:1)')
  })

  it('elsewhere when the default port is taken; a chosen one is refused', async () => {
    expect(await plan({}, {}, 'EADDRINUSE')).to.deep.equal({ host: '127.0.0.1', port: 0, chosen: false, open: false, movedFrom: 4_780 })
    expect(await failure(plan({ apiListen: '127.0.0.1:4781' }, {}, 'EADDRINUSE'))).to.deep.equal({
      exitCode: 4,
      code: 'LISTEN_ADDRESS_IN_USE',
      message: 'the admin API cannot listen on 127.0.0.1:4781: port 4781 is in use by another program',
      fix: 'stop that program, or choose another port: --api-listen 127.0.0.1:0'
    })
    expect(await failure(plan({ apiListen: '192.0.2.1:4780', apiInsecure: 'true' }, {}, 'EADDRNOTAVAIL'))).to.include({ exitCode: 4, code: 'LISTEN_ADDRESS_UNAVAILABLE' })
  })
})
