import { expect } from 'chai'
import { PIECE_BYTES } from '../../../src/wire/mux/frame.ts'
import { frame, join } from './support/frames.ts'
import { LIMITS, pattern, serverEnd, TIMEOUT_MS } from './support/mux-ends.ts'
import type { MuxServerInit } from '../../../src/wire/mux/server.ts'
import type { ServerEnd } from './support/mux-ends.ts'

const [END, MORE, FAILURE, CANCEL] = [0, 1, 2, 3] as const
const whole = (id: number): Uint8Array => frame(id, END, 'x')
const piece = (id: number): Uint8Array => frame(id, MORE, pattern(100))

function byHand (init?: Partial<MuxServerInit>): ServerEnd & { write (...frames: Uint8Array[]): Promise<void> } {
  const end = serverEnd(init)
  return {
    ...end,
    write: async (...frames) => {
      end.near.send(join(...frames))
      await end.settle()
    }
  }
}

describe('wire/mux: callers that break the contract', () => {
  const breaches: [what: string, frames: Uint8Array[]][] = [
    ['an id that was used', [whole(0), whole(0)]],
    ['an id that was used in pieces', [piece(0), frame(0, END), whole(0)]],
    ['an id that was not begun', [whole(0), whole(2)]],
    ['to cancel what was not begun', [frame(0, CANCEL)]],
    ['to cancel with a payload', [whole(0), frame(0, CANCEL, 'x')]],
    ['a failure', [frame(0, FAILURE)]],
    ['an unknown kind', [frame(0, 4)]],
    ['an empty piece', [frame(0, MORE)]],
    ['nine requests in pieces at a time', Array.from({ length: 9 }, (_, id) => piece(id))],
    ['a piece of what was cancelled', [piece(0), frame(0, CANCEL), piece(0)]],
    ['a frame without header', [Uint8Array.of(0)]]
  ]
  for (const [what, frames] of breaches) {
    it(`refuses ${what}, once`, async () => {
      const { write, far, server, faults } = byHand()
      await write(...frames, whole(77), whole(78))
      expect(far.status).to.equal('aborted')
      expect(server.gauges.calls).to.equal(0)
      expect(faults).to.have.lengthOf(1)
      expect(faults[0]?.fault).to.equal('undecodable')
      expect(faults[0]?.evidence?.length).to.be.within(0, 512)
    })
  }

  it('refuses a frame that is too long', async () => {
    const { write, far, faults } = byHand()
    await write(Uint8Array.of(0xff, 0xff, 0x7f))
    expect(far.status).to.equal('aborted')
    expect(faults[0]?.fault).to.equal('oversize')
  })

  const fine: [what: string, frames: Uint8Array[]][] = [
    ['to cancel twice, and what was answered', [whole(0), frame(0, CANCEL), frame(0, CANCEL)]],
    ['eight requests in pieces, and then others', [...Array.from({ length: 8 }, (_, id) => piece(id)), frame(3, CANCEL), piece(8), frame(0, END), piece(9)]]
  ]
  for (const [what, frames] of fine) {
    it(`allows ${what}`, async () => {
      const { write, far, faults } = byHand()
      await write(...frames)
      expect([far.status, faults]).to.deep.equal(['open', []])
    })
  }

  it('refuses a request over the limit, and only that one', async () => {
    const { write, calls, faults, near, server, settle } = byHand({ maxRequestBytes: PIECE_BYTES + 50 })
    await write(frame(0, MORE, pattern(PIECE_BYTES)), frame(0, MORE, pattern(100)), frame(0, MORE, pattern(100)), whole(1), frame(0, END, 'x'), whole(2))
    expect(calls.map(({ payload }) => payload.length)).to.deep.equal([1, 1])
    expect(faults.map(({ fault }) => fault)).to.deep.equal(['oversize'])
    expect(server.gauges).to.include({ calls: 2, receiving: 0, refused: 0 })
    near.abort(new Error('done'))
    await settle()
    expect(server.gauges.calls).to.equal(0)
  })

  it('frees a request that does not end, and charges whoever does not take it back', async () => {
    const { write, server, clock, settle, faults } = byHand()
    await write(frame(0, MORE, pattern(PIECE_BYTES)), frame(1, MORE, pattern(PIECE_BYTES)))
    expect(server.gauges).to.include({ calls: 2, receiving: 2 })
    clock.advance(TIMEOUT_MS)
    await settle()
    expect(server.gauges).to.include({ calls: 0, receiving: 0, refused: 2 })
    await write(frame(0, CANCEL))
    clock.advance(TIMEOUT_MS)
    expect(faults).to.deep.equal([{ fault: 'timeout' }])
    clock.advance(10 * TIMEOUT_MS)
    await write(frame(1, MORE, 'still'), frame(1, END, 'here'))
    expect(faults).to.have.lengthOf(1)
    expect(server.gauges).to.include({ calls: 0, refused: 0 })
  })

  it('asks before it takes a call, and answers "busy" to more than it does at a time', async () => {
    const codes = ['rate-limited', undefined, undefined, undefined]
    const { write, calls, server } = byHand({ maxInFlight: 2, admit: () => codes.shift() })
    await write(piece(0), whole(1), whole(2), piece(3), frame(0, END, 'x'), frame(3, MORE, 'x'))
    expect(calls).to.have.lengthOf(2)
    expect(server.gauges).to.include({ calls: 2, refused: 1 })
    await write(frame(3, END, 'x'))
    expect(server.gauges).to.include({ refused: 0 })
  })

  it('holds small pieces at no more than twice their size', async () => {
    const { write, server } = byHand({ maxRequestBytes: LIMITS.maxRequestBytes })
    for (let i = 0; i < 100; i++) await write(...Array.from({ length: 100 }, () => frame(0, MORE, 'x')))
    expect(server.gauges).to.include({ receiving: 1 })
    await write(frame(0, END))
    expect(server.gauges).to.include({ receiving: 0 })
  })
})
