import { expect } from 'chai'
import { ProtocolFailure } from '../../src/index.ts'
import { rejection } from '../support/rejection.ts'
import { connect, peerkeep } from './support/peerkeep.ts'
import { anyQuote, nothing, quote, START_SECONDS, when } from './support/shop.ts'
import { inForeign } from './support/suites.ts'
import type { AppNode, ProtocolError } from '../../src/index.ts'

inForeign('calls', (foreign) => {
  for (const transport of ['tcp', 'ws'] as const) {
    describe(`of the foreign node, over ${transport}`, () => {
      let node: AppNode & AsyncDisposable
      let peer: string

      before(async () => {
        node = await peerkeep()
        peer = node.peerId.toString()
        await node.services.protocols.handle(quote, ({ item }) => {
          if (item === 'unicorn') throw new ProtocolFailure('x-sold-out', 'there are none left')
          if (item === 'crash') throw new Error('secret')
          return { item, price: item.length }
        })
        await node.services.protocols.handle(when, ({ seconds, nanos }) => ({ seconds: START_SECONDS + seconds, nanos }))
        await connect(node, foreign(), transport, 'the foreign node')
      })

      after(async () => { await node?.[Symbol.asyncDispose]() })

      const ask = async (request: unknown, protocol = '/interop/quote/1.0.0'): Promise<unknown> => await foreign().order('ask', { peer, protocol, request })

      it('JSON', async () => {
        expect(await ask({ item: 'tea' })).to.deep.equal({ answer: { item: 'tea', price: 3 } })
      })

      it('protobuf', async () => {
        expect(await foreign().order('when', { peer, protocol: '/interop/when/1.0.0', seconds: 86_400 })).to.deep.equal({ seconds: START_SECONDS + 86_400, nanos: 0 })
      })

      it('what does not fit the schema is told', async () => {
        expect(await ask({ item: 7 })).to.have.nested.property('failure.code', 'invalid')
      })

      it('a failure of the application is told with its code and text', async () => {
        expect(await ask({ item: 'unicorn' })).to.deep.equal({ failure: { code: 'x-sold-out', message: 'there are none left' } })
      })

      it('what a handler throws stays here', async () => {
        const told = await ask({ item: 'crash' })
        expect(told).to.have.nested.property('failure.code', 'internal')
        expect(JSON.stringify(told)).to.not.include('secret')
      })

      it('an id that is not served', async () => {
        const said = await ask({}, '/interop/nothing/1.0.0').catch((err: Error) => err.message)
        expect(said).to.match(/protocols not supported|failed to open a stream/)
      })

      it('leave it in good standing', () => {
        expect(node.services.scoring.standing(foreign().peerId)).to.equal('good')
      })
    })

    describe(`of Peerkeep, over ${transport}`, () => {
      let node: AppNode & AsyncDisposable

      before(async () => {
        node = await peerkeep()
        await connect(node, foreign(), transport, 'Peerkeep')
      })

      after(async () => { await node?.[Symbol.asyncDispose]() })

      const failure = async (call: Promise<unknown>): Promise<unknown> => {
        const { code, details } = await rejection(call) as ProtocolError
        return [code, details?.remoteCode]
      }

      it('JSON', async () => {
        expect(await node.services.protocols.request(foreign().peerId, quote, { item: 'coffee' })).to.deep.equal({ item: 'coffee', price: 6 })
      })

      it('protobuf', async () => {
        expect(await node.services.protocols.request(foreign().peerId, when, { seconds: 60, nanos: 5 })).to.deep.equal({ seconds: START_SECONDS + 60, nanos: 5 })
      })

      it('what does not fit over there is told', async () => {
        expect(await failure(node.services.protocols.request(foreign().peerId, anyQuote, { item: 7 }))).to.deep.equal(['PROTOCOL_INVALID', 'invalid'])
      })

      it('a failure of the application over there is told with its code', async () => {
        expect(await failure(node.services.protocols.request(foreign().peerId, quote, { item: 'unicorn' }))).to.deep.equal(['PROTOCOL_FAILED', 'x-sold-out'])
      })

      it('an id that is not served', async () => {
        expect(await failure(node.services.protocols.request(foreign().peerId, nothing, {}))).to.deep.equal(['PROTOCOL_UNSUPPORTED', undefined])
      })

      it('many at a time', async () => {
        const items = Array.from({ length: 100 }, (_, i) => `item ${i}`)
        const answers = await Promise.all(items.map(async item => await node.services.protocols.request(foreign().peerId, quote, { item })))
        expect(answers.map(({ item }) => item)).to.deep.equal(items)
      })
    })
  }
})
