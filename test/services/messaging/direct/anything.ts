import type { EventSchema } from '../../../../src/services/messaging/index.ts'

/** A Standard Schema that takes whatever `fits`. */
export function anything<T> (fits: (value: T) => boolean = () => true): EventSchema<T> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: value => fits(value as T) ? { value: value as T } : { issues: [{ message: 'it does not fit' }] }
    }
  }
}
