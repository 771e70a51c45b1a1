import { expect } from 'chai'
import { encode } from 'uqr'
import { qrPath } from '../../../src/http/dashboard/charts/qr-path.ts'
import { sparkPath } from '../../../src/http/dashboard/charts/spark-path.ts'
import { summarize } from '../../../src/http/dashboard/charts/summary.ts'

describe('dashboard: charts', () => {
  it('tell in words what they show', () => {
    const ms = (value: number): string => `${value} ms`
    expect(summarize('Latency', [4, null, 9, undefined, 2, 5, null], ms)).to.equal('Latency: now 5 ms, between 2 ms and 9 ms.')
    expect(summarize('Latency', [null], ms)).to.equal('Latency: nothing yet.')
  })

  it('draw a sparkline from edge to edge', () => {
    expect(sparkPath([0, 10, 5])).to.equal('M0 22.5L50 1.5L100 12')
    expect(sparkPath([7, 7])).to.equal('M0 12L100 12')
    expect(sparkPath([7])).to.equal('M0 12L100 12')
    expect(sparkPath([])).to.equal('')
    expect(sparkPath([-5, 200], 0, 100)).to.equal('M0 22.5L100 1.5')
  })

  it('draw each dark module of a QR code once, with the quiet zone that scanners need', () => {
    const text = '/ip4/192.0.2.7/tcp/4701/p2p/12D3KooWEFDpYm9HiR36yvG5reEHsSNyep4BmxLM2qXRDcBG4ybj'
    const { data } = encode(text, { ecc: 'L', boostEcc: true, border: 4 })
    const { size, path } = qrPath(text)
    const drawn = Array.from({ length: size }, () => Array.from({ length: size }, () => 0))
    for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
      for (let at = Number(x); at < Number(x) + Number(width); at++) drawn[Number(y)]![at]! += 1
    }
    expect(drawn).to.deep.equal(data.map(row => row.map(Number)))
    expect(drawn.slice(0, 4).flat().concat(drawn.slice(-4).flat())).to.not.include(1)
  })
})
