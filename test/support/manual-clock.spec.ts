import { expect } from 'chai'
import { sleep, timeoutSignal } from '../../src/util/clock.ts'
import { ManualClock } from './manual-clock.ts'

describe('support: the manual clock', () => {
  it('stands still until it is moved, and starts where it was told', () => {
    const clock = new ManualClock(1_000)
    expect([clock.now(), clock.monotonic()]).to.deep.equal([1_000, 0])
    clock.advance(5)
    expect([clock.now(), clock.monotonic()]).to.deep.equal([1_005, 5])
  })

  it('fires timers in the order of their time, then of their setting, each at its own moment', () => {
    const clock = new ManualClock()
    const seen: string[] = []
    const note = (name: string) => () => { seen.push(`${name}@${clock.now()}`) }
    clock.after(30, note('c'))
    clock.after(10, note('a'))
    clock.after(10, note('b'))
    clock.every(20, note('e'))
    clock.after(41, note('late'))
    clock.advance(40)
    expect(seen).to.deep.equal(['a@10', 'b@10', 'e@20', 'c@30', 'e@40'])
    expect(clock.pending).to.equal(2)
  })

  it('fires what a timer sets on the way, and survives a timer that moves time', () => {
    const clock = new ManualClock()
    const seen: number[] = []
    clock.after(10, () => clock.after(10, () => seen.push(clock.now())))
    clock.after(30, () => clock.advance(100))
    clock.after(50, () => seen.push(clock.now()))
    clock.advance(60)
    expect(seen).to.deep.equal([20, 50])
    expect(clock.now()).to.equal(130)
  })

  it('takes back a timer at any time, also from within itself and after it fired', () => {
    const clock = new ManualClock()
    let count = 0
    const every = clock.every(10, () => {
      count++
      if (count === 2) every.cancel()
    })
    const never = clock.after(5, () => { count = 100 })
    never.cancel()
    const once = clock.after(5, () => {})
    clock.advance(1_000)
    once.cancel()
    expect(count).to.equal(2)
    expect(clock.pending).to.equal(0)
  })

  it('does not hang on a timer that sets itself again for now', () => {
    const clock = new ManualClock()
    let count = 0
    const again = (): void => {
      count++
      clock.after(0, again)
    }
    clock.after(0, again)
    clock.advance(10)
    expect(count).to.equal(10)
  })

  it('jumps the wall clock alone', () => {
    const clock = new ManualClock(1_000)
    let fired = false
    clock.after(10, () => { fired = true })
    clock.jump(60_000)
    expect([clock.now(), clock.monotonic(), fired]).to.deep.equal([61_000, 0, false])
    clock.jump(-120_000)
    clock.advance(10)
    expect([clock.now(), clock.monotonic(), fired]).to.deep.equal([-58_990, 10, true])
  })

  it('lets promises run between the steps of advanceAsync', async () => {
    const clock = new ManualClock()
    const seen: number[] = []
    const loop = (async () => {
      for (let i = 0; i < 5; i++) {
        await sleep(clock, 100)
        seen.push(clock.now())
      }
    })()
    await clock.advanceAsync(550, 50)
    await loop
    expect(seen).to.deep.equal([100, 200, 300, 400, 500])
    expect(clock.now()).to.equal(550)
  })

  it('drives the timeouts of the services', () => {
    const clock = new ManualClock()
    const { signal } = timeoutSignal(clock, 10_000)
    clock.advance(9_999)
    expect(signal.aborted).to.equal(false)
    clock.advance(1)
    expect(signal.aborted).to.equal(true)
  })

  it('refuses to go back and to set a timer for NaN', () => {
    const clock = new ManualClock()
    expect(() => clock.advance(-1)).to.throw(RangeError, '-1 ms')
    expect(() => clock.after(Number.NaN, () => {})).to.throw(RangeError, 'NaN')
  })
})
