import { expect } from 'chai'
import * as z from 'zod'
import { defineProtocol, json } from '../../../src/services/protocols/index.ts'
import { eachPair } from '../../support/each-pair.ts'
import { rejection } from '../../support/rejection.ts'

const text = json(z.string())
/** As a schema with a mistake in a check of its own. */
const broken = json<string>({ '~standard': { version: 1, vendor: 'mistaken', validate: () => { throw new TypeError('a mistake of this side') } } })

describe('protocols: a schema that throws', () => {
  const pair = eachPair()

  const define = (request = text, response = text) => ({
    request: defineProtocol({ id: '/shop/request/1.0.0', request, response }),
    stream: defineProtocol({ id: '/shop/stream/1.0.0', shape: 'stream', request, response }),
    duplex: defineProtocol({ id: '/shop/duplex/1.0.0', shape: 'duplex', request, response })
  })
  type Shape = keyof ReturnType<typeof define>
  const there = (): string => pair.server.peerId.toString()

  async function serve ({ request, stream, duplex }: ReturnType<typeof define>): Promise<void> {
    await pair.callee.handle(request, message => message)
    await pair.callee.handle(stream, async function * (message) { yield message })
    await pair.callee.handle(duplex, async function * (messages) { yield * messages })
  }

  async function call (protocols: ReturnType<typeof define>, shape: Shape): Promise<unknown> {
    if (shape === 'request') return pair.caller.request(there(), protocols.request, 'tea')
    if (shape === 'stream') return pair.caller.stream(there(), protocols.stream, 'tea')[Symbol.asyncIterator]().next()
    const talk = await pair.caller.duplex(there(), protocols.duplex)
    await talk.send('tea')
    return talk[Symbol.asyncIterator]().next()
  }

  for (const shape of ['request', 'stream', 'duplex'] as const) {
    it(`${shape}: at the callee is "internal", and charged to nobody`, async () => {
      await serve(define(broken))
      const err = await rejection(call(define(), shape))
      expect([err.code, err.details.remoteCode]).to.deep.equal(['PROTOCOL_FAILED', 'internal'])
      expect([...pair.server.opinion.offences, ...pair.client.opinion.offences]).to.deep.equal([])
    })

    it(`${shape}: at the caller is its own mistake, and charged to nobody`, async () => {
      await serve(define())
      for (const protocols of [define(text, broken), define(broken)]) {
        const err = await rejection(call(protocols, shape))
        expect(err.code).to.equal('PROTOCOL_DEFINITION_INVALID')
        expect(err.message).to.contain('a mistake of this side')
      }
      expect([...pair.server.opinion.offences, ...pair.client.opinion.offences]).to.deep.equal([])
    })
  }
})
