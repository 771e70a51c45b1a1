/** What peers say of themselves is cut to this: nobody reads more of it. */
export const MAX_TOLD_CHARS = 256

/** Text of a stranger: whatever stands in it, there is not more of it than this. */
export function bounded (text: string, maxChars = MAX_TOLD_CHARS): string {
  const whole = text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`
  // a cut may go through a character
  return whole.toWellFormed()
}

/** With two decimals: more says nothing, and would make every answer another. */
export function rounded (value: number): number {
  return Math.round(value * 100) / 100
}
