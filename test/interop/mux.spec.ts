import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { connect, peerkeep } from './support/peerkeep.ts'
import { shelf } from './support/shop.ts'
import { inForeign } from './support/suites.ts'
import { go } from './support/toolchain.ts'
import type { AppNode } from '../../src/index.ts'

const PROTOCOL = '/interop/shelf/1.0.0'
const MUX = `/peerkeep/mux/1.0.0${PROTOCOL}`

inForeign('many calls on one stream', (foreign) => {
  let node: AppNode & AsyncDisposable
  let peer: string
  let cancelled = 0
  // who is slow is answered when so many others were
  let others = Infinity
  let lastOther = Promise.withResolvers<void>()
  const isLastAfter = (count: number): void => {
    others = count
    lastOther = Promise.withResolvers()
  }

  before(async () => {
    node = await peerkeep()
    peer = node.peerId.toString()
    await node.services.protocols.handle(shelf, async ({ item, afterMs, padding = '' }, { signal }) => {
      if (afterMs == null) {
        if (--others === 0) lastOther.resolve()
      } else {
        await new Promise<void>((resolve, reject) => {
          lastOther.promise.then(resolve, reject)
          signal.addEventListener('abort', () => {
            cancelled++
            reject(signal.reason)
          }, { once: true })
        })
      }
      return { item: item + padding, price: item.length }
    })
    await connect(node, foreign(), 'tcp', 'the foreign node')
  })

  after(async () => { await node?.[Symbol.asyncDispose]() })

  const streams = (): string[] => node.getConnections(foreign().peerId).flatMap(({ streams }) => streams).flatMap(({ protocol }) => protocol.endsWith(PROTOCOL) ? [protocol] : [])

  describe('of the foreign node', () => {
    it('are answered as they are done', async () => {
      isLastAfter(150)
      const requests = [{ item: 'slow', afterMs: 300 }, ...Array.from({ length: 150 }, (_, i) => ({ item: `item ${i}` })), { item: '' }]
      // if it held up those behind it, nothing would ever be answered
      const { answers } = await foreign().order('burst', { peer, protocol: PROTOCOL, requests })
      expect(answers[0]).to.deep.equal({ answer: { item: 'slow', price: 4 } })
      expect(answers.slice(1, -1)).to.deep.equal(requests.slice(1, -1).map(({ item }) => ({ answer: { item, price: item.length } })))
      expect(answers.at(-1)).to.have.nested.property('failure.code', 'invalid')
    })

    it('go on on the same stream', async () => {
      const [first, second] = [await foreign().order('burst', { peer, protocol: PROTOCOL, requests: [{ item: 'a' }] }), await foreign().order('burst', { peer, protocol: PROTOCOL, requests: [{ item: 'b' }] })]
      expect(first.stream).to.equal(second.stream)
      expect(streams()).to.deep.equal([MUX])
    })

    it('in pieces, when they are long', async () => {
      const padding = 'x'.repeat(50_000)
      const requests = Array.from({ length: 20 }, (_, i) => ({ item: `item ${i}`, padding: i % 2 === 0 ? padding : '' }))
      const { answers } = await foreign().order('burst', { peer, protocol: PROTOCOL, requests })
      expect(answers).to.deep.equal(requests.map(({ item, padding }) => ({ answer: { item: item + padding, price: item.length } })))
    })

    it('can be left one by one', async () => {
      cancelled = 0
      isLastAfter(Infinity)
      expect(await foreign().order('cancel', { peer, protocol: PROTOCOL, request: { item: 'never', afterMs: 60_000 } })).to.deep.equal({ cancelled: true, ended: false })
      await eventually('its handler is told', () => cancelled === 1)
      const { answers } = await foreign().order('burst', { peer, protocol: PROTOCOL, requests: [{ item: 'still here' }] })
      expect(answers).to.deep.equal([{ answer: { item: 'still here', price: 10 } }])
    })

    it('on a stream that is half-closed at once', async () => {
      const items = ['one', 'two', 'three']
      expect(await foreign().order('once', { peer, protocol: PROTOCOL, requests: items.map(item => ({ item })) })).to.deep.equal(items.map(item => ({ item, price: item.length })))
    })

    it('beside a plain one of the same id', async () => {
      expect(await foreign().order('ask', { peer, protocol: PROTOCOL, request: { item: 'plain' } })).to.deep.equal({ answer: { item: 'plain', price: 5 } })
    })
  })

  describe('of Peerkeep', () => {
    it('are answered as they are done', async () => {
      const done: string[] = []
      const ask = async (item: string, afterMs = 0): Promise<void> => {
        expect(await node.services.protocols.request(foreign().peerId, shelf, { item, afterMs })).to.deep.equal({ item, price: item.length })
        done.push(item)
      }
      await Promise.all([ask('slow', 300), ...Array.from({ length: 150 }, async (_, i) => { await ask(`item ${i}`) })])
      expect(done.at(-1)).to.equal('slow')
      expect(streams()).to.deep.equal([MUX, MUX])
    })
  })

  it('leave it in good standing', () => {
    expect(node.services.scoring.standing(foreign().peerId)).to.equal('good')
  })
}, [go])
