import { expect } from 'chai'
import { adviseVault, usualVault } from '../../../src/http/dashboard/views/vaults/vault-advice.ts'

describe('dashboard: advice about a vault', () => {
  const warned = (threshold: number, holders: number, peers = 64): string => adviseVault(threshold, holders, peers).warnings.join(' ')

  it('says what the numbers mean', () => {
    expect(adviseVault(6, 10, 10)).to.deep.equal({
      meaning: '10 peers get a share each. Any 6 of them together open it for you; 5 learn nothing. It outlives the loss of 4 of them.',
      warnings: []
    })
  })

  it('warns when half of the holders are enough', () => {
    expect(warned(5, 10)).to.match(/half of them or fewer.*Better is 6 or more/)
    expect(warned(6, 10)).to.equal('')
    expect(warned(2, 5)).to.match(/Better is 3 or more/)
  })

  it('warns when none may be lost', () => {
    expect(warned(5, 5)).to.match(/No holder may be lost/)
  })

  it('warns when there are fewer peers than holders', () => {
    expect(warned(6, 10, 9)).to.equal('Only 9 peers are connected, and 10 are wanted: connect to more, or choose fewer holders.')
    expect(warned(6, 10, 1)).to.match(/Only 1 peer is connected/)
  })

  for (const [threshold, holders] of [[1, 5], [6, 5], [2, 65], [2, 1], [2.5, 5], [Number.NaN, 5], [3, Number.NaN]] as const) {
    it(`refuses ${threshold} of ${holders}`, () => { expect(adviseVault(threshold, holders, 64)).to.include({ meaning: '' }).and.have.property('problem').that.is.a('string') })
  }

  it('begins with a majority of as many as there are, which is without a warning', () => {
    expect(usualVault(64)).to.deep.equal({ threshold: 6, holders: 10 })
    expect(usualVault(5)).to.deep.equal({ threshold: 3, holders: 5 })
    expect(usualVault(0)).to.deep.equal({ threshold: 2, holders: 2 })
    for (let peers = 3; peers <= 64; peers++) {
      const { threshold, holders } = usualVault(peers)
      expect(warned(threshold, holders, peers), `${peers} peers`).to.equal('')
    }
  })
})
