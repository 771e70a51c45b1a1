import { expect } from 'chai'
import { parseUsage } from '../../bench/support/proc.ts'

describe('bench: /proc', () => {
  const stat = '4242 (node (a) b) S 1 4242 4242 0 -1 4194304 9 0 0 0 250 50 0 0 20 0 11 0 100 1000 200'

  it('reads time and memory, whatever the name of the process', () => {
    expect(parseUsage(stat, 'Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t   512 kB\nThreads:\t11\n')).to.deep.equal({ rssBytes: 512 * 1024, cpuSeconds: 3 })
  })

  it('says when the process is gone', () => {
    expect(() => parseUsage(stat, 'Name:\tnode\nState:\tZ (zombie)\n')).to.throw('it has ended')
  })
})
