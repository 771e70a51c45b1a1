import { MessagingError } from '../messaging-error.ts'
import { DEFAULT_ROTATION_MS, MAILBOX_DEFAULTS, MAX_MESSAGE_AGE_MS, MIN_ROTATION_MS } from './constants.ts'
import type { MessagingInit } from '../index.ts'

/** `MailboxLimits` with every default filled in. */
export type BoxLimits = typeof MAILBOX_DEFAULTS

/** What the options make of it; undefined for a node that keeps nothing for others. Throws `MESSAGING_OPTION_INVALID`. */
export function boxLimits (mailbox: MessagingInit['mailbox']): BoxLimits | undefined {
  if (mailbox == null || mailbox === false) return undefined
  const limits = { ...MAILBOX_DEFAULTS, ...mailbox === true ? {} : withoutUndefined(mailbox) }
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(MAILBOX_DEFAULTS, name)) throw new MessagingError('MESSAGING_OPTION_INVALID', `mailbox has no option ${name}: it has ${Object.keys(MAILBOX_DEFAULTS).join(', ')}`)
    if (!Number.isSafeInteger(value) || value < 1) throw new MessagingError('MESSAGING_OPTION_INVALID', `mailbox.${name} is ${String(value)}: it must be a whole number above 0`)
  }
  if (limits.maxAgeMs > MAX_MESSAGE_AGE_MS) throw new MessagingError('MESSAGING_OPTION_INVALID', `mailbox.maxAgeMs is ${limits.maxAgeMs}: no message lives longer than ${MAX_MESSAGE_AGE_MS}`)
  return limits
}

/** Throws `MESSAGING_OPTION_INVALID`. */
export function rotationMs (value: number = DEFAULT_ROTATION_MS): number {
  if (Number.isSafeInteger(value) && value >= MIN_ROTATION_MS && value <= MAX_MESSAGE_AGE_MS) return value
  throw new MessagingError('MESSAGING_OPTION_INVALID', `prekeyRotationMs is ${String(value)}: it must be a whole number from ${MIN_ROTATION_MS} (an hour) to ${MAX_MESSAGE_AGE_MS} (30 days)`)
}

function withoutUndefined<T extends object> (value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }
}
