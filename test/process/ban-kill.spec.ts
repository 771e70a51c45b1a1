import { expect } from 'chai'
import { killDuringBans } from '../support/ban-kills.ts'

const ROUNDS = 5

describe('bans: kill -9', () => {
  it(`T20: loses nothing that ban() and unban() acknowledged, over ${ROUNDS} kills, and starts within 1 s beside a truncated record`, async () => {
    const { acknowledged, lost, slowestStartMs, fullStart, damaged, truncated } = await killDuringBans(ROUNDS)
    process.stdout.write(`      ${acknowledged} acknowledged, ${lost.length} lost (limit 0), slowest start ${slowestStartMs.toFixed(0)} ms (limit 1,000 ms)\n`)
    process.stdout.write(`      start with ${fullStart.bans} bans: ${fullStart.tookMs.toFixed(0)} ms, ${fullStart.cpuMs.toFixed(0)} ms of them busy (limit 1,000 ms)\n`)
    expect(lost).to.deep.equal([])
    expect(slowestStartMs).to.be.below(1_000)
    expect(fullStart.bans).to.be.greaterThan(12_500)
    // what else the machine does is not the ban list's fault
    expect(fullStart.cpuMs).to.be.below(1_000)
    expect(damaged).to.equal(truncated)
    expect(acknowledged).to.be.greaterThan(5 * ROUNDS)
  }).timeout(60_000)
})
