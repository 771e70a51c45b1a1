import { expect } from 'chai'
import { describeEvent, palette, shortReason, shortTime } from '../../src/cli/screen.ts'

const plain = palette(false)

describe('screen', () => {
  it('tells an unreachable peer in one line', () => {
    expect(describeEvent({ event: 'dial:failed', address: '/ip4/127.0.0.1/tcp/9', message: 'connection error: connect ECONNREFUSED 127.0.0.1:9', attempt: 3, retryInMs: 4_100 }, plain))
      .to.equal('cannot reach /ip4/127.0.0.1/tcp/9 (ECONNREFUSED), next try in 4 s')
  })

  it('lets no message move the cursor', () => {
    expect(shortReason('a\u001B[2Jb\nc')).to.equal('a?[2Jb c')
  })

  it('writes times in one figure', () => {
    expect([0, 999, 1_000, 89_999, 90_000, 7_200_000, 172_800_000].map(shortTime)).to.deep.equal(['0 ms', '999 ms', '1 s', '90 s', '2 min', '2 h', '2 d'])
  })

  it('colours when asked', () => {
    expect(palette(true).red('x')).to.equal('\u001B[31mx\u001B[39m')
  })
})
