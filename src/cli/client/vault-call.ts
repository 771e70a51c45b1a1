import { one } from '../../config/option.ts'
import { systemRng } from '../../util/rng.ts'
import { shortId } from '../screen.ts'
import { shortBytes } from '../text.ts'
import { whileWatching } from './event-stream.ts'
import { count } from './output.ts'
import { Progress } from './progress.ts'
import { callSpan } from './value-types.ts'
import type { VaultCallRequest, VaultProgress } from '../../http/schemas/shards.ts'
import type { ApiClient } from './api-client.ts'
import type { ApiEvent } from './event-stream.ts'
import type { Output } from './output.ts'

const CALL_BYTES = 8
/** The node gives up first, and says why. */
const SLACK_MS = 5_000

/** Of every command that asks holders. */
export const FLAGS = { timeout: one(callSpan, 30_000, 'longest wait for the holders') } as const

type Method = 'get' | 'post' | 'patch' | 'delete'

/** A call to holders; on a terminal it shows how far it is. */
export async function longCall<T> ({ api, out, timeoutMs }: { api: ApiClient, out: Output, timeoutMs: number }, method: Method, path: string, request: Readonly<Record<string, unknown>> = {}): Promise<T> {
  const call: VaultCallRequest = { timeoutMs, call: Buffer.from(systemRng.bytes(CALL_BYTES)).toString('hex') }
  const asked = { ...request, ...call }
  const work = async (): Promise<T> => await api[method]<T>(path, {
    timeoutMs: timeoutMs + SLACK_MS,
    ...method === 'get' || method === 'delete' ? { query: asked } : { body: asked }
  })
  const progress = new Progress(out)
  if (!progress.shown) return await work()
  const seen = { answered: 0 }
  try {
    return await whileWatching(api, ['vault:progress'], (event) => {
      const step = event as ApiEvent & VaultProgress
      if (step.call === call.call) progress.say(describeStep(step, seen))
    }, work)
  } finally {
    progress.end()
  }
}

function describeStep ({ step, found, wanted, bytes, total, epoch, peer, reason, seq }: VaultProgress, seen: { answered: number }): string {
  switch (step) {
    case 'choosing': return `choosing holders: ${found} of ${wanted}`
    case 'uploading': return `sending the encrypted secret: ${shortBytes(bytes ?? 0)} of ${shortBytes(total ?? 0)}`
    case 'dealing': return `dealing shares (epoch ${epoch})`
    case 'accepted': case 'answered': return `${count(++seen.answered, 'holder')} answered`
    case 'failed': return `${shortId(peer ?? '')} did not answer${reason == null ? '' : ` (${reason})`}`
    case 'liar': return `${shortId(peer ?? '')} lied`
    case 'committed': return `settled (change ${seq})`
    default: return step
  }
}
