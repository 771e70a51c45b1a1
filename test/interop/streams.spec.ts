import { expect } from 'chai'
import { ProtocolFailure } from '../../src/index.ts'
import { eventually } from '../support/eventually.ts'
import { rejection } from '../support/rejection.ts'
import { connect, peerkeep } from './support/peerkeep.ts'
import { ticks } from './support/shop.ts'
import { inForeign } from './support/suites.ts'
import type { AppNode } from '../../src/index.ts'

const ENDLESS = 1_000_000_000

inForeign('streams', (foreign) => {
  for (const transport of ['tcp', 'ws'] as const) {
    describe(`of Peerkeep, over ${transport}`, () => {
      let node: AppNode & AsyncDisposable
      let made = 0
      let ended = 0

      before(async () => {
        node = await peerkeep()
        await node.services.protocols.handle(ticks, async function * ({ count, failAfter }) {
          made = 0
          try {
            for (let n = 0; n < count; n++) {
              if (n === failAfter) throw new ProtocolFailure('x-worn-out', 'no more ticks')
              made++
              yield { n }
            }
          } finally {
            ended++
          }
        })
        await connect(node, foreign(), transport, 'the foreign node')
      })

      after(async () => { await node?.[Symbol.asyncDispose]() })

      const receive = async (request: unknown, take?: number): Promise<unknown> =>
        await foreign().order('stream', { peer: node.peerId.toString(), protocol: '/interop/ticks/1.0.0', request, take })

      it('to the end', async () => {
        expect(await receive({ count: 1_000 })).to.deep.equal({ items: numbered(1_000), ended: true })
      })

      it('of nothing', async () => {
        expect(await receive({ count: 0 })).to.deep.equal({ items: [], ended: true })
      })

      it('that breaks off says why', async () => {
        expect(await receive({ count: 10, failAfter: 3 })).to.deep.equal({ items: numbered(3), failure: { code: 'x-worn-out', message: 'no more ticks' } })
      })

      it('that is left early ends the generator', async () => {
        ended = 0
        expect(await receive({ count: ENDLESS }, 5)).to.deep.equal({ items: numbered(5), ended: false })
        await eventually('the generator has ended', () => ended === 1)
        expect(made).to.be.below(ENDLESS)
      })
    })

    describe(`of the foreign node, over ${transport}`, () => {
      let node: AppNode & AsyncDisposable

      before(async () => {
        node = await peerkeep()
        await connect(node, foreign(), transport, 'Peerkeep')
      })

      after(async () => { await node?.[Symbol.asyncDispose]() })

      it('to the end', async () => {
        const items: unknown[] = []
        for await (const item of node.services.protocols.stream(foreign().peerId, ticks, { count: 1_000 })) items.push(item)
        expect(items).to.deep.equal(numbered(1_000))
      })

      it('that breaks off says why', async () => {
        const items: unknown[] = []
        const err = await rejection((async () => {
          for await (const item of node.services.protocols.stream(foreign().peerId, ticks, { count: 10, failAfter: 3 })) items.push(item)
        })())
        expect(items).to.deep.equal(numbered(3))
        expect(err).to.include({ code: 'PROTOCOL_FAILED' }).and.have.nested.property('details.remoteCode', 'x-worn-out')
      })

      it('that is left early ends it over there', async () => {
        const before = foreign().events.length
        const items: unknown[] = []
        for await (const item of node.services.protocols.stream(foreign().peerId, ticks, { count: ENDLESS })) {
          items.push(item)
          if (items.length === 5) break
        }
        expect(items).to.deep.equal(numbered(5))
        await eventually('it is told', () => foreign().events.slice(before).some(({ event }) => event === 'left'))
      })
    })
  }
})

function numbered (count: number): Array<{ n: number }> {
  return Array.from({ length: count }, (_, n) => ({ n }))
}
