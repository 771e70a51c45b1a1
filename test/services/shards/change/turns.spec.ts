import { expect } from 'chai'
import { Turns } from '../../../../src/services/shards/change/turns.ts'

describe('shards: taking turns', () => {
  const never = new AbortController().signal

  it('lets one after the other work under one name, and others beside them', async () => {
    const turns = new Turns()
    const seen: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const first = turns.take('a', never, async () => { await promise; seen.push('first') })
    const second = turns.take('a', never, async () => { seen.push('second') })
    await turns.take('b', never, async () => { seen.push('other') })
    resolve()
    await Promise.all([first, second])
    expect(seen).to.deep.equal(['other', 'first', 'second'])
  })

  it('goes on when one fails, or no longer waits', async () => {
    const turns = new Turns()
    const controller = new AbortController()
    const { promise, reject } = Promise.withResolvers<void>()
    let running = false
    const first = turns.take('a', never, async () => await promise)
    const gone = turns.take('a', controller.signal, async () => { throw new Error('never begun') })
    const last = turns.take('a', never, async () => { running = true })
    controller.abort(new Error('gone'))
    expect(await gone.catch((err: Error) => err.message)).to.equal('gone')
    expect(running).to.equal(false)
    reject(new Error('failed'))
    expect(await first.catch((err: Error) => err.message)).to.equal('failed')
    await last
    expect(running).to.equal(true)
  })
})
