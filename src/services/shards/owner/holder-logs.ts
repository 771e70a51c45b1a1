import { bytesToHex } from '@noble/hashes/utils.js'
import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { verifyLog } from '../model/log-chain.ts'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { canvass, holdersOf } from './canvass.ts'
import { ASK_TIMEOUT_MS } from './context.ts'
import type { PeerId } from '@libp2p/interface'
import type { VaultLogEntry } from '../index.ts'
import type { Vouched } from '../parts.ts'
import type { LogEntry } from '../pb/shards.ts'
import type { LogHead } from '../model/log-chain.ts'
import type { OwnerContext } from './context.ts'
import type { Errand } from './errand.ts'

/** Of one holder; each page is 32 KiB. */
const MAX_PAGES = 64
const MAX_WHAT_LENGTH = 32

/**
 * What all holders that can be reached wrote down, by time. Of a log whose entries do not follow each other only what is before the
 * break counts, and its holder is named.
 */
export async function holderLogs (context: OwnerContext, vouched: Vouched, errand: Errand): Promise<VaultLogEntry[]> {
  const { answers } = await canvass(context, holdersOf(vouched.manifest), {
    signal: errand.signal,
    ask: async ({ peer, index }, signal) => {
      const { entries, fault } = await read(context, peer, vouched.manifest.vault, errand, signal)
      if (fault == null) errand.onProgress({ step: 'answered', peer, index })
      else errand.onProgress({ step: 'failed', peer, index, reason: fault })
      return entries.flatMap(entry => shown(peer, entry))
    }
  })
  return answers.flatMap(({ value }) => value).sort((a, b) => a.timeMs - b.timeMs || a.seq - b.seq)
}

async function read ({ caller, log }: OwnerContext, peer: PeerId, vault: Uint8Array, { signer, delegation }: Errand, signal: AbortSignal): Promise<{ entries: LogEntry[], fault?: string }> {
  const entries: LogEntry[] = []
  let head: LogHead | undefined
  let from = 0
  for (let page = 0; page < MAX_PAGES; page++) {
    const { answer } = await caller.call(peer, vault, { getLog: { from } }, { signal, timeoutMs: ASK_TIMEOUT_MS, signer, delegation })
    if (answer.log == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `${peer.toString()} was asked for its log and gave something else`)
    if (answer.log.entries.length === 0) break
    try {
      // what a log begins with is taken as it is: the oldest entries are given up in time
      const part = verifyLog(answer.log.entries, head)
      entries.push(...part.entries)
      head = part.head
    } catch (err) {
      log.error('the log of %p is not a chain: %s', peer, describeError(err))
      return { entries, fault: `its log is not a chain: ${describeError(err)}` }
    }
    from = (head?.seq ?? 0) + 1
  }
  return { entries }
}

function shown (holder: PeerId, { seq, timeMs, what, signer, from, decision }: LogEntry): VaultLogEntry[] {
  try {
    return [{ holder, seq, timeMs, what: what.slice(0, MAX_WHAT_LENGTH), signer: bytesToHex(signer), from: peerFromBytes(from), decision: decision.slice(0, MAX_WHAT_LENGTH) }]
  } catch {
    // of no peer: the holder writes what it likes
    return []
  }
}
