// what a terminal obeys or what turns text around: controls, formats (bidi among them), and what is no character
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}]/gu
// a stack of accents reaches into the lines around it
const PILE = /(\p{M}{2})\p{M}+/gu
const WIDE = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60]/u
const MARK = /\p{M}/u
const PLAIN = /^[\u0020-\u007E]*$/

/** On one line, and harmless: what others wrote cannot move a terminal's cursor. */
export function oneLine (text: string): string {
  return text.replaceAll(/\s+/gu, ' ').replaceAll(UNSAFE, '?').replaceAll(PILE, '$1').trim()
}

/** The same with every text in it, the names of its fields too. */
export function harmlessValue<T> (value: T): T {
  return harmlessOf(value) as T
}

function harmlessOf (value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value)
  if (Array.isArray(value)) return value.map(harmlessOf)
  if (typeof value !== 'object' || value == null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [oneLine(name), harmlessOf(inner)]))
}

/** Harmless, with its line breaks; each line after the first begins with `indent`. */
export function harmless (text: string, indent = ''): string {
  return text.split(/\r\n|[\n\r\u2028\u2029]/u).map(line => line.replaceAll('\t', '  ').replaceAll(UNSAFE, '?').replaceAll(PILE, '$1')).join(`\n${indent}`)
}

/** Columns that it takes on a terminal. */
export function widthOf (text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const character of text) width += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

/** At most so many columns, an ellipsis included. */
export function cut (text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** `1.5 MiB` */
export function shortBytes (bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}
