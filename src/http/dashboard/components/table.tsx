import { Component } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'
import { IconButton } from './button.tsx'
import { SelectField } from './field.tsx'
import { count } from './format.ts'
import type { ComponentChildren, JSX } from 'preact'

export interface Column<R> {
  name: string
  title: string
  cell: (row: R) => ComponentChildren
  /** Rows can be ordered by it: `onSort` is told its name. */
  sortable?: boolean
  /** Figures, to the right. */
  numeric?: boolean
  /** Left out where there is no room: in less than 1,200 px. Cards have it. */
  extra?: boolean
  /** As in CSS grids. With all of its widths known a table stays quick with hundreds of rows: those out of sight are not laid out. */
  width?: string
}

export interface Sort { by: string, order: 'asc' | 'desc' }

export interface TableProps<R> {
  /** What it lists, for screen readers. */
  caption: string
  /** The first names the row. */
  columns: ReadonlyArray<Column<R>>
  rows: readonly R[]
  rowKey: (row: R) => string
  sort?: Sort
  onSort?: (sort: Sort) => void
  /** Of what is asked for: another list is begun anew, where the same one is only brought up to date. */
  list?: string
}

const ROWS_A_FRAME = 15

/** A table; where it is narrow, a card for each row. Show a few hundred rows at most, the rest by pages. */
export function Table<R> ({ caption, columns, rows, rowKey, sort, onSort, list }: TableProps<R>): JSX.Element {
  const sortable = columns.filter(column => column.sortable)
  const sized = columns.every(({ width }) => width != null)
  return (
    <>
      {onSort != null && sortable.length > 0 && (
        <div class='table-sort'>
          <SelectField label='Sort by' value={sort?.by ?? ''} options={sortable.map(({ name, title }) => [name, title] as const)} onValue={by => { onSort({ by, order: sort?.order ?? 'asc' }) }} />
          <IconButton icon={sort?.order === 'desc' ? 'down' : 'up'} label={sort?.order === 'desc' ? 'Sort upwards' : 'Sort downwards'} onClick={() => { onSort(turned(sort, sort?.by ?? '')) }} />
        </div>
      )}
      {/* roles: as cards these are no table to the browser any more */}
      <table class={sized ? 'table table-sized' : 'table'} role='table' style={sized ? widths(columns) : undefined}>
        <caption class='sr-only'>{caption}</caption>
        <thead role='rowgroup'>
          <tr role='row'>
            {columns.map(column => <Heading key={column.name} column={column} sort={sort} onSort={onSort} />)}
          </tr>
        </thead>
        <Body key={list} columns={columns} rows={rows} rowKey={rowKey} />
      </table>
    </>
  )
}

/** A few more rows with each frame: hundreds at once would hold up the page. */
function Body<R> ({ columns, rows, rowKey }: Pick<TableProps<R>, 'columns' | 'rows' | 'rowKey'>): JSX.Element {
  const [shown, show] = useState(ROWS_A_FRAME)
  const complete = shown >= rows.length
  useEffect(() => {
    if (complete) return undefined
    const frame = requestAnimationFrame(() => { show(shown + ROWS_A_FRAME) })
    return () => { cancelAnimationFrame(frame) }
  }, [shown, complete])
  return (
    <tbody role='rowgroup'>
      {rows.slice(0, shown).map(row => <Row key={rowKey(row)} columns={columns} row={row} />)}
    </tbody>
  )
}

interface RowProps<R> { columns: TableProps<R>['columns'], row: R }

/** Rendered when something of it is new, not with each row that joins it. */
class Row<R> extends Component<RowProps<R>> {
  override shouldComponentUpdate ({ columns, row }: RowProps<R>): boolean {
    const shown = this.props
    return columns !== shown.columns || (row !== shown.row && JSON.stringify(row) !== JSON.stringify(shown.row))
  }

  render ({ columns, row }: RowProps<R>): JSX.Element {
    return (
      <tr role='row'>
        {columns.map(({ name, title, cell, numeric, extra }, index) => {
          const Cell = index === 0 ? 'th' : 'td'
          return <Cell key={name} role={index === 0 ? 'rowheader' : 'cell'} class={classes(numeric, extra)} data-label={title}>{cell(row)}</Cell>
        })}
      </tr>
    )
  }
}

function Heading<R> ({ column: { name, title, sortable, numeric, extra }, sort, onSort }: { column: Column<R> } & Pick<TableProps<R>, 'sort' | 'onSort'>): JSX.Element {
  const sorted = sort?.by === name ? sort.order : undefined
  return (
    <th role='columnheader' scope='col' class={classes(numeric, extra)} aria-sort={sorted == null ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}>
      {sortable === true && onSort != null
        ? <button type='button' onClick={() => { onSort(turned(sort, name)) }}>{title}{sorted != null && <Icon name={sorted === 'asc' ? 'up' : 'down'} />}</button>
        : title}
    </th>
  )
}

function turned (sort: Sort | undefined, by: string): Sort {
  return { by, order: sort?.by === by && sort.order === 'asc' ? 'desc' : 'asc' }
}

function widths<R> (columns: TableProps<R>['columns']): Record<string, string> {
  const listed = (columns: TableProps<R>['columns']): string => columns.map(({ width }) => width).join(' ')
  return { '--columns': listed(columns), '--columns-few': listed(columns.filter(({ extra }) => extra !== true)) }
}

function classes (numeric = false, extra = false): string | undefined {
  const names = [numeric ? 'numeric' : [], extra ? 'extra' : []].flat().join(' ')
  return names === '' ? undefined : names
}

/** Moves through a list that is longer than a page. */
export function Pager ({ what, offset, limit, total, onMove }: { what: string, offset: number, limit: number, total: number, onMove: (offset: number) => void }): JSX.Element {
  return (
    <nav class='pager' aria-label={`Pages of ${what}`}>
      <span role='status'>{total === 0 ? `No ${what}` : `${count(offset + 1)}–${count(Math.min(offset + limit, total))} of ${count(total)} ${what}`}</span>
      <IconButton icon='previous' label='Page before' disabled={offset === 0} onClick={() => { onMove(Math.max(0, offset - limit)) }} />
      <IconButton icon='next' label='Next page' disabled={offset + limit >= total} onClick={() => { onMove(offset + limit) }} />
    </nav>
  )
}
