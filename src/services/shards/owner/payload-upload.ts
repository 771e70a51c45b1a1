import { ShardsError } from '../errors.ts'
import { failureCode } from './errand.ts'
import { PIECE_BYTES } from './payload.ts'
import type { PeerId } from '@libp2p/interface'
import type { OwnerContext } from './context.ts'
import type { Errand } from './errand.ts'
import type { EncryptedPayload } from './payload.ts'

/** Pieces on their way to one holder: it is given no more than it takes. */
const WINDOW = 8
/** One piece, behind the others that wait for their turn at this holder. */
const PIECE_TIMEOUT_MS = 20_000

/** Sends the payload to one holder. Rejects with what the holder, or the way to it, says; nothing is on its way then. */
export async function upload ({ caller }: Pick<OwnerContext, 'caller'>, peer: PeerId, vault: Uint8Array, { bytes, hash }: EncryptedPayload, { signer, delegation, signal }: Errand, onSent: (bytes: number) => void): Promise<void> {
  const failed = new AbortController()
  const both = AbortSignal.any([signal, failed.signal])
  const put = async (offset: number, data: Uint8Array): Promise<void> => {
    const { answer } = await caller.call(peer, vault, { put: { payload: hash, offset, bytes: bytes.byteLength, data } }, { signal: both, timeoutMs: PIECE_TIMEOUT_MS, signer, delegation })
    if (answer.done == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `${peer.toString()} was given a piece of a payload and said something else than that it has it`)
    onSent(data.byteLength)
  }
  const send = async (offset: number, before: Promise<void> | undefined): Promise<void> => {
    const data = bytes.subarray(offset, offset + PIECE_BYTES)
    try {
      await put(offset, data).catch(async (err: unknown) => {
        // it came before the one before it
        if (before == null || failureCode(err) !== 'CONFLICT') throw err
        await before
        await put(offset, data)
      })
    } catch (err) {
      failed.abort(err)
      throw err
    }
  }
  const sent: Array<Promise<void>> = []
  try {
    for (let offset = 0; offset < bytes.byteLength; offset += PIECE_BYTES) {
      await sent.at(-WINDOW)
      sent.push(send(offset, sent.at(-1)))
    }
    await Promise.all(sent)
  } catch (err) {
    await Promise.allSettled(sent)
    // of several the first, which made the others fail
    throw failed.signal.aborted ? failed.signal.reason : err
  }
}
