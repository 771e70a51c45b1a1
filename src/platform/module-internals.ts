import { AppError } from '../errors.ts'

/** `MODULE_CHANGED`: another version of a module than the one that was built upon. */
export class ModuleError extends AppError {}

/**
 * What an object of another module has, but does not promise. To replace a method that is called differently in the next
 * version would change nothing, and nobody would notice: so whoever needs names says which, and it throws when one is gone.
 */
export function internalsOf<T extends object> (instance: object, ...names: Array<keyof T & string>): T {
  const missing = names.filter(name => (instance as Partial<T>)[name] == null)
  if (missing.length > 0) {
    throw new ModuleError('MODULE_CHANGED', `${instance.constructor.name} has no ${missing.join(', ')} (any more): install the versions of package-lock.json`)
  }
  return instance as T
}
