import { cut, oneLine, widthOf } from '../text.ts'
import type { Palette } from '../screen.ts'

/** What a table shows of each row. Whatever the text is, it is made harmless. */
export interface Column<R> {
  title: string
  of (row: R): string | undefined
  /** Another text, where there is too little room. */
  short? (row: R): string | undefined
  paint? (text: string, row: R, palette: Palette): string
  right?: boolean
  /** May be cut to so many characters where there is too little room even then. */
  least?: number
  /** Left out where there is still too little room; the highest first. */
  spare?: number
}

interface Drawn<R> {
  column: Column<R>
  texts: string[]
  width: number
}

const GAP = 2

/** Lines that fit into `width`, as far as the columns may give way. */
export function table<R> (rows: readonly R[], columns: ReadonlyArray<Column<R>>, palette: Palette, width = Infinity): string[] {
  const drawn = fit(columns.map(column => draw(rows, column, column.of.bind(column))), rows, width)
  const line = (paint: (text: string, drawn: Drawn<R>) => string, textOf: (drawn: Drawn<R>) => string): string => drawn.map((each, i) => {
    const text = cut(textOf(each), each.width)
    const room = ' '.repeat(each.width - widthOf(text))
    if (each.column.right === true) return room + paint(text, each)
    return paint(text, each) + (i === drawn.length - 1 ? '' : room)
  }).join(' '.repeat(GAP)).trimEnd()
  return [
    line(text => palette.dim(text), ({ column }) => column.title),
    ...rows.map((row, i) => line((text, { column }) => column.paint?.(text, row, palette) ?? text, ({ texts }) => texts[i] ?? ''))
  ]
}

function draw<R> (rows: readonly R[], column: Column<R>, of: (row: R) => string | undefined): Drawn<R> {
  const texts = rows.map(row => oneLine(of(row) ?? '-'))
  return { column, texts, width: Math.max(widthOf(column.title), ...texts.map(widthOf)) }
}

function fit<R> (drawn: Array<Drawn<R>>, rows: readonly R[], width: number): Array<Drawn<R>> {
  const excess = (): number => drawn.reduce((sum, { width }) => sum + width, (drawn.length - 1) * GAP) - width
  if (excess() > 0) drawn = drawn.map(each => each.column.short == null ? each : draw(rows, each.column, each.column.short.bind(each.column)))
  for (const each of drawn) {
    const { least } = each.column
    if (least != null && excess() > 0) each.width = Math.max(Math.min(least, each.width), each.width - excess())
  }
  for (;;) {
    const spare = drawn.filter(({ column }) => column.spare != null).toSorted((a, b) => (b.column.spare ?? 0) - (a.column.spare ?? 0))[0]
    if (spare == null || excess() <= 0) return drawn
    drawn = drawn.filter(each => each !== spare)
  }
}
