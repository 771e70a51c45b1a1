import { expect } from 'chai'
import { barePair } from '../support/bare-pair.ts'
import { eventually } from '../support/eventually.ts'
import { stillAtFault } from '../support/upstream.ts'
import type { BarePair } from '../support/bare-pair.ts'

const PROTOCOL = '/test/middleware/1.0.0'
const STREAMS = 5

describe('upstream: registrar', () => {
  let pair: BarePair

  before(async () => { pair = await barePair() })
  after(async () => { await pair.stop() })

  it('E6: with middleware each stream adds one more run of the handler to those that follow', async () => {
    let runs = 0
    let streams = 0
    await pair.server.handle(PROTOCOL, async stream => {
      runs++
      await stream.close()
    })
    pair.server.components.registrar.use(PROTOCOL, [(stream, connection, next) => {
      streams++
      next(stream, connection)
    }])
    for (let i = 1; i <= STREAMS; i++) {
      const stream = await pair.raw(PROTOCOL)
      await eventually('the middleware has run', () => streams >= i)
      await stream.close()
      await pair.quiet(PROTOCOL)
    }
    expect(streams).to.equal(STREAMS)
    // 1 + 2 + 3 + 4 + 5
    stillAtFault(runs > STREAMS, 'src/wire/serve.ts (checks are made in the handler, not in middleware)', `${runs} runs of the handler for ${STREAMS} streams`)
  })
})
