/**
 * - `ITEM_INVALID`: an argument of the wrong length or outside its range
 * - `ITEM_EMPTY`: there is nothing to encrypt
 * - `ITEM_KEY_INVALID`: the data key does not unwrap: another shared point, another context, or changed bytes
 * - `ITEM_CORRUPT`: an encrypted payload or label that was cut, reordered, changed, or made with another key or in another context
 * - `ITEM_UNSUPPORTED`: no WebCrypto here (a page that did not come by https)
 */
export type ItemErrorCode = 'ITEM_INVALID' | 'ITEM_EMPTY' | 'ITEM_KEY_INVALID' | 'ITEM_CORRUPT' | 'ITEM_UNSUPPORTED'

/** What goes wrong with an item. Messages have lengths and positions, never a byte of a key or of a plaintext. */
export class ItemError extends Error {
  readonly code: ItemErrorCode

  constructor (code: ItemErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'ItemError'
    this.code = code
  }
}
