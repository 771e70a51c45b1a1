import { useMemo } from 'preact/hooks'
import { qrPath } from './qr-path.ts'
import './charts.css'
import type { JSX } from 'preact'

/** A text as a QR code, dark on light in every theme, as scanners want it. */
export function QrCode ({ text, label }: { text: string, label: string }): JSX.Element {
  const { size, path } = useMemo(() => qrPath(text), [text])
  return (
    <svg class='qr' role='img' aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering='crispEdges'>
      <rect width={size} height={size} fill='#fff' />
      <path d={path} fill='#000' />
    </svg>
  )
}
