import { expect } from 'chai'
import { isOneNetwork, stateOf, tell, timed } from '../support/figure.ts'
import { Swarm } from '../support/swarm.ts'
import type { Resident } from '../support/swarm.ts'

const MAX_RETRY_MS = 2_000
const ATTEMPTS_IN_VAIN = 8
/** One wait, and a start of the other's Noise and identify. */
const JOIN_LIMIT_MS = MAX_RETRY_MS + 3_000
const OTHERS = 5
const AWAY_MS = 20_000
const RETURN_LIMIT_MS = 15_000

describe('story: those who were not there', function () {
  for (const named of [false, true]) {
    it(`a bootstrap that appears later is joined, however long after (${named ? 'with' : 'without'} its peer id)`, async () => {
      await using swarm = new Swarm()
      const [late, waiting] = await swarm.settle(2) as [Resident, Resident]
      // it was there once: that is how its address is known
      late.start()
      const address = await late.ready()
      await late.program.stop()

      waiting.start(['--bootstrap', named ? address : address.replace(/\/p2p\/.*/, ''), '--min-retry', '200ms', '--max-retry', `${MAX_RETRY_MS}ms`])
      await waiting.ready()
      const { program } = waiting
      await program.waitFor('dial:failed', ({ attempt }) => attempt >= ATTEMPTS_IN_VAIN, 60_000)
      await program.waitFor('pool:isolated')
      const waits = program.events.flatMap(event => event.event === 'dial:failed' ? [event.retryInMs] : [])
      tell('longest wait between two attempts', `${Math.max(...waits)} ms`, `${MAX_RETRY_MS} ms`)
      expect(Math.max(...waits)).to.be.at.most(MAX_RETRY_MS)

      late.start()
      await late.ready()
      const both = [late, waiting]
      await timed('joined after it appeared', JOIN_LIMIT_MS, () => isOneNetwork(both), () => stateOf(both))
      await program.waitFor('pool:recovered')
    })
  }

  it('a node whose whole network was down finds it again', async () => {
    await using swarm = new Swarm()
    const [lonely, ...others] = await swarm.settle(OTHERS + 1) as [Resident, ...Resident[]]
    const everybody = [lonely, ...others]
    const state = (): string => stateOf(everybody)
    lonely.start()
    const address = await lonely.ready()
    for (const resident of others) resident.start(['--bootstrap', address])
    await Promise.all(others.map(async resident => await resident.ready()))
    await timed('one network', RETURN_LIMIT_MS, () => isOneNetwork(everybody) && lonely.links.size === OTHERS, state)

    // some say goodbye, some have no time to
    await Promise.all(others.map(async ({ program }, i) => await program.stop(i % 2 === 0 ? 'SIGTERM' : 'SIGKILL')))
    await lonely.program.waitFor('pool:isolated', () => true, 30_000)
    await new Promise(resolve => setTimeout(resolve, AWAY_MS))
    // nobody of them is told an address
    for (const resident of others) resident.start()
    await Promise.all(others.map(async resident => await resident.ready()))
    await timed('one network again', RETURN_LIMIT_MS, () => isOneNetwork(everybody), state)
    await lonely.program.waitFor('pool:recovered')
    const forgotten = lonely.program.events.filter(event => event.event === 'peer:checked' && event.verdict === 'gone')
    expect(forgotten, 'peers forgotten while nobody was there').to.deep.equal([])
  })
})
