import { closest, distance } from 'fastest-levenshtein'

/** The name that was probably meant, if one is near enough to be worth saying. */
export function suggest (given: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '')
  const wanted = plain(given)
  const best = closest(wanted, names.map(plain))
  if (distance(wanted, best) <= Math.max(2, Math.floor(wanted.length / 3))) return names.find(name => plain(name) === best)
  // half a name
  return wanted.length < 4 ? undefined : names.find(name => plain(name).startsWith(wanted))
}

/** ` (did you mean X?)`, or nothing. */
export function didYouMean (given: string, names: readonly string[]): string {
  const name = suggest(given, names)
  return name == null ? '' : ` (did you mean ${name}?)`
}
