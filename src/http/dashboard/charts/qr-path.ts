import { encode } from 'uqr'

// What the standard asks for around it, in modules.
const QUIET = 4

/** The dark modules, each run of them in a row as one rectangle. */
export function qrPath (text: string): { size: number, path: string } {
  const { size, data } = encode(text, { ecc: 'L', boostEcc: true, border: QUIET })
  const runs = data.flatMap((row, y) => row.flatMap((dark, x) => {
    if (!dark || row[x - 1] === true) return []
    const end = row.indexOf(false, x)
    const width = (end < 0 ? size : end) - x
    return [`M${x} ${y}h${width}v1h-${width}z`]
  }))
  return { size, path: runs.join('') }
}
