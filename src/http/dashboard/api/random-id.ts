const BYTES = 16

/** 32 hexadecimal digits that nobody else has. */
export function randomId (): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), byte => byte.toString(16).padStart(2, '0')).join('')
}
