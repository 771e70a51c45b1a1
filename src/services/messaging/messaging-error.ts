import { AppError } from '../../errors.ts'

export type MessagingErrorCode =
  | 'MESSAGING_EVENT_TAKEN' | 'MESSAGING_EVENT_INVALID' | 'MESSAGING_INVALID' | 'MESSAGING_TOO_LARGE' | 'MESSAGING_PEER_INVALID'
  | 'MESSAGING_OUTBOX_FULL' | 'MESSAGING_EXPIRED' | 'MESSAGING_REFUSED' | 'MESSAGING_CANCELLED' | 'MESSAGING_STOPPED'
  | 'MESSAGING_NOBODY' | 'MESSAGING_LOAD_FAILED' | 'MESSAGING_WRITE_FAILED' | 'MESSAGING_OPTION_INVALID'
  | 'MESSAGING_SEALED_INVALID' | 'MESSAGING_CARD_INVALID' | 'MESSAGING_MAILBOX_REFUSED'
  | 'MESSAGING_FILE_DECLINED' | 'MESSAGING_FILE_CANCELLED' | 'MESSAGING_FILE_CORRUPT' | 'MESSAGING_FILE_UNREACHABLE' | 'MESSAGING_FILE_SOURCE_CHANGED' | 'MESSAGING_FILE_INVALID'
  | 'MESSAGING_FILE_SOURCE_FAILED' | 'MESSAGING_FILE_SINK_FAILED' | 'MESSAGING_FILE_TOO_MANY'

/** What messaging throws and rejects with; the code says what, the message what to do. */
export class MessagingError extends AppError {
  declare readonly code: MessagingErrorCode

  constructor (code: MessagingErrorCode, message: string, options: { cause?: unknown, details?: Record<string, unknown> } = {}) {
    super(code, message, options)
  }
}
