import { equals } from 'uint8arrays/equals'
import { openDataKey } from '../../../crypto/item/envelope.ts'
import { ItemError } from '../../../crypto/item/errors.ts'
import { ThresholdError } from '../../../crypto/threshold/errors.ts'
import { combinePartials, verifyPartial } from '../../../crypto/threshold/kem.ts'
import { ShardsError } from '../errors.ts'
import { openContext } from '../model/proof-context.ts'
import { denounce } from './lie.ts'
import { decrypted } from './payload.ts'
import { download } from './payload-download.ts'
import { itemContext, itemOf } from './vault-view.ts'
import type { Answered, Vouched } from '../parts.ts'
import type { PartialDecapsulation } from '../pb/shards.ts'
import type { HolderRef } from './canvass.ts'
import type { OwnerContext } from './context.ts'
import type { Errand } from './errand.ts'
import type { Gathering, Given } from './gathering.ts'

/** Opens vaults with partial decryptions: shares stay with their holders. */
export class VaultOpener {
  readonly #context: OwnerContext
  readonly #gathering: Gathering

  constructor (context: OwnerContext, gathering: Gathering) {
    this.#context = context
    this.#gathering = gathering
  }

  /** The secret. Rejects with `SHARDS_TOO_FEW_SHARES`, `SHARDS_CORRUPT`, `SHARDS_ROLLED_BACK`, and what holders refuse with. */
  async open (known: Vouched, errand: Errand): Promise<{ secret: Uint8Array, vouched: Vouched }> {
    const ending = new AbortController()
    const downloads = new Map<Vouched, Promise<Uint8Array>>()
    try {
      const { dataKey, vouched } = await this.dataKey(known, errand, vouched => {
        const bytes = download(this.#context, vouched, errand, AbortSignal.any([errand.signal, ending.signal]))
        // asked for below, if it is still wanted then
        bytes.catch(() => {})
        downloads.set(vouched, bytes)
      })
      try {
        const { manifest } = vouched
        const item = itemOf(manifest)
        const bytes = await (downloads.get(vouched) as Promise<Uint8Array>)
        return { secret: await decrypted(bytes, dataKey, itemContext(manifest, item.version), item), vouched }
      } finally {
        dataKey.fill(0)
      }
    } finally {
      ending.abort(new DOMException('the vault is open, or cannot be', 'AbortError'))
    }
  }

  /** The key of the payload, to be wiped. `onTry` is told which manifest is tried. */
  async dataKey (known: Vouched, errand: Errand, onTry?: (vouched: Vouched) => void): Promise<{ dataKey: Uint8Array, vouched: Vouched }> {
    const { vouched, result } = await this.#gathering.gather<PartialDecapsulation, Uint8Array>(known, errand, {
      body: ({ manifest }) => ({ open: { epoch: manifest.epoch, encapsulation: itemOf(manifest).encapsulation } }),
      read: partialIn,
      verify: (vouched, given) => { this.#verify(vouched, given, errand) },
      combine: dataKeyOf
    }, onTry)
    return { dataKey: result, vouched }
  }

  #verify (vouched: Vouched, { holder, answered, value }: Given<PartialDecapsulation>, errand: Errand): void {
    const { vault, transcript } = vouched.manifest
    const { index, peer, verification } = holder
    const context = openContext({ request: answered.answer.request, vault, transcript, index })
    if (verifyPartial(value, verification, itemOf(vouched.manifest).encapsulation, context)) return
    throw denounce(this.#context, errand, { kind: 'PARTIAL', vouched, holder, answered, reason: `holder ${index} (${peer.toString()}) gave a partial decryption that is not of its share` })
  }
}

function partialIn ({ manifest: { epoch, transcript } }: Vouched, { index, peer }: HolderRef, { answer: { partial } }: Answered): PartialDecapsulation {
  if (partial == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `holder ${index} (${peer.toString()}) was asked for a partial decryption and gave something else`)
  if (partial.epoch === epoch && partial.index === index && equals(partial.transcript, transcript)) return partial
  throw new ShardsError('SHARDS_ANSWER_INVALID', `holder ${index} (${peer.toString()}) decrypted with another share than that of epoch ${epoch}`)
}

/** Right only if it unwraps: the tag of the wrapped key, which the owner signed for, is made with the one shared point there is. */
function dataKeyOf ({ manifest }: Vouched, partials: ReadonlyArray<{ index: number, value: PartialDecapsulation }>): Uint8Array | undefined {
  const item = itemOf(manifest)
  let sharedPoint: Uint8Array | undefined
  try {
    sharedPoint = combinePartials(partials.map(({ index, value }) => ({ index, point: value.point })), manifest.threshold)
    return openDataKey(sharedPoint, item, itemContext(manifest, item.version))
  } catch (err) {
    if (err instanceof ItemError || err instanceof ThresholdError) return undefined
    throw err
  } finally {
    sharedPoint?.fill(0)
  }
}
