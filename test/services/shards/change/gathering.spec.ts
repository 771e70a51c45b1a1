import { expect } from 'chai'
import { gather } from '../../../../src/services/shards/change/gathering.ts'
import { sleep } from '../../../../src/util/clock.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { settled } from '../keeper/support/sim-time.ts'

describe('shards: gathering answers', () => {
  const clock = new ManualClock()
  const never = new AbortController().signal
  const within = (ms: number) => async (_: string, signal: AbortSignal): Promise<number> => {
    await sleep(clock, ms, signal)
    return ms
  }

  it('waits for all, the failures too', async () => {
    const { answers, failures } = await gather(['a', 'b'], async key => {
      if (key === 'b') throw new Error('no')
      return 1
    }, { clock, signal: never, enough: () => false, graceMs: 100 })
    expect([...answers]).to.deep.equal([['a', 1]])
    expect([...failures.keys()]).to.deep.equal(['b'])
  })

  it('gives the others some time when enough have answered, and then lets them go', async () => {
    const aborted: string[] = []
    const times: Record<string, number> = { a: 10, b: 50, c: 5_000 }
    const { answers, failures } = await settled(clock, gather(Object.keys(times), async (key, signal) => {
      signal.addEventListener('abort', () => { aborted.push(key) })
      return await within(times[key]!)(key, signal)
    }, { clock, signal: never, enough: answers => answers.size >= 1, graceMs: 100 }))
    expect([...answers.keys()]).to.deep.equal(['a', 'b'])
    expect([...failures]).to.deep.equal([])
    expect(clock.monotonic()).to.equal(110)
    expect(aborted).to.include('c')
    expect(clock.pending).to.equal(0)
  })

  it('rejects when it is aborted, and leaves no timer', async () => {
    const controller = new AbortController()
    const gathered = gather(['a'], within(1_000), { clock, signal: controller.signal, enough: () => false, graceMs: 100 })
    controller.abort(new Error('enough of it'))
    expect(await gathered.catch((err: Error) => err.message)).to.equal('enough of it')
    expect(clock.pending).to.equal(0)
  })
})
