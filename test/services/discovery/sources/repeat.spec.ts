/* oxlint-disable require-yield -- sources that only wait or throw are generators, too */
import { expect } from 'chai'
import { repeat } from '../../../../src/services/discovery/sources/repeat.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { sourceContext } from '../stubs.ts'

describe('rounds of a source', () => {
  /** The moments of the rounds, up to `untilMs`. */
  async function moments (untilMs: number, fruitful: (round: number) => boolean, wanted?: (nowMs: number) => number): Promise<number[]> {
    const clock = new ManualClock()
    const { context, stop } = sourceContext(clock)
    context.rng.float = () => 0
    if (wanted != null) context.wanted = async () => {
      const waitMs = wanted(clock.monotonic())
      if (waitMs > 0) await new Promise<void>(resolve => { clock.after(waitMs, resolve) })
    }
    const out: number[] = []
    const rounds = repeat(context, { minMs: 100, maxMs: 1_000 }, async function * () {
      out.push(clock.monotonic())
      yield { multiaddrs: [] }
      return fruitful(out.length)
    })
    const ended = (async () => {
      while (!(await rounds.next()).done);
    })().catch((err: unknown) => err)
    await clock.advanceAsync(untilMs, 50)
    stop()
    expect(await ended).to.have.property('name', 'AbortError')
    return out
  }

  it('are ever further apart while they bring nothing new', async () => {
    expect(await moments(4_600, () => false)).to.deep.equal([0, 100, 300, 700, 1_500, 2_500, 3_500, 4_500])
  })

  it('are close together while they do', async () => {
    expect(await moments(450, () => true)).to.deep.equal([0, 100, 200, 300, 400])
    expect(await moments(1_650, round => round === 4)).to.deep.equal([0, 100, 300, 700, 800, 1_000, 1_400])
  })

  it('start anew when nobody was wanted for a while', async () => {
    // at 700 there are enough for a second
    expect(await moments(2_150, () => false, now => now === 700 ? 1_000 : 0)).to.deep.equal([0, 100, 300, 1_700, 1_800, 2_000])
  })

  it('end with the error of a round', async () => {
    const { context } = sourceContext()
    const rounds = repeat(context, { minMs: 1, maxMs: 1 }, async function * () { throw new Error('broken') })
    expect(await rounds.next().catch((err: unknown) => err)).to.have.property('message', 'broken')
  })
})
