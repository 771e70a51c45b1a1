import { AppError } from '../../errors.ts'

/**
 * `ADDRESS_BOOK_NOT_STARTED`, `ADDRESS_BOOK_OPTIONS_INVALID`, `ADDRESS_BOOK_LOAD_FAILED`, `ADDRESS_BOOK_WRITE_FAILED`,
 * `ADDRESS_BOOK_ENTRY_DAMAGED` (only logged).
 */
export class AddressBookError extends AppError {}
