import { AppError, describeError } from '../errors.ts'
import type { Logger } from '@libp2p/interface'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from './schemas/common.ts'

/** What the API itself refuses; `API_NOT_FOUND`, `API_REQUEST_INVALID`, ... */
export class ApiError extends AppError {}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** The status of every error code, by the first pattern that fits; 500 where none does. */
const STATUSES: ReadonlyArray<readonly [pattern: RegExp, status: number]> = [
  [/^API_TOKEN_(?:MISSING|WRONG)$/, 401],
  [/^API_(?:HOST|ORIGIN)_REFUSED$/, 403],
  [/^API_METHOD_NOT_ALLOWED$/, 405],
  [/^API_REQUEST_TIMEOUT$/, 408],
  [/^API_BODY_TYPE$/, 415],
  [/^API_HEADERS_TOO_LARGE$/, 431],
  // nobody gets to see it
  [/^API_CLIENT_GONE$/, 499],
  // what another node did, or did not do
  [/^PROTOCOL_(?:INVALID|RESET|RELAYED|DENIED|UNSUPPORTED|BAD_RESPONSE|FAILED|RATE_LIMITED|BUSY|TOO_LARGE)$/, 502],
  [/^SHARDS_(?:ANSWER_INVALID|REFUSED|RATE_LIMITED|QUOTA|NO_SPACE|CORRUPT)$/, 502],
  [/^MESSAGING_(?:REFUSED|CARD_INVALID|SEALED_INVALID|MAILBOX_REFUSED|FILE_(?:DECLINED|CORRUPT|SINK_FAILED))$/, 502],
  [/^(?:POOL_DIAL_FAILED|(?:PEX|WIRE)_.*|.*_UNREACHABLE)$/, 502],
  [/_(?:TIMEOUT|ABORTED)$/, 504],
  [/^BANS_DENIED$|_(?:FORBIDDEN|NOT_ALLOWED|PASSPHRASE|NO_OWNER_KEY)$/, 403],
  [/_(?:NOT_FOUND|UNKNOWN|UNKNOWN_VAULT|MISSING)$/, 404],
  [/_(?:CONFLICT|TAKEN|ALLOWED|SELF|EXISTS|ALREADY_HANDLED|CANCELLED|ROLLED_BACK|SOURCE_CHANGED|NOT_CONNECTED|TOPICS_FULL)$/, 409],
  [/_EXPIRED$/, 410],
  [/_(?:TOO_LARGE|TOO_LONG)$/, 413],
  [/_(?:RATE_LIMITED|TOO_MANY)$/, 429],
  // not now
  [/^TOO_MANY_SUBSCRIBERS$|_(?:STOPPED|NOT_STARTED|NOT_STORED|BUSY|NOBODY|TOO_FEW_(?:PEERS|SHARES)|UNAVAILABLE|OFF)$/, 503],
  [/_FULL$/, 507],
  [/_(?:INVALID|UNSUPPORTED|UNUSABLE)$/, 400]
]

/** What fastify and Node call it -> code of this API, what was wrong, what to do. */
const FOREIGN: Readonly<Record<string, readonly [code: string, detail: string, fix: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['API_BODY_TOO_LARGE', 'the body is larger than this route takes', 'send less at a time'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['API_BODY_TYPE', 'this route does not take a body of this type', 'send JSON, as "Content-Type: application/json", or what the route is documented to take'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['API_BODY_INVALID', 'the body is empty, but said to be JSON', 'send a JSON object, or no Content-Type'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['API_BODY_INVALID', 'the body is not JSON, or has a key that is not allowed', 'send a JSON object'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['API_BODY_INVALID', 'the body is not as long as Content-Length says', 'send the right Content-Length'],
  FST_ERR_BAD_URL: ['API_PATH_INVALID', 'the URL cannot be decoded', 'encode it as UTF-8 with %'],
  FST_ERR_MAX_PARAM_LENGTH: ['API_PATH_INVALID', 'a part of the URL is too long', 'see /openapi.json for what there is'],
  TimeoutError: ['API_TIMEOUT', 'it took too long', 'try again, or allow more time'],
  HPE_INVALID: ['API_HTTP_INVALID', 'this is not HTTP/1.1', 'ask with HTTP/1.1, and with https:// where the node has a certificate'],
  HPE_HEADER_OVERFLOW: ['API_HEADERS_TOO_LARGE', 'the URL and the headers are too long', 'send less of them'],
  ERR_HTTP_REQUEST_TIMEOUT: ['API_REQUEST_TIMEOUT', 'the request did not come in time', 'send it at once']
}

const SEE_DOCUMENT = 'see /openapi.json for what the route takes'

/** What is told of an error; `log` gets what is not. */
export function problemOf (err: unknown, log?: Logger): Problem {
  const known = err instanceof AppError ? err : translated(err)
  if (known == null) {
    log?.error('unexpected - %s - %e', describeError(err), err)
    return problem(new ApiError('API_UNEXPECTED', 'something failed that should not', { details: { fix: 'see the log of the node, and report it' } }))
  }
  const told = problem(known)
  if (told.status === 500) log?.error('%s - %e', known.code, known)
  return told
}

export function sendProblem (reply: FastifyReply, told: Problem): FastifyReply {
  // as text: the schema of the route's answer does not fit
  return reply.code(told.status).header('content-type', PROBLEM_TYPE).serializer(JSON.stringify).send(told)
}

export function statusOf (code: string): number {
  return STATUSES.find(([pattern]) => pattern.test(code))?.[1] ?? 500
}

/** The error handler of the app. */
export function problemHandler (log: Logger): (err: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (err, _request, reply) => {
    // fastify asks for it where a body is too large; the client could not read the answer then
    reply.removeHeader('connection')
    return sendProblem(reply, problemOf(err, log))
  }
}

function problem ({ code, message, details: { fix } }: AppError): Problem {
  const words = code.toLowerCase()
  return {
    type: `/problems/${words}`,
    title: titleOf(words),
    status: statusOf(code),
    code,
    detail: message,
    ...(typeof fix === 'string' ? { fix } : {})
  }
}

/** `bans_target_invalid` -> `Bans: target invalid` */
function titleOf (words: string): string {
  const [service = '', ...what] = words.split('_')
  const title = `${service === 'api' ? '' : `${service}: `}${what.join(' ')}`
  return title.charAt(0).toUpperCase() + title.slice(1)
}

function translated (err: unknown): AppError | undefined {
  const { code, name, message, validation, validationContext, statusCode } = (err ?? {}) as Partial<FastifyError>
  if (validation != null) {
    const part = validationContext === 'querystring' ? 'query' : validationContext ?? 'request'
    const [first] = validation
    return new ApiError('API_REQUEST_INVALID', `${part}${first?.instancePath ?? ''} ${first?.message ?? 'is not what this route takes'}`, {
      details: { fix: SEE_DOCUMENT }
    })
  }
  const [ours, detail, fix] = FOREIGN[code ?? ''] ?? FOREIGN[name ?? ''] ?? []
  if (ours != null && detail != null) return new ApiError(ours, detail, { details: { fix } })
  if (statusCode == null || statusCode < 400 || statusCode > 499) return undefined
  // JSON that does not parse has no code of its own
  if (err instanceof SyntaxError) return translated({ code: 'FST_ERR_CTP_INVALID_JSON_BODY' })
  return new ApiError('API_REQUEST_INVALID', code?.startsWith('FST_') === true ? message ?? code : 'the request is not complete, or not allowed', { details: { fix: SEE_DOCUMENT } })
}
