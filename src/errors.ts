/**
 * Every error that Peerkeep throws on purpose. `code` is stable and `<SERVICE>_<WHAT>`; the message says what was
 * wrong, with which value, and what to do about it.
 */
export class AppError extends Error {
  /** Stable, for programs: `POOL_DIAL_FAILED`, `CONFIG_INVALID`, ... */
  readonly code: string
  /** The facts behind the message, plain JSON. */
  readonly details: Record<string, unknown>

  constructor (code: string, message: string, options: { cause?: unknown, details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.details = options.details ?? {}
  }
}

/** One line for a log or a person: the message, then those of the causes that add something. */
export function describeError (err: unknown): string {
  const parts: string[] = []
  const seen = new Set<unknown>()
  const visit = (value: unknown): void => {
    if (value == null || seen.has(value) || parts.length > 4) return
    seen.add(value)
    if (!(value instanceof Error)) {
      parts.push(typeof value === 'string' ? value : JSON.stringify(value) ?? typeof value)
      return
    }
    const text = value.message === '' ? value.name : value.message
    if (!parts.some(part => part.includes(text))) parts.push(text.replaceAll(/\s*\n\s*/g, ' ').trim())
    if (value instanceof AggregateError) value.errors.forEach(visit)
    visit(value.cause)
  }
  visit(err)
  return parts.join(': ')
}
