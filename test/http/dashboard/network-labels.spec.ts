import { expect } from 'chai'
import { Labels } from '../../../src/http/dashboard/views/network/network-labels.ts'

const WIDTH = 400

/** Letters of 6 pixels on a canvas that only remembers what was written where. */
function drawing (): { labels: Labels, written: Array<[text: string, x: number, y: number]> } {
  const written: Array<[text: string, x: number, y: number]> = []
  const context = {
    measureText: (text: string) => ({ width: 6 * text.length }),
    fillRect: () => {},
    fillText: (text: string, x: number, y: number) => { written.push([text, x, y]) }
  }
  return { labels: new Labels(context as unknown as CanvasRenderingContext2D, WIDTH, '#fff'), written }
}

describe('http: dashboard: labels of the network', () => {
  it('what comes first stays, what would cover it goes to its next spot or is left out', () => {
    const { labels, written } = drawing()
    labels.put('first', [[100, 100]], '#000')
    labels.put('second', [[110, 105], [110, 140]], '#000')
    labels.put('third', [[90, 95], [105, 138]], '#000')
    expect(written).to.deep.equal([['first', 100, 100], ['second', 110, 140]])
  })

  it('nothing covers what is kept free, unless it must be said', () => {
    const { labels, written } = drawing()
    labels.keepFree([200, 200], 10)
    labels.put('left out', [[200, 205]], '#000')
    labels.put('marked', [[200, 205]], '#000', true)
    expect(written).to.deep.equal([['marked', 200, 205]])
  })

  it('none leaves the picture to the side', () => {
    const { labels, written } = drawing()
    labels.put('0123456789', [[2, 50]], '#000')
    labels.put('0123456789', [[WIDTH - 2, 50]], '#000')
    expect(written.map(([, x]) => [x - 30 >= 0, x + 30 <= WIDTH])).to.deep.equal([[true, true], [true, true]])
  })
})
