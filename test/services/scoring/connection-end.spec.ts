import { expect } from 'chai'
import { onEnd } from '../../../src/services/scoring/connection-end.ts'
import { AppError } from '../../../src/errors.ts'
import { barePair } from '../../support/bare-pair.ts'
import { eventually } from '../../support/eventually.ts'
import type { BarePair } from '../../support/bare-pair.ts'
import type { ConnectionEnd } from '../../../src/services/scoring/connection-end.ts'

describe('scoring: end of a connection', () => {
  let pair: BarePair
  beforeEach(async () => { pair = await barePair() })
  afterEach(async () => { await pair.stop() })

  const cases: Array<{ what: string, here: ConnectionEnd, there: ConnectionEnd, end (pair: BarePair): Promise<void> | void }> = [
    { what: 'a close', here: 'closed-here', there: 'closed-there', end: async ({ connection }) => { await connection.close() } },
    { what: 'hanging up', here: 'closed-here', there: 'closed-there', end: async ({ client, server }) => { await client.hangUp(server.peerId) } },
    { what: 'an abort on purpose', here: 'closed-here', there: 'failed', end: ({ connection }) => { connection.abort(new AppError('BANS_DENIED', 'banned')) } },
    { what: 'an abort', here: 'failed', there: 'failed', end: ({ connection }) => { connection.abort(new DOMException('no answer to a ping', 'TimeoutError')) } }
  ]
  for (const { what, here, there, end } of cases) {
    it(`after ${what} is ${here} on this side, ${there} on the other`, async () => {
      const ends: Partial<Record<'here' | 'there', ConnectionEnd>> = {}
      onEnd(pair.connection, how => { ends.here = how })
      onEnd(pair.inbound, how => { ends.there = how })
      await end(pair)
      await eventually('both ends know', () => ends.here != null && ends.there != null)
      expect(ends).to.deep.equal({ here, there })
    })
  }
})
