import { AppError } from '../../../errors.ts'

/** Both ends belong to it. */
export interface PortRange {
  from: number
  to: number
}

export const MAX_PORTS = 1_024

/** Not `<port>` or `<from>-<to>` with 1 <= from <= to <= 65535 and at most 1,024 ports. */
export class PortRangeError extends AppError {
  constructor (text: string, why: string) {
    super('DISCOVERY_PORT_RANGE_INVALID', `the port range ${JSON.stringify(text)} ${why}: write it as in 5000-5011, with at most ${MAX_PORTS} ports from 1 to 65535`, { details: { range: text } })
  }
}

/** `5000-5011` or `5000`. Throws `PortRangeError`. */
export function parsePortRange (text: string): PortRange {
  const match = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(text)
  if (match == null) throw new PortRangeError(text, 'is no range')
  const from = Number(match[1])
  return checkPortRange({ from, to: match[2] === undefined ? from : Number(match[2]) }, text)
}

/** The range itself, or a `PortRangeError`. */
export function checkPortRange ({ from, to }: PortRange, text = `${from}-${to}`): PortRange {
  const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535
  if (!isPort(from) || !isPort(to)) throw new PortRangeError(text, 'has a port that does not exist')
  if (to < from) throw new PortRangeError(text, 'runs backwards')
  if (to - from >= MAX_PORTS) throw new PortRangeError(text, `has ${to - from + 1} ports`)
  return { from, to }
}
