import { WireRemoteError, WireUndecodableError } from './errors.ts'
import { Failure } from './pb/failure.ts'

/** A failure as it travels, at most: see `protocols/call/failure.proto`. */
export const MAX_FAILURE_BYTES = 512
const MAX_CODE_BYTES = 64
const MAX_MESSAGE_BYTES = 256

/** What the remote cannot say in lower case words counts as this. */
const UNKNOWN_CODE = 'internal'
const CODE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** The bytes of a `Failure`, cut to what may travel. */
export function encodeFailure (code: string, message: string): Uint8Array {
  return Failure.encode({ code: isCode(code) ? code : UNKNOWN_CODE, message: cut(message) })
}

/** What the remote has said. Throws `WireUndecodableError` when it is no `Failure`. */
export function decodeFailure (bytes: Uint8Array): WireRemoteError {
  try {
    const { code, message } = Failure.decode(bytes)
    const known = isCode(code) ? code : UNKNOWN_CODE
    return new WireRemoteError(known, `the remote answered "${known}"${message === '' ? '' : `: ${cut(message)}`}`)
  } catch (err) {
    throw new WireUndecodableError(`${bytes.byteLength} bytes are no failure: ${err instanceof Error ? err.message : String(err)}`, { cause: err, fault: 'undecodable', evidence: bytes.slice(0, MAX_FAILURE_BYTES) })
  }
}

function isCode (code: string): boolean {
  return code.length <= MAX_CODE_BYTES && CODE.test(code)
}

/** The longest start that is whole characters and short enough, on one line. */
function cut (message: string): string {
  const line = message.replaceAll(/\p{Cc}+/gu, ' ')
  const bytes = new TextEncoder().encode(line)
  if (bytes.byteLength <= MAX_MESSAGE_BYTES) return line
  let end = MAX_MESSAGE_BYTES
  while (((bytes[end] as number) & 0xc0) === 0x80) end--
  return new TextDecoder().decode(bytes.subarray(0, end))
}
