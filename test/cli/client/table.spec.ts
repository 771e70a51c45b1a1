import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { table } from '../../../src/cli/client/table.ts'
import { palette } from '../../../src/cli/screen.ts'
import { widthOf } from '../../../src/cli/text.ts'
import type { Column } from '../../../src/cli/client/table.ts'

interface Row {
  id: string
  note?: string
  count: number
}

const COLUMNS: ReadonlyArray<Column<Row>> = [
  { title: 'ID', of: ({ id }) => id, short: ({ id }) => id.slice(0, 6), paint: (text, _, p) => p.green(text) },
  { title: 'NOTE', of: ({ note }) => note, least: 5, spare: 2 },
  { title: 'COUNT', of: ({ count }) => String(count), right: true, spare: 1 }
]
const ROWS: Row[] = [{ id: 'abcdefghijkl', note: 'some words', count: 7 }, { id: 'mnopqrstuvwx', count: 123 }]
const draw = (width?: number): string[] => table(ROWS, COLUMNS, palette(false), width)

describe('table', () => {
  it('has room for everything where nobody says how wide it may be', () => {
    expect(draw()).to.deep.equal(['ID            NOTE        COUNT', 'abcdefghijkl  some words      7', 'mnopqrstuvwx  -             123'])
  })

  it('in too little room shortens, then cuts, then leaves out', () => {
    expect(draw(26)[1]).to.equal('abcdef  some words      7')
    expect(draw(20)[1]).to.equal('abcdef  some…      7')
    expect(draw(14)).to.deep.equal(['ID      COUNT', 'abcdef      7', 'mnopqr    123'])
    expect(draw(10)).to.deep.equal(['ID', 'abcdef', 'mnopqr'])
  })

  it('fits, and colours nothing but text', () => {
    const rows = fc.array(fc.record({ id: fc.string({ maxLength: 12 }), note: fc.string({ unit: 'grapheme' }), count: fc.nat() }), { minLength: 1 })
    fc.assert(fc.property(rows, fc.integer({ min: 8, max: 120 }), (rows, width) => {
      for (const line of table(rows, COLUMNS, palette(false), width)) expect(widthOf(line)).to.be.at.most(width)
      const bare = table(rows, COLUMNS, palette(true), width).map(line => stripVTControlCharacters(line))
      for (const line of bare) expect(line).not.to.match(/\p{Cc}/u)
    }))
  })
})
