import { AppError } from '../../errors.ts'
import type { ServerResponse } from 'node:http'

/** Aborts when who asked has gone before it was answered. */
export function clientSignal (response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new AppError('API_CLIENT_GONE', 'who asked did not wait for the answer'))
  })
  return controller.signal
}
