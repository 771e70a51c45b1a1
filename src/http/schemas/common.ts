import { Type } from 'typebox'
import type { Static, TEnum, TObject, TProperties } from 'typebox'

/** An object of the API: what is not named in it is refused in a request, and left out of an answer. */
export function object<P extends TProperties> (properties: P, description?: string): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, ...(description == null ? {} : { description }) })
}

/** Milliseconds since 1970. */
export const TimeMs = Type.Number({ description: 'milliseconds since 1970' })
export const Count = Type.Integer({ minimum: 0 })
export const PeerIdText = Type.String({ minLength: 1, maxLength: 128, description: 'a peer id' })
export const AddressText = Type.String({ minLength: 1, maxLength: 1024, description: 'a multiaddr' })

export function words<const W extends readonly string[]> (values: W, description?: string): TEnum<[...W]> {
  return Type.Enum<[...W]>([...values], description == null ? {} : { description })
}

/** How every refusal and failure is told, as `application/problem+json` (RFC 9457). */
export const Problem = object({
  type: Type.String({ description: 'a relative reference: /problems/<code in lower case>' }),
  title: Type.String({ description: 'the same for every problem of this code' }),
  status: Type.Integer(),
  code: Type.String({ description: 'stable, such as BANS_TARGET_INVALID' }),
  detail: Type.String({ description: 'what was wrong, with which value' }),
  fix: Type.Optional(Type.String({ description: 'what to do' }))
})
export type Problem = Static<typeof Problem>

/** Part of a list: `offset` from the start, at most `limit`. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 200 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }))
}
