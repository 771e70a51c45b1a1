const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
const STEPS: ReadonlyArray<[ms: number, unit: string]> = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1_000, 's']]
const whole = new Intl.NumberFormat('en')
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })
const minute = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

export function count (value: number): string {
  return whole.format(value)
}

/** `1.5 KiB`; with a rate `1.5 KiB/s`. */
export function bytes (value: number, per = ''): string {
  let size = value
  let unit = 0
  for (; size >= 1_000 && unit < UNITS.length - 1; unit++) size /= 1_024
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}${per}`
}

export function bytesPerSecond (value: number): string {
  return bytes(value, '/s')
}

/** Of milliseconds, in at most two units: `3 d 4 h`, `12 s`, `180 ms`. */
export function duration (ms: number): string {
  if (ms < 1_000) return `${Math.round(Math.max(ms, 0))} ms`
  const first = STEPS.findIndex(([step]) => ms >= step)
  return STEPS.slice(first, first + 2).flatMap(([step, unit], index, [major]) => {
    const rest = index === 0 ? ms : ms % (major as [number, string])[0]
    const amount = Math.floor(rest / step)
    return amount === 0 ? [] : [`${amount} ${unit}`]
  }).join(' ')
}

/** A round trip: `0.8 ms`, `42 ms`. */
export function latency (ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : duration(ms)
}

/** A score, with at most one digit and a real minus sign. */
export function score (value: number): string {
  const rounded = Math.round(value * 10) / 10
  return `${rounded < 0 ? '−' : ''}${Math.abs(rounded)}`
}

/** `time` in milliseconds since 1970 or as ISO 8601. */
export function moment (time: number | string): string {
  return dateTime.format(new Date(time))
}

/** Of the day only. */
export function clock (time: number | string): string {
  return timeOnly.format(new Date(time))
}

/** On an axis whose steps are so many seconds: as exact as they are. */
export function timeInSteps (time: number, step: number): string {
  return (step >= 86_400 ? day : step >= 60 ? minute : timeOnly).format(new Date(time))
}

/** Of a peer id or a hash: what begins alike for all is left out, what differs stays. */
export function short (id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 6)}…${id.slice(-8)}`
}
