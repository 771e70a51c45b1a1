import { mock } from 'node:test'
import { bootstrap } from '@libp2p/bootstrap'
import { start, stop } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import { stillAtFault } from '../support/upstream.ts'
import type { BootstrapComponents } from '@libp2p/bootstrap'

const LIST = ['/ip4/127.0.0.1/tcp/1/p2p/12D3KooWJ4H9uFfYpN9gEeTrT7Bc9RHhrnQfNEA4AeKU3eFwgPHL']
const HOUR_MS = 3_600_000
const TURNS = 10

describe('upstream: bootstrap', () => {
  it('dials its list once, whatever comes of it', async () => {
    let dials = 0
    const components = {
      logger: defaultLogger(),
      peerStore: { merge: async () => {} },
      connectionManager: { openConnection: async () => {
        dials++
        throw new Error('nobody there')
      } }
    } as unknown as BootstrapComponents
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    const module = bootstrap({ list: LIST, timeout: 0 })(components)
    try {
      await start(module)
      for (let hour = 0; hour < 24; hour++) {
        mock.timers.tick(HOUR_MS)
        // what the timers began goes on in promises
        for (let i = 0; i < TURNS; i++) await new Promise(resolve => setImmediate(resolve))
      }
    } finally {
      mock.timers.reset()
      await stop(module)
    }
    expect(dials).to.be.at.least(1)
    stillAtFault(dials === 1, 'src/services/pool/keepers.ts', `${dials} dials in a day`)
  })
})
