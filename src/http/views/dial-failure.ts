import { AppError, describeError } from '../../errors.ts'
import { ApiError } from '../problem.ts'

/** Pure. What went wrong with a dial or a ping, as a problem of the API. `target` is what the request named. */
export function dialFailure (err: unknown, target: string, what: 'dial' | 'ping'): AppError {
  if (err instanceof AppError) return err
  const name = err instanceof Error ? err.name : ''
  const details = { target }
  switch (name) {
    case 'DialDeniedError':
      return new ApiError('DIAL_FORBIDDEN', `${target} is banned, or refused for what it did`, { cause: err, details: { ...details, fix: 'GET /v1/bans/<target> says why; lift the ban, or allow it' } })
    case 'AbortError':
    case 'TimeoutError':
      return new ApiError(what === 'dial' ? 'DIAL_TIMEOUT' : 'PING_TIMEOUT', `${target} did not answer in time`, { cause: err, details: { ...details, fix: 'see whether it runs and can be reached, then try again' } })
    case 'NotStartedError':
      return new ApiError('NODE_NOT_STARTED', 'the node does not run', { cause: err, details: { ...details, fix: 'try again when it has started' } })
    default:
      return new ApiError(what === 'dial' ? 'DIAL_UNREACHABLE' : 'PING_UNREACHABLE', `${target} cannot be reached: ${describeError(err)}`, { cause: err, details: { ...details, fix: 'see whether it runs and can be reached, then try again' } })
  }
}
