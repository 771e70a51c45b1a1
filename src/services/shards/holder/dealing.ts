import { equals } from 'uint8arrays/equals'
import { contribute } from '../model/contribution.ts'
import { RefusedError } from '../model/failure.ts'
import { readKemRecord } from '../model/kem-record.ts'
import { checkProposal } from '../model/proposal.ts'
import { Change } from '../pb/shards.ts'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { checkNext, heldOf, shareOf, spend } from './limits.ts'
import { withShare } from './shares.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import type { Manifest, Proposal, Signed } from '../pb/shards.ts'
import type { AnswerBody } from '../model/request.ts'
import type { Call, HolderContext } from './holder-context.ts'

const PER_HOUR = 120
const BURST = 40

/**
 * Deals this node's share anew. Who collects enough contributions that are sealed to keys of its own has the secret, so it deals only
 * for keys that their holders have signed, and for holders alone it replaces only who is silent.
 */
export class Dealing {
  readonly #context: HolderContext

  constructor (context: HolderContext) {
    this.#context = context
  }

  async contribute (call: Call): Promise<AnswerBody> {
    const { peerId, privateKey, lock, rng } = this.#context
    const held = heldOf(call, peerId)
    const { vouched, place } = held
    const { proposal, kems = [] } = call.read.request.contribute ?? {}
    if (proposal == null) throw new RefusedError('INVALID', 'no proposal to deal for')
    checkNext(vouched, proposal.seq)
    checkProposal(proposal, vouched)
    if (proposal.change !== Change.RESHARE) throw new RefusedError('INVALID', `it is not for holders to deal for a ${proposal.change}`)
    if (!equals(call.read.request.signer, vouched.manifest.owner)) checkReplaced(this.#context, call.id, vouched.manifest, proposal)
    const share = shareOf(held, vouched.manifest.epoch)
    spend(this.#context, call, 'contribute', { perHour: PER_HOUR, burst: BURST })
    await this.#checkKeys(proposal, kems, vouched.manifest)
    const contribution = await withShare(share, call.id, lock, async clear => await contribute({ proposal, dealer: place.index, share: clear, previous: vouched }, privateKey, rng))
    return { contribution }
  }

  /** One that is silent cannot sign: for it the key is taken that the manifest before has for it. */
  async #checkKeys ({ holders }: Proposal, kems: readonly Signed[], { holders: before }: Manifest): Promise<void> {
    const nowMs = this.#context.clock.now()
    for (const [i, { index, peer, kemKey }] of holders.entries()) {
      if (before.some(holder => equals(holder.peer, peer) && equals(holder.kemKey, kemKey))) continue
      const signed = await readKemRecord(kems[i], peerFromBytes(peer), nowMs)
      if (signed == null || !equals(signed, kemKey)) throw new RefusedError('FORBIDDEN', `the key of new holder ${index} is not signed by that peer, or its word has expired`)
    }
  }
}

/** What holders may do without the owner: the same numbers, and only who is silent for this holder, too, is replaced. Throws `FORBIDDEN`. */
export function checkReplaced ({ peerId, isSilent }: Pick<HolderContext, 'peerId' | 'isSilent'>, id: string, before: Manifest, { threshold, holders }: Pick<Manifest, 'threshold' | 'holders'>): void {
  if (threshold !== before.threshold || holders.length !== before.holders.length) throw new RefusedError('FORBIDDEN', 'another threshold or number of holders is for the owner to choose')
  const self = peerBytes(peerId)
  // who is new has never asked them: that is for the holders before to judge, of which a quorum has to agree
  if (!before.holders.some(({ peer }) => equals(peer, self))) return
  for (const { index, peer } of before.holders) {
    if (holders.some(holder => equals(holder.peer, peer))) continue
    if (equals(peer, self) || !isSilent(id, peerFromBytes(peer))) throw new RefusedError('FORBIDDEN', `holder ${index} is not silent for this node: it is not to be replaced`)
  }
}
