import { expect } from 'chai'
import { seededRng } from '../../src/util/rng.ts'
import { tell } from '../support/figure.ts'
import { Swarm } from '../support/swarm.ts'
import type { Resident } from '../support/swarm.ts'
import type { Program } from '../support/program.ts'

const KILLS = 100
const WITHIN_MS = 2_000
const LIMIT_MS = 300_000
const READY_LIMIT_MS = 30_000
/** Peers that the victim comes to know; all but the first two are gone for the second half. */
const PEERS = 5
const FEEDERS = 2
const SEED = 23

/** The peers that this start found in its address book. */
function loadedBy ({ events }: Program): Set<string> {
  return new Set(events.flatMap(event => event.event === 'peer:discovered' && event.loaded ? [event.peerId] : []))
}

function hasAll (found: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  return [...wanted].every(id => found.has(id))
}

async function pause (ms: number): Promise<void> {
  await new Promise(resolve => { setTimeout(resolve, ms) })
}

describe(`story: ${KILLS} x kill -9 of a program, 0 to ${WITHIN_MS / 1_000} s after its start`, function () {
  this.timeout(2 * LIMIT_MS)

  it('it starts each time, as who it was, and knows whom it knew', async () => {
    const rng = seededRng(SEED)
    await using swarm = new Swarm()
    const [victim, ...peers] = await swarm.settle(1 + PEERS) as [Resident, ...Resident[]]
    peers[0]!.start()
    const address = await peers[0]!.ready()
    for (const peer of peers.slice(1)) peer.start(['--bootstrap', address])
    await Promise.all(peers.map(async peer => await peer.ready()))

    const beganMs = performance.now()
    const known = new Set<string>()
    const identities = new Set<string>()
    const readyMs: number[] = []
    let judge = false
    for (let kill = 1; kill <= KILLS; kill++) {
      if (kill === KILLS / 2) {
        expect([...known], 'peers remembered so far').to.have.members(peers.map(({ peerId }) => peerId))
        for (const { program } of peers.slice(FEEDERS)) await program.kill()
      }
      const program = victim.start(['--bootstrap', address])
      const ended = program.exited.then(({ code }) => `start ${kill} ended by itself with exit code ${code}:\n${program.lines.join('\n')}\n${program.stderr}`)
      // what a start that was killed early left behind shows in the next one
      if (judge) {
        await program.waitFor('ready', () => true, READY_LIMIT_MS)
        await program.until(() => hasAll(loadedBy(program), known), `address book with ${[...known].join(', ')}`)
      }
      const complaint = await Promise.race([ended, pause(rng.float() * WITHIN_MS)])
      expect(complaint).to.equal(undefined)
      await program.kill()

      const ready = program.events.find(event => event.event === 'ready')
      judge = ready == null
      if (ready == null) continue
      readyMs.push(ready.readyMs)
      identities.add(ready.peerId)
      for (const id of loadedBy(program)) known.add(id)
      expect(program.events.filter(({ event }) => event === 'warning' || event === 'error'), `said at start ${kill}`).to.deep.equal([])
    }
    victim.start()
    await victim.ready()
    await victim.program.until(() => hasAll(loadedBy(victim.program), known), `address book with ${[...known].join(', ')} in the end`)
    identities.add(victim.peerId)

    readyMs.sort((a, b) => a - b)
    tell('starts that failed', `0 of ${KILLS}`, '0')
    tell('starts that got as far as ready', `${readyMs.length}, median ${readyMs[readyMs.length >> 1]} ms, longest ${readyMs.at(-1)} ms`, `${READY_LIMIT_MS / 1_000} s`)
    tell('identities', String(identities.size), '1')
    tell('address book entries lost', `0 of ${known.size}`, '0')
    tell('all of it', `${((performance.now() - beganMs) / 1_000).toFixed(0)} s`, `${LIMIT_MS / 1_000} s`)
    expect(identities.size).to.equal(1)
    expect(performance.now() - beganMs).to.be.below(LIMIT_MS)
  })
})
