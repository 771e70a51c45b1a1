import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { readKemRecord } from '../model/kem-record.ts'
import { GRACE_MS, ask } from './context.ts'
import { gather } from './gathering.ts'
import { peerKey } from './members.ts'
import type { Signed } from '../pb/shards.ts'
import type { ChangeContext } from './context.ts'
import type { PromiseOf } from './preparing.ts'

/** Where sub-shares for one holder can be sealed to. */
export interface KemKey {
  key: Uint8Array
  /** Its own word for that, which dealers ask for. */
  record: Signed
}

const SILENT: Signed = { content: new Uint8Array(), signature: new Uint8Array() }

/**
 * Where sub-shares of each new holder are sealed to: told with its promise, or, by those that come, with an offer. One that stays and is
 * silent now cannot say: its goes to the key of this epoch, which it may no longer have; then the next change gives it a share.
 */
export async function collectKemKeys (context: ChangeContext, promises: ReadonlyMap<string, PromiseOf>, known: Map<string, KemKey>): Promise<void> {
  const { previous, next, members, clock, signal } = context
  for (const [key, { kem }] of promises) if (kem != null) known.set(key, kem)
  for (const { peer, kemKey } of previous?.manifest.holders ?? []) {
    if (!known.has(peerKey(peer))) known.set(peerKey(peer), { key: kemKey, record: SILENT })
  }
  const asked = [...members.values()].filter(({ key, after }) => after != null && !known.has(key))
  if (asked.length === 0) return
  const offer = { bytes: next.item?.bytes ?? 0, expiresMs: next.expiresMs }
  const { answers, failures } = await gather(asked, async ({ peerId }, signal) => {
    const { answer } = await ask(context, peerId, { offer }, signal)
    const record = answer.offered?.kem
    const key = await readKemRecord(record, peerId, clock.now())
    if (record == null || key == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `${peerId.toString()} offered to hold a share without a key that it can be sealed to`)
    return { key, record }
  }, { clock, signal, enough: answers => answers.size === asked.length, graceMs: GRACE_MS })
  for (const [{ key }, kem] of answers) known.set(key, kem)
  const missing = asked.filter(member => !answers.has(member))
  if (missing.length === 0) return
  for (const member of missing) context.onProgress({ step: 'failed', peer: member.peerId, index: member.after ?? 0, reason: describeError(failures.get(member) ?? 'did not answer in time') })
  throw new ShardsError('SHARDS_NOT_STORED', `${missing.length} of the peers that were chosen do not hold a share now: choose others`, {
    details: { peers: missing.map(({ peerId }) => peerId.toString()), indices: missing.map(({ after }) => after), reasons: [...failures.values()].map(describeError) }
  })
}
