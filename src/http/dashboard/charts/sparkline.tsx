import { HEIGHT, WIDTH, sparkPath } from './spark-path.ts'
import { summarize } from './summary.ts'
import './charts.css'
import type { JSX } from 'preact'

export interface SparklineProps {
  /** What it shows; the summary for screen readers begins with it. */
  label: string
  /** Oldest first. */
  values: readonly number[]
  format?: (value: number) => string
  /** Ends of the scale; by default those of the values. */
  min?: number
  max?: number
}

/** A line without axes, as high as the text around it. Its colour is that of the text. */
export function Sparkline ({ label, values, format = String, min, max }: SparklineProps): JSX.Element {
  return (
    <svg class='sparkline' role='img' aria-label={summarize(label, values, format)} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio='none'>
      <path d={sparkPath(values, min, max)} fill='none' stroke='currentColor' stroke-width='1.5' stroke-linejoin='round' vector-effect='non-scaling-stroke' />
    </svg>
  )
}
