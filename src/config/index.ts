/**
 * @packageDocumentation
 *
 * The options of the program: one table (`OPTIONS`), from which come the defaults, the flags, the `PEERKEEP_*`
 * variables, the keys of config files and profiles, the help, and `config/default.json`. Pure: files, flags and
 * variables come in as values.
 *
 * @example
 *
 * ```ts
 * import { merge, reconcile, valuesFromEnvironment, valuesFromFile } from './index.ts'
 *
 * const { config, origins } = reconcile(merge([
 *   valuesFromFile({ maxPeers: 30 }, 'file', 'node.json'),
 *   valuesFromEnvironment({ PEERKEEP_MIN_PEERS: '4' })
 * ]))
 * console.log(config.maxPeers, origins.maxPeers.where)
 * ```
 */
import { layeringOf } from './merge.ts'
import { OPTIONS } from './options.ts'
import type { MergedOf, ValuesOf } from './merge.ts'
import type { Key } from './options.ts'

export { reconcile } from './check.ts'
export { ConfigError, LAYERS } from './merge.ts'
export { KEYS, OPTIONS, allowedInFiles, flagOf, isList, isSwitch, variableOf } from './options.ts'
export { didYouMean } from './suggest.ts'
export { asJson, shown } from './show.ts'
export type { Layer, Origin } from './merge.ts'
export type { Config, Key } from './options.ts'
export type { Json } from './value-types.ts'

export type Merged = MergedOf<typeof OPTIONS>
export type Values = ValuesOf<Key>

export const { merge, valuesFromEnvironment, valuesFromFile, valuesFromFlags } = layeringOf(OPTIONS)
