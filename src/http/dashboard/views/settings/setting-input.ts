import type { Settings } from '../../../schemas/settings.ts'

export type Setting = Settings['settings'][number]

/** How a value is put in, after what it is and what is allowed for it. */
export type Input = { kind: 'switch' } | { kind: 'number', min: number, max: number } | { kind: 'choice', choices: string[] }

export function inputOf ({ value, allowed }: Setting): Input {
  if (typeof value === 'boolean') return { kind: 'switch' }
  if (typeof value !== 'number') return { kind: 'choice', choices: allowed.split(/, | or /) }
  const [, min, max] = /from (\d+) to (\d+)/.exec(allowed) ?? []
  return { kind: 'number', min: Number(min ?? 0), max: Number(max ?? Number.MAX_SAFE_INTEGER) }
}

/** What is wrong with a text, if anything. */
export function complaintOf (setting: Setting, text: string): string | undefined {
  const input = inputOf(setting)
  if (input.kind !== 'number') return undefined
  const fits = /^\d+$/.test(text.trim()) && Number(text) >= input.min && Number(text) <= input.max
  return fits ? undefined : `Must be ${setting.allowed}`
}

/** The text of a value in its field. */
export function textOf ({ value }: Setting): string {
  return String(value)
}

/** The value of a text that nothing is wrong with. */
export function valueOf (setting: Setting, text: string): boolean | number | string {
  const { kind } = inputOf(setting)
  if (kind === 'switch') return text === 'true'
  return kind === 'number' ? Number(text) : text
}

/** As it stands in a config file, to be read. */
export function shownValue (value: unknown): string {
  if (value == null) return '–'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join('\n')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
