import { AppError, describeError } from '../errors.ts'
import { sourcePlace } from './source-place.ts'
import { oneLine } from './text.ts'

/** What the exit status says; shown by `--help`. */
export const EXIT_CODES = {
  ok: [0, 'all well, or stopped by a signal'],
  failure: [1, 'something failed while it ran'],
  usage: [2, 'a flag, variable, file or value that is not allowed'],
  data: [3, 'the data directory or the identity cannot be used'],
  listen: [4, 'cannot listen: the address is in use, or not this machine\'s'],
  absent: [5, 'no running node was found, or its admin API does not answer'],
  refused: [6, 'the node refused what was asked, or could not do it']
} as const

/** The node's answer to a command, with the code and the advice that it gave. */
export class NodeRefusal extends AppError {}

/** What the user is told, and how the program ends. */
export interface Failure {
  exitCode: number
  /** Stable: the error's own, or `UNEXPECTED`. */
  code: string
  /** One line. */
  message: string
  /** One line: what to do, where the message does not say it. */
  fix?: string
}

const BY_CODE: ReadonlyArray<readonly [pattern: RegExp, kind: keyof typeof EXIT_CODES]> = [
  [/^(USAGE$|CONFIG_|API_URL_|APP_NODE_OPTION_|TLS_|QUIC_|DNS_SERVER_|POOL_LIMITS_|SCORING_OPTIONS_|BANS_(?:TARGET_INVALID|OPTIONS_INVALID|SELF|ALLOWED)$|GOSSIP_|DISCOVERY_.*_INVALID$)/, 'usage'],
  [/^(DATA_DIR_|IDENTITY_|DATASTORE_|API_TOKEN_|API_ENDPOINT_)/, 'data'],
  [/^LISTEN_/, 'listen'],
  [/^API_/, 'absent']
]

/** Pure. */
export function failureOf (err: unknown): Failure {
  if (err instanceof AppError) {
    const kind = err instanceof NodeRefusal ? 'refused' : BY_CODE.find(([pattern]) => pattern.test(err.code))?.[1] ?? 'failure'
    const { fix } = err.details
    return { exitCode: EXIT_CODES[kind][0], code: err.code, message: oneLine(err.message), ...(typeof fix === 'string' ? { fix: oneLine(fix) } : {}) }
  }
  return {
    exitCode: EXIT_CODES.failure[0],
    code: 'UNEXPECTED',
    message: oneLine(`unexpected: ${describeError(err)}${placeOf(err)}`),
    fix: 'this is a fault of the program: please report this line'
  }
}

/** In place of a stack trace. */
function placeOf (err: unknown): string {
  const place = sourcePlace(err instanceof Error ? err.stack ?? '' : '')
  return place == null ? '' : ` (at ${place})`
}
