import { AppError } from '../../errors.ts'

/** `PEX_NOT_CONNECTED`, `PEX_TOO_OFTEN`, `PEX_WRONG_NETWORK`. What goes wrong on the way is a `WireError`. */
export class PexError extends AppError {}
