import { equals } from 'uint8arrays/equals'
import { rewrap } from '../../../crypto/item/envelope.ts'
import { deal } from '../../../crypto/threshold/deal.ts'
import { ShardsError } from '../errors.ts'
import { quorum } from '../model/quorum.ts'
import { Change, State } from '../pb/shards.ts'
import { checkThreshold, vaultIdText } from './arguments.ts'
import { holdersOf } from './canvass.ts'
import { asItIs, changed, newerIn, seated } from './changing.ts'
import { audit, look } from './checkup.ts'
import { described, listed, missOf } from './errand.ts'
import { download } from './payload-download.ts'
import { upload } from './payload-upload.ts'
import { place } from './placement.ts'
import { publicKeyOf, itemContext, itemOf } from './vault-view.ts'
import type { PeerId } from '@libp2p/interface'
import type { Changed, Vouched } from '../parts.ts'
import type { Wanted } from './arguments.ts'
import type { Finding } from './checkup.ts'
import type { OwnerContext } from './context.ts'
import type { Errand, Miss } from './errand.ts'
import type { VaultFinder } from './vault-finder.ts'
import type { VaultOpener } from './vault-opener.ts'

/** When somebody else changes the vault meanwhile. */
const ATTEMPTS = 3

/** New shares, for whom and of what. */
export class Renewal {
  readonly #context: OwnerContext
  readonly #finder: VaultFinder
  readonly #opener: VaultOpener

  constructor (context: OwnerContext, finder: VaultFinder, opener: VaultOpener) {
    this.#context = context
    this.#finder = finder
    this.#opener = opener
  }

  /** New shares for the same holders; when others make them meanwhile, those do. */
  async refresh (known: Vouched, errand: Errand): Promise<Changed> {
    const { newest } = await this.#finder.survey(known, errand)
    const { epoch } = newest.manifest
    return await changed(this.#context, this.#finder, newest, errand, async vouched => vouched.manifest.epoch > epoch
      ? undefined
      : { next: { ...asItIs(vouched), change: Change.RESHARE } })
  }

  /** Replaces who is silent or lies, as far as there are others; gives who has no share one, and who has no payload that. */
  async repair (known: Vouched, errand: Errand): Promise<Changed> {
    return await this.#again(known, async start => {
      const { newest, shown } = await this.#finder.survey(start, errand, errand.signal, true)
      await this.#finder.bringUp(newest, shown, errand)
      const { vouched, findings, payload } = await audit(this.#context, this.#finder, newest, errand)
      const supplied = await this.#supply(vouched, payload, findings.filter(lacksPayload).map(({ peerId }) => peerId), errand)
      for (const finding of findings) finding.hasPayload ||= supplied.has(finding.peerId.toString())
      if (findings.every(({ health }) => health === 'healthy')) return { vouched, missing: [] }
      const gone = findings.filter(finding => !isThere(finding))
      const staying = findings.filter(isThere)
      const added = gone.length === 0 ? [] : (await this.#place(vouched, staying, { count: gone.length, threshold: vouched.manifest.threshold, fewer: true }, errand)).chosen
      // who cannot be replaced keeps its place: it may come back
      const kept = worstLast(gone).slice(0, gone.length - added.length)
      return await this.#reseated(vouched, [...staying, ...kept], added, payload, errand)
    })
  }

  /** Another threshold, number of holders, or other holders; who is silent or lies goes first. */
  async reshare (known: Vouched, change: { threshold?: number, wanted?: Wanted }, errand: Errand): Promise<Changed> {
    return await this.#again(known, async start => {
      const { vouched, findings } = await look(this.#context, this.#finder, start, errand)
      const { peers, count } = change.wanted ?? { count: findings.length }
      const threshold = change.threshold ?? vouched.manifest.threshold
      checkThreshold(threshold, count)
      const named = findings.filter(({ peerId }) => peers == null || peers.some(peer => peer.equals(peerId)))
      const there = peers == null ? worstLast(named.filter(isThere)).slice(0, count) : named
      const [rest, spare] = [count - there.length, peers == null ? worstLast(named.filter(finding => !isThere(finding))) : []]
      const missing = peers?.filter(peer => !named.some(({ peerId }) => peerId.equals(peer)))
      const added = rest === 0 ? [] : (await this.#place(vouched, there, { count: rest, peers: missing, threshold, fewer: spare.length > 0 }, errand)).chosen
      const staying = [...there, ...spare.slice(0, rest - added.length)]
      const short = count - staying.length - added.length
      if (short > 0) throw new ShardsError('SHARDS_TOO_FEW_PEERS', `${short} more peers are needed for ${count} holders: connect to more of them, or ask for fewer holders`, { details: { missing: short } })
      const isSame = threshold === vouched.manifest.threshold && added.length === 0 && staying.length === findings.length
      return isSame ? { vouched, missing: [] } : await this.#reseated(vouched, staying, added, undefined, errand, threshold)
    })
  }

  /** Another scalar. The payload stays where it is, as its key does: that is only wrapped anew. */
  async rotate (known: Vouched, errand: Errand): Promise<Changed> {
    let made: Uint8Array | undefined
    return await changed(this.#context, this.#finder, known, errand, async current => {
      if (made != null && equals(made, publicKeyOf(current.manifest))) return undefined
      const { dataKey, vouched } = await this.#opener.dataKey(current, errand)
      try {
        const { manifest } = vouched
        const { commitments, shares } = deal({ threshold: manifest.threshold, indices: manifest.holders.map(({ index }) => index) }, this.#context.rng)
        made = commitments[0] as Uint8Array
        const item = itemOf(manifest)
        const next = { ...asItIs(vouched), item: { ...item, ...rewrap(dataKey, made, itemContext(manifest, item.version), this.#context.rng) }, state: State.ACTIVE, change: Change.ROTATE }
        return { previous: vouched, next, dealing: { commitments, shares: shares.map(({ scalar }) => scalar) } }
      } finally {
        dataKey.fill(0)
      }
    })
  }

  /** Others take these seats. Those that leave delete the payload, so a quorum of those that are to have it must have it before. */
  async #reseated (vouched: Vouched, staying: readonly Finding[], added: readonly PeerId[], payload: Uint8Array | undefined, errand: Errand, threshold = vouched.manifest.threshold): Promise<Changed> {
    if (added.length > 0 || staying.length < vouched.manifest.holders.length) await this.#provide(vouched, staying, added, payload, errand, threshold)
    const seats = new Set(staying.map(({ index }) => index))
    const { seq } = vouched.manifest
    return await changed(this.#context, this.#finder, vouched, errand, async current => {
      // who is well is to be looked at again
      if (current.manifest.seq !== seq) throw new ShardsError('SHARDS_CONFLICT', `vault ${vaultIdText(current.manifest.vault)} was changed meanwhile, and is at change ${current.manifest.seq}: try again`, { details: { newer: current } })
      return { next: { ...asItIs(current), threshold, holders: seated(current.manifest, seats, added), change: Change.RESHARE } }
    })
  }

  /** When the vault was changed meanwhile, from where it is then. */
  async #again (known: Vouched, work: (vouched: Vouched) => Promise<Changed>): Promise<Changed> {
    let vouched = known
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(vouched)
      } catch (err) {
        const newer = newerIn(err, vouched)
        if (newer == null || attempt === ATTEMPTS) throw err
        vouched = newer
      }
    }
  }

  async #place ({ manifest }: Vouched, staying: readonly Finding[], wanted: { count: number, peers?: readonly PeerId[], threshold: number, fewer?: boolean }, errand: Errand): ReturnType<typeof place> {
    const excluded = new Set(holdersOf(manifest).map(({ peer }) => peer.toString()))
    return await place(this.#context, { ...wanted, bytes: itemOf(manifest).bytes, expiresMs: manifest.expiresMs, taken: staying.map(({ peerId }) => peerId), excluded }, errand)
  }

  /** Rejects with `SHARDS_NOT_STORED` unless a quorum of these has the payload whole. */
  async #provide (vouched: Vouched, staying: readonly Finding[], added: readonly PeerId[], payload: Uint8Array | undefined, errand: Errand, threshold: number): Promise<void> {
    const misses: Miss[] = []
    const lacking = staying.filter(lacksPayload).map(({ peerId }) => peerId)
    const supplied = await this.#supply(vouched, payload, [...lacking, ...added], errand, misses)
    const have = supplied.size + staying.filter(({ hasPayload }) => hasPayload).length
    const count = staying.length + added.length
    const needed = quorum(threshold, count)
    if (have >= needed) return
    throw new ShardsError('SHARDS_NOT_STORED', `${have} of the ${count} holders that vault ${vaultIdText(vouched.manifest.vault)} was to have are known to have its payload, and ${needed} must: ${described(misses)}. Nothing was changed`, { details: { ...listed(misses), have, needed } })
  }

  /** Brings them the payload. Gives those that took it to the end, as text; the others are misses. */
  async #supply (vouched: Vouched, payload: Uint8Array | undefined, peers: readonly PeerId[], errand: Errand, misses: Miss[] = []): Promise<Set<string>> {
    const supplied = new Set<string>()
    if (peers.length === 0) return supplied
    const { manifest } = vouched
    const seats = holdersOf(manifest)
    const missed = (peer: PeerId, err: unknown): void => {
      misses.push(missOf(peer, seats.find(seat => seat.peer.equals(peer))?.index ?? 0, err))
      this.#context.log('%p was not given the payload: %s', peer, err)
    }
    try {
      const bytes = payload ?? await download(this.#context, vouched, errand, errand.signal)
      await Promise.all(peers.map(async peer => {
        await upload(this.#context, peer, manifest.vault, { bytes, hash: itemOf(manifest).payload }, errand, () => {}).then(() => { supplied.add(peer.toString()) }, (err: unknown) => { missed(peer, err) })
      }))
    } catch (err) {
      for (const peer of peers) missed(peer, err)
    }
    errand.signal.throwIfAborted()
    return supplied
  }
}

function isThere ({ health }: Finding): boolean {
  return health !== 'silent' && health !== 'lying'
}

function lacksPayload (finding: Finding): boolean {
  return isThere(finding) && !finding.hasPayload
}

/** Those that are well first; of the others those that may come back. */
function worstLast (findings: readonly Finding[]): Finding[] {
  const order = ['healthy', 'inert', 'unknown', 'silent', 'lying']
  return findings.toSorted((a, b) => order.indexOf(a.health) - order.indexOf(b.health) || (a.latencyMs ?? Infinity) - (b.latencyMs ?? Infinity))
}
