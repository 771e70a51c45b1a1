import { timingSafeEqual } from 'node:crypto'
import { AppError } from '../../errors.ts'

/** So long that nobody guesses it, however often they may try. */
export const MIN_TOKEN_LENGTH = 32
const MAX_TOKEN_LENGTH = 512
const TOKEN = new RegExp(`^[A-Za-z0-9._~+/=-]{${MIN_TOKEN_LENGTH},${MAX_TOKEN_LENGTH}}$`)

/** `API_TOKEN_INVALID`: too short, or with characters that a header cannot have. */
export class TokenError extends AppError {}

/** @throws TokenError which does not quote it */
export function checkToken (token: string): void {
  if (TOKEN.test(token)) return
  throw new TokenError('API_TOKEN_INVALID', `the token of the admin API has ${token.length} characters, or some that are not allowed`, {
    details: { fix: `take ${MIN_TOKEN_LENGTH} to ${MAX_TOKEN_LENGTH} random letters and digits, or none: one is made then` }
  })
}

export type Presented = 'right' | 'wrong' | 'none'

/** Compares what `Authorization` says with the token, in a time that tells nothing about either. */
export function tokenCheck (token: string): (authorization: string | undefined) => Presented {
  // of one length, whatever is presented; no header has zeros in it
  const expected = Buffer.alloc(MAX_TOKEN_LENGTH)
  expected.write(token, 'latin1')
  const given = Buffer.alloc(MAX_TOKEN_LENGTH)
  return authorization => {
    const presented = authorization == null ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    if (presented == null) return 'none'
    given.fill(0)
    given.write(presented, 'latin1')
    return timingSafeEqual(given, expected) && presented.length <= MAX_TOKEN_LENGTH ? 'right' : 'wrong'
  }
}
