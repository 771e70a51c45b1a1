import { expect } from 'chai'
import { youngCollector } from '../../src/platform/young-collector.ts'

describe('youngCollector', () => {
  it('keeps the buffers of what goes through from gathering', () => {
    const collect = youngCollector()
    expect(collect).to.be.a('function')
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    for (let i = 0; i < 200; i++) {
      // touched, so that it is not left out
      new Uint8Array(1_048_576).fill(i)
      collect?.()
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    // without it some 70 to 100 MiB; the memory itself is given back by another thread
    expect(most).to.be.below(56 * 1_048_576)
  })

  it('leaves no function behind', () => {
    youngCollector()
    expect(globalThis).not.to.have.property('gc')
  })
})
