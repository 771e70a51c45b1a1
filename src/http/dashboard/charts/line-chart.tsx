import uPlot from 'uplot'
import { useEffect, useRef, useState } from 'preact/hooks'
import { timeInSteps } from '../components/format.ts'
import { cssColour, onThemeChange } from './css-colour.ts'
import { summarize } from './summary.ts'
import 'uplot/dist/uPlot.min.css'
import './charts.css'
import type { JSX } from 'preact'

export interface Line {
  name: string
  /** One for each time; null where nothing was measured. */
  values: ReadonlyArray<number | null | undefined>
}

export interface LineChartProps {
  /** What it shows; also the heading of the summary for screen readers. */
  label: string
  /** Seconds since 1970, rising. */
  times: readonly number[]
  /** The same lines in the same order at every rendering; they take the colours `--chart-1`, `--chart-2`, ... */
  lines: readonly Line[]
  /** A value with its unit. */
  format?: (value: number) => string
  /** What may lie between two marks of the scale; the same array at every rendering. @default round decimal numbers */
  steps?: readonly number[]
  /** @default 180 */
  height?: number
}

/** Lines over time, with a legend that tells the values at the pointer, else the latest. */
export function LineChart ({ label, times, lines, format = String, steps, height = 180 }: LineChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const formatValue = useRef(format)
  formatValue.current = format
  const [pointed, point] = useState<number>()
  const names = lines.map(({ name }) => name).join('\n')

  useEffect(() => {
    const at = box.current
    if (at == null) return undefined
    const made = new uPlot(options(at, { names: names.split('\n'), height, steps, format: value => formatValue.current(value), point }), undefined, at)
    const resized = new ResizeObserver(() => { made.setSize({ width: at.clientWidth, height }) })
    resized.observe(at)
    const stopTheme = onThemeChange(() => { made.redraw() })
    plot.current = made
    return () => {
      resized.disconnect()
      stopTheme()
      made.destroy()
      plot.current = null
    }
  }, [names, height, steps])

  useEffect(() => {
    plot.current?.setData([[...times], ...lines.map(({ values }) => [...values])])
  }, [names, height, steps, times, lines])

  return (
    <figure class='line-chart'>
      <figcaption>
        <span class='line-chart-label'>{label}</span>
        <span class='line-chart-legend' aria-hidden='true'>
          {lines.map(({ name, values }, index) => {
            const value = values[pointed ?? values.length - 1]
            return <span key={name} class={`line-key line-key-${index + 1}`}>{name} <b>{value == null ? '–' : format(value)}</b></span>
          })}
        </span>
      </figcaption>
      <div ref={box} role='img' aria-label={[`${label}.`, ...lines.map(({ name, values }) => summarize(name, values, format))].join(' ')} />
    </figure>
  )
}

// A second at least, as nothing is measured more often.
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800]

interface Look extends Required<Pick<LineChartProps, 'height' | 'format'>>, Pick<LineChartProps, 'steps'> {
  names: string[]
  point: (index: number | undefined) => void
}

function options (at: HTMLElement, { names, height, steps, format, point }: Look): uPlot.Options {
  const axis = (): uPlot.Axis => ({
    stroke: () => cssColour(at, '--chart-text'),
    font: `12px ${getComputedStyle(at).fontFamily}`,
    grid: { stroke: () => cssColour(at, '--chart-grid'), width: 1 },
    ticks: { show: false }
  })
  return {
    width: Math.max(at.clientWidth, 1),
    height,
    // to the right half of the last time has to fit
    padding: [8, 38, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { y: { range: (_plot, min, max) => [Math.min(min ?? 0, 0), (max ?? 0) > 0 ? (max ?? 1) * 1.1 : 1] } },
    axes: [
      { ...axis(), size: 28, space: 84, incrs: STEPS_S, values: (_plot, times, _axis, _space, step) => times.map(time => timeInSteps(time * 1_000, step)) },
      { ...axis(), size: 72, space: 36, ...steps == null ? {} : { incrs: [...steps] }, values: (_plot, values) => values.map(format).map((text, index, all) => text === all[index - 1] ? '' : text) }
    ],
    series: [
      {},
      ...names.map((name, index): uPlot.Series => ({
        label: name,
        stroke: () => cssColour(at, `--chart-${index + 1}`),
        width: 2,
        points: { show: false }
      }))
    ],
    hooks: { setCursor: [({ cursor }) => { point(cursor.idx ?? undefined) }] }
  }
}
