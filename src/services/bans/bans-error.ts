import { AppError } from '../../errors.ts'

/**
 * `BANS_TARGET_INVALID`, `BANS_SELF`, `BANS_ALLOWED`, `BANS_DURATION_INVALID`, `BANS_REASON_INVALID`, `BANS_OPTIONS_INVALID`,
 * `BANS_NOT_STARTED`, `BANS_LOAD_FAILED`, `BANS_WRITE_FAILED`, `BANS_IMPORT_INVALID`, `BANS_IMPORT_TOO_LONG`,
 * `BANS_RECORD_DAMAGED` (only logged), `BANS_DENIED` (why a connection was aborted).
 */
export class BansError extends AppError {}
