import { AppError } from '../../errors.ts'

/**
 * - `INBOX_TOPIC_INVALID`: a name that no topic has; `INBOX_TOPICS_FULL`: too many are taken
 * - `INBOX_FOLDER_FULL`: what is received does not fit into the folder any more
 */
export type InboxErrorCode = 'INBOX_TOPIC_INVALID' | 'INBOX_TOPICS_FULL' | 'INBOX_FOLDER_FULL'

export class InboxError extends AppError {
  declare readonly code: InboxErrorCode

  constructor (code: InboxErrorCode, message: string, options: { details?: Record<string, unknown> } = {}) {
    super(code, message, options)
  }
}
