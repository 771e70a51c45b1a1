import { KEYS, asJson, shown } from '../config/index.ts'
import type { CommandContext } from './command.ts'

/** The command `config`. */
export function showConfig ({ merged: { config, origins }, terminal }: CommandContext): number {
  if (config.json) {
    const rows = KEYS.map(key => [key, { value: asJson(key, config[key]), from: origins[key].layer, where: origins[key].where }])
    terminal.stdout.write(`${JSON.stringify(Object.fromEntries(rows))}\n`)
    return 0
  }
  const rows = KEYS.map(key => ({ key, value: shown(key, config[key]), from: origins[key].where === 'default' ? '' : origins[key].where }))
  const widest = Math.min(48, Math.max(...rows.map(({ value }) => value.length)))
  for (const { key, value, from } of rows) {
    terminal.stdout.write(`${key.padEnd(17)} ${value.padEnd(from === '' ? 0 : widest)}${from === '' ? '' : `  ${from}`}\n`)
  }
  return 0
}
