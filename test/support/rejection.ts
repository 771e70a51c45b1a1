import { AppError } from '../../src/errors.ts'

/** The `AppError` that a promise rejects with; fails when it does not reject, or with something else. */
export async function rejection (promise: Promise<unknown>): Promise<AppError> {
  const outcome = await promise.then(value => ({ value }), (err: unknown) => ({ err }))
  if ('value' in outcome) throw new Error('expected a rejection, but the promise was fulfilled')
  if (!(outcome.err instanceof AppError)) throw new Error('expected an AppError', { cause: outcome.err })
  return outcome.err
}
