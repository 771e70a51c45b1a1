import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import { GRACE_MS, ask, refusalCode } from './context.ts'
import { acceptFault } from './accepts.ts'
import { isDecided, mayAskLeavers } from './decision.ts'
import { gather } from './gathering.ts'
import { manifestHash, readManifest } from '../model/manifest.ts'
import { RefusedError } from '../model/failure.ts'
import type { Manifest, Propose, Signed, SignedManifest } from '../pb/shards.ts'
import type { Round } from './context.ts'
import type { Member } from './members.ts'

/** What is to be agreed on: without what differs between ballots and holders. */
export interface Value {
  manifest: Manifest
  hash: Uint8Array
  signed: SignedManifest
  transcript?: Propose['transcript']
}

export interface Ballots {
  justification: Signed[]
  /** For those that do not know the vault yet. */
  chain: SignedManifest[]
}

export interface Trial {
  able: Set<string>
  /** By new holder's index, the dealer it blames. */
  blames: Map<number, number>
  failures: Map<Member, unknown>
}

export interface Vote {
  accepts: Map<Member, Signed>
  decided: boolean
  failures: Map<Member, unknown>
}

export function valueOf (signed: SignedManifest, transcript?: Propose['transcript']): Value {
  return { manifest: readManifest(signed.manifest), hash: manifestHash(signed.manifest), signed, transcript }
}

/** Asks the holders after whether they could accept, sub-share included, before anybody does. */
export async function tryOut (round: Round, value: Value, ballots: Ballots): Promise<Trial> {
  const { context } = round
  const { members, electorate: { after }, clock, signal } = context
  const asked = [...members.values()].filter(({ after }) => after != null)
  const { answers, failures } = await gather(asked, async (member, signal) => {
    const { answer } = await ask(context, member.peerId, { propose: { ...proposeOf(round, value, ballots, member), trial: true } }, signal)
    if (answer.done == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `${member.peerId.toString()} was asked to check a change and answered something else`)
    return true
  }, { clock, signal, enough: answers => answers.size >= after.quorum, graceMs: GRACE_MS })
  const blames = [...failures].flatMap(([{ after = 0 }, err]): Array<[number, number]> => err instanceof RefusedError && err.failure.code === 'BAD_SUB_SHARE' ? [[after, err.failure.index]] : [])
  return { able: new Set([...answers.keys()].map(({ key }) => key)), blames: new Map(blames), failures }
}

/**
 * The second phase. What holders before have accepted may have to be finished, so they are asked only when that can be done: first those
 * that come; those that stay when these and the ones of them that are `able` are enough, as the trial showed; those that leave when
 * enough have their shares.
 */
export async function vote (round: Round, value: Value, ballots: Ballots, { able, except }: { able?: ReadonlySet<string>, except: ReadonlySet<number> }): Promise<Vote> {
  const { members, electorate } = round.context
  const all = [...members.values()].filter(({ after }) => after == null || !except.has(after))
  const [accepts, failures] = [new Map<Member, Signed>(), new Map<Member, unknown>()]
  const ask = async (asked: readonly Member[]): Promise<void> => {
    const said = await propose(round, value, ballots, asked, accepts)
    for (const [member, signed] of said.accepts) accepts.set(member, signed)
    for (const [member, err] of said.failures) failures.set(member, err)
  }
  await ask(all.filter(({ before }) => before == null))
  const staying = all.filter(({ before, after }) => before != null && after != null)
  const hoped = staying.filter(({ key }) => able?.has(key) ?? true).length
  if (accepts.size + hoped >= electorate.after.quorum) await ask(staying)
  if (!isDecided(keysOf(accepts), electorate) && mayAskLeavers(keysOf(accepts), electorate)) await ask(all.filter(({ after }) => after == null))
  return { accepts, failures, decided: isDecided(keysOf(accepts), electorate) }
}

async function propose (round: Round, value: Value, ballots: Ballots, asked: readonly Member[], before: ReadonlyMap<Member, Signed>): Promise<Omit<Vote, 'decided'>> {
  const { context, ballot } = round
  const { electorate, clock, signal, onProgress, scoring } = context
  const { answers, failures } = await gather(asked, async (member, signal) => {
    const { peerId, after = 0 } = member
    const { answer, signed } = await ask(context, peerId, { propose: proposeOf(round, value, ballots, member) }, signal)
    const fault = acceptFault(answer.accept, value, { ballot, peer: peerBytes(peerId) })
    if (fault != null) {
      scoring().report(peerId, 'severe', 'shards:accept', signed.content)
      throw new ShardsError('SHARDS_ANSWER_INVALID', `holder ${after} (${peerId.toString()}) did not answer with the accept that it was asked for: ${fault}`)
    }
    onProgress({ step: 'accepted', peer: peerId, index: after })
    return signed
  }, { clock, signal, enough: answers => isDecided(keysOf(new Map([...before, ...answers])), electorate), graceMs: GRACE_MS })
  for (const [{ peerId, after = 0 }, err] of failures) onProgress({ step: 'failed', peer: peerId, index: after, reason: refusalCode(err) ?? describeError(err) })
  return { accepts: answers, failures }
}

function proposeOf ({ ballot }: Round, { signed, transcript }: Value, { justification, chain }: Ballots, { before }: Member): Propose {
  return { ballot, manifest: signed, transcript, promises: justification, chain: before == null ? chain : [] }
}

function keysOf (accepts: ReadonlyMap<Member, unknown>): Set<string> {
  return new Set([...accepts.keys()].map(({ key }) => key))
}
