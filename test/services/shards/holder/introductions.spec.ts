import { expect } from 'chai'
import { Introductions } from '../../../../src/services/shards/holder/introductions.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import type { Vouched } from '../../../../src/services/shards/parts.ts'

const chain = (bytes: number): Vouched[] => [{ signed: { manifest: new Uint8Array(bytes), ownerSignature: new Uint8Array(), accepts: [] } } as unknown as Vouched]

describe('shards holder: introductions', () => {
  it('are remembered for minutes, at most 64 and 32 MiB of them', () => {
    const clock = new ManualClock()
    const introductions = new Introductions(clock)
    for (let i = 0; i < 100; i++) introductions.set(`peer ${i}`, `v${i}`, chain(10))
    expect(introductions.gauges['introductions']).to.equal(64)
    expect(introductions.of('peer 35', 'v35')).to.deep.equal([])
    expect(introductions.of('peer 99', 'v99')).to.have.length(1)
    for (let i = 0; i < 5; i++) introductions.set(`peer ${i}`, `long${i}`, chain(10 * 1_048_576))
    expect(introductions.gauges['introductionBytes']).to.be.at.most(32 * 1_048_576)
    expect(introductions.of('peer 4', 'long4')).to.have.length(1)
    clock.advance(11 * 60_000)
    expect(introductions.of('peer 4', 'long4')).to.deep.equal([])
  })

  it('of each peer its own, four at most', () => {
    const introductions = new Introductions(new ManualClock())
    introductions.set('honest', 'v', chain(10))
    for (let i = 0; i < 100; i++) introductions.set('flooding', `v${i}`, chain(10))
    introductions.set('flooding', 'v', chain(20))
    expect(introductions.gauges).to.deep.equal({ introductions: 5, introductionBytes: introductions.gauges['introductionBytes'] })
    expect(introductions.of('honest', 'v')[0]!.signed.manifest).to.have.length(10)
    expect(introductions.of('somebody', 'v')).to.deep.equal([])
  })
})
