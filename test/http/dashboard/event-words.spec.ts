import { expect } from 'chai'
import { describeEvent } from '../../../src/http/dashboard/components/event-words.ts'
import { filterEvents } from '../../../src/http/dashboard/views/events/event-filter.ts'
import type { LiveEvent } from '../../../src/http/dashboard/api/event-stream.ts'

describe('dashboard: events', () => {
  it('are told in words', () => {
    const address = '/ip4/192.0.2.7/tcp/4701/p2p/12D3KooWEFDpYm9HiR36yvG5reEHsSNyep4BmxLM2qXRDcBG4ybj'
    const cases: Array<[{ event: string } & Record<string, unknown>, string]> = [
      [{ event: 'peer:connected', peerId: 'x', direction: 'inbound', address }, 'connected, inbound, /ip4/192.0.2.7/tcp/4701'],
      [{ event: 'dial:failed', address, message: 'refused', attempt: 3, retryInMs: 8_400 }, 'dial 3 of /ip4/192.0.2.7/tcp/4701 failed: refused; again in 8 s'],
      [{ event: 'ban:added', kind: 'ip', key: '192.0.2.7', by: 'hand', reason: '' }, 'banned ip 192.0.2.7 by hand'],
      [{ event: 'settings:changed', changes: [{ name: 'minPeers', before: 8, after: 9 }] }, 'minPeers is 9 now, was 8']
    ]
    for (const [event, words] of cases) expect(describeEvent(event).words).to.equal(words)
  })

  it('that nobody knows yet have a line, too', () => {
    for (const event of ['later:thing', 'constructor', '__proto__']) expect(describeEvent({ event })).to.deep.equal({ tone: 'plain', words: '' })
  })

  it('are filtered by what they are about and by words, latest first', () => {
    const made = (event: string, peerId: string): LiveEvent => ({ event, peerId, time: '2026-01-01T00:00:00.000Z' })
    const all = [made('peer:connected', 'alice'), made('ban:added', 'Bob'), made('later:thing', 'bob'), made('peer:connected', 'bob')]
    const found = (hidden: Parameters<typeof filterEvents>[1], search: string): string[] => filterEvents(all, hidden, search).map(({ event, peerId }) => `${event} ${peerId as string}`)
    expect(found(new Set(), '')).to.deep.equal(['peer:connected bob', 'later:thing bob', 'ban:added Bob', 'peer:connected alice'])
    expect(found(new Set(['peers']), 'bob')).to.deep.equal(['later:thing bob', 'ban:added Bob'])
    expect(found(new Set(['other']), ' BOB  connected ')).to.deep.equal(['peer:connected bob'])
  })
})
