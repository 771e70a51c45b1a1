import { expect } from 'chai'
import { array, assert, constant, constantFrom, nat, oneof, property, record } from 'fast-check'
import { PIECE_BYTES } from '../../../src/wire/mux/frame.ts'
import { MAX_IN_PIECES, pieceEnd, SendQueue } from '../../../src/wire/mux/send-queue.ts'
import type { Level } from '../../../src/wire/mux/places.ts'
import type { Outgoing } from '../../../src/wire/mux/send-queue.ts'

interface Message extends Outgoing { name: string }

const message = (name: string, level: Level, pieces: number): Message => ({ name, level, payload: new Uint8Array(Math.ceil(pieces * PIECE_BYTES)), sent: 0 })

function take (queue: SendQueue<Message>): string | undefined {
  const { next } = queue
  if (next != null) queue.taken(next)
  return next?.name
}

function takeAll (queue: SendQueue<Message>): string {
  const names: string[] = []
  for (let name = take(queue); name != null; name = take(queue)) names.push(name)
  return names.join(' ')
}

function queueOf (...messages: Message[]): SendQueue<Message> {
  const queue = new SendQueue<Message>()
  for (const one of messages) queue.push(one)
  return queue
}

describe('wire/mux: what is sent next', () => {
  const orders: [what: string, messages: Message[], order: string][] = [
    ['short ones in order', [message('a', 1, 0.1), message('b', 1, 1), message('c', 1, 0)], 'a b c'],
    ['the higher level first', [message('a', 2, 0.1), message('b', 1, 0.1), message('c', 0, 0.1)], 'c b a'],
    ['long ones in turn', [message('a', 1, 3), message('b', 1, 2)], 'a b a b a'],
    ['short ones between the pieces of long ones', [message('a', 1, 3), message('b', 1, 0.5), message('c', 1, 0.5)], 'a b c a a'],
    ['a long one of a higher level whole', [message('a', 2, 2), message('b', 0, 2)], 'b b a a']
  ]
  for (const [what, messages, order] of orders) {
    it(`takes ${what}`, () => { expect(takeAll(queueOf(...messages))).to.equal(order) })
  }

  it('lets a high one in after one piece of a long low one', () => {
    const queue = queueOf(message('low', 2, 640))
    expect(take(queue)).to.equal('low')
    queue.push(message('high', 0, 0.1))
    expect([take(queue), take(queue)]).to.deep.equal(['high', 'low'])
  })

  it('has 8 long ones under way, and never only low ones', () => {
    const queue = queueOf(...Array.from({ length: 20 }, (_, i) => message(`low${i}`, 2, 2)))
    for (let i = 0; i < 6; i++) expect(take(queue)).to.equal(`low${i}`)
    // none begins before one of these has ended
    expect(take(queue)).to.equal('low0')
    queue.push(message('normal0', 1, 2))
    queue.push(message('normal1', 1, 2))
    queue.push(message('high0', 0, 2))
    queue.push(message('high1', 0, 2))
    // one of each finds a place of those kept, the others follow it
    const order = takeAll(queue).split(' ')
    expect(order.slice(0, 8)).to.deep.equal(['high0', 'high0', 'high1', 'high1', 'normal0', 'normal0', 'normal1', 'normal1'])
    expect(order).to.have.lengthOf(8 + 33)
  })

  it('forgets what is dropped, wherever it is', () => {
    const [short, begun, waiting] = [message('short', 1, 0.5), message('begun', 1, 3), message('waiting', 2, 3)]
    const others = Array.from({ length: 7 }, (_, i) => message(`other${i}`, 2, 2))
    const queue = queueOf(begun, short, ...others, waiting)
    take(queue)
    for (const one of [begun, short, waiting, ...others]) expect(queue.drop(one)).to.equal(true)
    expect(queue.drop(begun)).to.equal(false)
    expect([queue.size, queue.bytes, queue.next]).to.deep.equal([0, 0, undefined])
  })

  it('sends every message once and in order, fairly, whatever is queued and dropped meanwhile', () => {
    const step = oneof(
      record({ what: constant('push' as const), level: constantFrom<Level>(0, 1, 2), pieces: constantFrom(0, 0.5, 1, 1.5, 2, 5) }),
      record({ what: constant('take' as const) }),
      record({ what: constant('drop' as const), which: nat() })
    )
    assert(property(array(step, { maxLength: 200 }), steps => {
      const queue = new SendQueue<Message>()
      const model = new Map<string, { message: Message, taken: number }>()
      const takeOne = (): void => {
        const { next } = queue
        if (next == null) {
          expect(model.size).to.equal(0)
          return
        }
        const entry = model.get(next.name)!
        expect(next.sent).to.equal(entry.taken)
        const levels = [...model.values()].filter(({ message: { payload }, taken }) => payload.length <= PIECE_BYTES || taken > 0).map(({ message: { level } }) => level)
        expect(next.level).to.be.at.most(Math.min(...levels))
        entry.taken = pieceEnd(next)
        if (queue.taken(next)) {
          expect(entry.taken).to.equal(next.payload.length)
          model.delete(next.name)
        }
        const begun = [...model.values()].filter(({ taken }) => taken > 0)
        expect(begun.length).to.be.at.most(MAX_IN_PIECES)
        expect(begun.filter(({ message: { level } }) => level > 0).length).to.be.at.most(MAX_IN_PIECES - 1)
      }
      for (const [i, one] of steps.entries()) {
        if (one.what === 'push') {
          const pushed = message(String(i), one.level, one.pieces)
          queue.push(pushed)
          model.set(pushed.name, { message: pushed, taken: 0 })
        } else if (one.what === 'take') {
          takeOne()
        } else {
          const dropped = [...model.values()][one.which % Math.max(1, model.size)]
          if (dropped == null) continue
          expect(queue.drop(dropped.message)).to.equal(true)
          model.delete(dropped.message.name)
        }
        expect(queue.size).to.equal(model.size)
        expect(queue.bytes).to.equal([...model.values()].reduce((sum, { message: { payload }, taken }) => sum + payload.length - taken, 0))
        expect(new Set([...queue].map(({ name }) => name))).to.deep.equal(new Set(model.keys()))
      }
      while (model.size > 0) takeOne()
      expect(queue.next).to.equal(undefined)
    }), { numRuns: 300 })
  })
})
