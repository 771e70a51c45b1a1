import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { ROLES } from '../../../src/components.ts'
import { AnswerCache, isShareable } from '../../../src/services/pex/answers.ts'
import { MAX_CACHED_ANSWERS, MAX_PUSH_QUEUE } from '../../../src/services/pex/constants.ts'
import { PushQueue } from '../../../src/services/pex/push-queue.ts'
import { rolesFromBits, rolesToBits } from '../../../src/services/pex/roles.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { BookEntry } from '../../../src/services/address-book/index.ts'
import type { News } from '../../../src/services/pex/push-queue.ts'

const DAY = 86_400_000
const NOW = 100 * DAY

describe('pex: decisions', () => {
  describe('who is told of', () => {
    const good = { record: new Uint8Array(1), tried: true, multiaddrs: [multiaddr('/ip4/10.0.0.1/tcp/1')], lastSeenMs: NOW - DAY, lastSuccessMs: 0, lastObservedMs: 0 } as unknown as BookEntry
    const cases: Array<[string, Partial<BookEntry>, { reach?: 0 | 1 | 2, connected?: boolean }, boolean]> = [
      ['somebody tried', {}, {}, true],
      ['somebody without a record', { record: undefined }, {}, false],
      ['somebody known by word only', { tried: false }, {}, false],
      ['somebody observed within the hour', { tried: false, lastObservedMs: NOW - 3_600_000 }, {}, true],
      ['somebody observed longer ago', { tried: false, lastObservedMs: NOW - 3_600_001 }, {}, false],
      ['somebody observed longer ago who is still here', { tried: false, lastObservedMs: NOW - DAY }, { connected: true }, true],
      ['somebody connected who was never observed', { tried: false }, { connected: true }, false],
      ['somebody seen 30 days ago', { lastSeenMs: NOW - 30 * DAY }, {}, true],
      ['somebody not seen for longer', { lastSeenMs: NOW - 30 * DAY - 1 }, {}, false],
      ['somebody private, to the local network', {}, { reach: 1 }, true],
      ['somebody private, to the internet', {}, { reach: 2 }, false]
    ]
    for (const [what, entry, facts, shared] of cases) {
      it(`${shared ? 'tells of' : 'says nothing of'} ${what}`, () => {
        expect(isShareable({ ...good, ...entry }, { nowMs: NOW, reach: 0, connected: false, netgroup: {}, ...facts })).to.equal(shared)
      })
    }
  })

  describe('AnswerCache', () => {
    const peers = Array.from({ length: 33 }, (_, i) => randomPeerId(seededRng(i)))

    it('gives a public group one full answer for 5 min, a local peer for 5 s', () => {
      for (const [reach, ms] of [[2, 300_000], [1, 5_000], [0, 5_000]] as const) {
        const clock = new ManualClock()
        const cache = new AnswerCache(clock)
        let chosen = 0
        const get = (): number => {
          cache.get('key', reach, () => { chosen++; return peers.slice(0, 32) })
          return chosen
        }
        expect(get()).to.equal(1)
        clock.advance(ms - 1)
        expect(get()).to.equal(1)
        clock.advance(1)
        expect(get()).to.equal(2)
      }
    })

    it('keeps a short answer for 5 s only: it hides nothing', () => {
      const clock = new ManualClock()
      const cache = new AnswerCache(clock)
      cache.get('key', 2, () => [])
      clock.advance(5_000)
      expect(cache.get('key', 2, () => peers)).to.have.length(33)
    })

    it('forgets short answers when there is more to tell, and no full ones', () => {
      const cache = new AnswerCache(new ManualClock())
      cache.get('short', 2, () => peers.slice(0, 31))
      cache.get('full', 2, () => peers.slice(0, 32))
      cache.outdate()
      expect(cache.get('short', 2, () => [])).to.have.length(0)
      expect(cache.get('full', 2, () => [])).to.have.length(32)
    })

    it('remembers a bounded number of answers', () => {
      const cache = new AnswerCache(new ManualClock())
      for (let i = 0; i < 1_000; i++) cache.get(`${i}`, 2, () => [])
      expect(cache.size).to.equal(MAX_CACHED_ANSWERS)
    })
  })

  describe('PushQueue', () => {
    const news = (subject: string, rest: Partial<News> = {}): News => ({ subject, entry: { record: new Uint8Array(1), roles: [] }, reach: 2, fanout: 3, toldBy: 'teller', untilMs: 10_000, ...rest })
    const neighbours = ['a', 'b', 'c', 'd', 'e'].map(id => ({ id, reach: 0 as const, room: 9 }))

    it('tells as many as wanted, but neither the subject nor the teller', () => {
      for (let seed = 0; seed < 50; seed++) {
        const queue = new PushQueue()
        queue.add(news('a', { toldBy: 'b' }))
        expect([...queue.drain(neighbours, 0, seededRng(seed)).keys()].sort()).to.deep.equal(['c', 'd', 'e'])
        queue.add(news('z', { fanout: 2 }))
        expect(queue.drain(neighbours, 0, seededRng(seed)).size).to.equal(2)
        expect(queue.size).to.equal(0)
      }
    })

    it('keeps news for neighbours to come, while they are news, and tells nobody twice', () => {
      const queue = new PushQueue()
      const told = (count: number, nowMs: number): string[] => [...queue.drain(neighbours.slice(0, count), nowMs, seededRng(1)).keys()]
      queue.add(news('z'))
      expect([told(1, 0), told(1, 1_000), told(2, 2_000)]).to.deep.equal([['a'], [], ['b']])
      expect(queue.size).to.equal(1)
      expect(told(5, 3_000)).to.have.length(1)
      expect(queue.size).to.equal(0)
      queue.add(news('z'))
      expect(told(0, 10_000)).to.deep.equal([])
      expect(queue.size).to.equal(0)
    })

    it('tells neighbours nothing that they cannot use', () => {
      const queue = new PushQueue()
      queue.add(news('z', { reach: 1, fanout: Infinity }))
      const plan = queue.drain(([['loopback', 0], ['private', 1], ['public', 2]] as const).map(([id, reach]) => ({ id, reach, room: 9 })), 0, seededRng(1))
      expect([...plan.keys()].sort()).to.deep.equal(['loopback', 'private'])
    })

    it('tells neighbours no more than they have room for, this node\'s own record all the same and first', () => {
      const queue = new PushQueue()
      const audience = [{ id: 'a', reach: 0 as const, room: 2 }, { id: 'b', reach: 0 as const, room: 0 }]
      for (const subject of ['1', '2', '3']) queue.add(news(subject, { fanout: 1 }))
      const own = news('self', { fanout: Infinity, toldBy: undefined })
      queue.add(own)
      const plan = queue.drain(audience, 0, seededRng(1))
      expect([...plan].map(([id, entries]) => [id, entries.length, entries[0] === own.entry])).to.have.deep.members([['a', 3, true], ['b', 1, true]])
      // what nobody had room for waits
      expect(queue.size).to.equal(2)
      expect(queue.drain([{ id: 'b', reach: 0, room: 9 }], 1, seededRng(1)).get('b')).to.have.length(1)
    })

    it('keeps the newest of each subject, and not more than its size', () => {
      const queue = new PushQueue()
      for (let i = 0; i < MAX_PUSH_QUEUE; i++) expect(queue.add(news(`${i}`))).to.equal(true)
      expect(queue.add(news('one more'))).to.equal(false)
      expect(queue.add(news('0', { fanout: 1 }))).to.equal(true)
      expect(queue.size).to.equal(MAX_PUSH_QUEUE)
      expect(queue.add(news('self', { toldBy: undefined }))).to.equal(true)
    })
  })

  it('roles survive as bits, and unknown bits are no roles', () => {
    for (let bits = 0; bits < 2 ** ROLES.length; bits++) expect(rolesToBits(rolesFromBits(bits))).to.equal(bits)
    expect(rolesFromBits(0xfffffff0)).to.deep.equal([])
  })
})
