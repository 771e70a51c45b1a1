import { expect } from 'chai'
import { seededRng, shuffled } from '../../src/util/rng.ts'
import { isOneNetwork, stateOf, tell, timed } from '../support/figure.ts'
import { components, degrees } from '../support/graph.ts'
import { Swarm, linksOf } from '../support/swarm.ts'
import type { Resident } from '../support/swarm.ts'

const PROGRAMS = 25
const NEWCOMERS = 5
const SHARE_KILLED = 0.3
const FORM_LIMIT_MS = 30_000
const HEAL_LIMIT_MS = 15_000
const SEED = 11

/** One part, nobody alone, and nobody still believes in one of the dead. */
function hasHealed (survivors: readonly Resident[], dead: ReadonlySet<string>): boolean {
  return isOneNetwork(survivors) && survivors.every(({ links }) => [...links].every(id => !dead.has(id)))
}

describe(`story: ${PROGRAMS} programs from one bootstrap address, and what they live through`, function () {
  // each step begins where the one before ended
  this.bail(true)
  const rng = seededRng(SEED)
  const swarm = new Swarm()
  let living: Resident[] = []
  let killed: Resident[] = []
  const state = (): string => stateOf(living)

  after(async () => { await swarm[Symbol.asyncDispose]() })

  it('become one network', async () => {
    const [bootstrap, ...others] = await swarm.settle(PROGRAMS) as [Resident, ...Resident[]]
    bootstrap.start()
    const address = await bootstrap.ready()
    for (const resident of others) resident.start(['--bootstrap', address])
    await Promise.all(others.map(async resident => await resident.ready()))
    living = [bootstrap, ...others]
    await timed('one network', FORM_LIMIT_MS, () => isOneNetwork(living), state)
    await timed('with 5 connections each, to outlive a blow', FORM_LIMIT_MS, () => (degrees(linksOf(living))[0] ?? 0) >= 5, state)
  })

  it('take in newcomers by any other address when the bootstrap is gone for good', async () => {
    const bootstrap = living.shift()!
    await bootstrap.program.kill()
    const newcomers = await swarm.settle(NEWCOMERS)
    for (const newcomer of newcomers) {
      const host = living[rng.int(living.length)]!
      newcomer.start(['--bootstrap', await host.ready()])
    }
    await Promise.all(newcomers.map(async newcomer => await newcomer.ready()))
    living.push(...newcomers)
    await timed('one network with the newcomers', HEAL_LIMIT_MS, () => hasHealed(living, new Set([bootstrap.peerId])), state)
    await timed('newcomers with 5 connections each', FORM_LIMIT_MS, () => (degrees(linksOf(living))[0] ?? 0) >= 5, state)
  })

  it('are one network again after 30 % were killed at the same instant', async () => {
    const order = shuffled(living, rng)
    killed = order.slice(0, Math.round(living.length * SHARE_KILLED))
    living = order.slice(killed.length)
    const dead = new Set(killed.map(({ peerId }) => peerId))
    const sinceMs = performance.now()
    for (const { program } of killed) program.child.kill('SIGKILL')
    await timed(`one network of ${living.length} after ${killed.length} died`, HEAL_LIMIT_MS, () => hasHealed(living, dead), state, sinceMs)
    await Promise.all(killed.map(async ({ program }) => await program.exited))
    const isolated = living.filter(({ program }) => program.events.some(({ event }) => event === 'pool:isolated'))
    tell('survivors that were ever isolated', String(isolated.length), '0')
    expect(isolated.length).to.equal(0)
  })

  it('take the killed ones back by their address books alone, one of them on another port', async () => {
    const [moved, ...others] = killed as [Resident, ...Resident[]]
    const identities = killed.map(({ peerId }) => peerId)
    moved.start([], (await swarm.settleOne()).port)
    for (const resident of others) resident.start()
    await Promise.all(killed.map(async resident => await resident.ready()))
    expect(killed.map(({ peerId }) => peerId), 'the identities').to.deep.equal(identities)
    living = [...living, ...killed]
    await timed('one network with those that came back', HEAL_LIMIT_MS, () => isOneNetwork(living), state)
    tell('parts', String(components(linksOf(living)).length), '1')
    tell('least connections of one that came back', String(Math.min(...killed.map(({ links }) => links.size))), 'at least 1')
  })
})
