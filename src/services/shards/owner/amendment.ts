import { equals } from 'uint8arrays/equals'
import { sealItem } from '../../../crypto/item/envelope.ts'
import { DEFAULT_CHUNK_BYTES } from '../../../crypto/item/payload.ts'
import { ShardsError } from '../errors.ts'
import { readDelegation } from '../model/delegation.ts'
import { MAX_REVOKED } from '../model/manifest.ts'
import { quorum } from '../model/quorum.ts'
import { Change, State } from '../pb/shards.ts'
import { checkLabel, readExpiry, readPolicy, vaultIdText } from './arguments.ts'
import { holdersOf } from './canvass.ts'
import { asItIs, changed } from './changing.ts'
import { described, listed, missOf } from './errand.ts'
import { encrypted } from './payload.ts'
import { upload } from './payload-upload.ts'
import { labelled } from './storing.ts'
import { itemContext, itemOf, policyOf, publicKeyOf } from './vault-view.ts'
import type { VaultPolicy } from '../index.ts'
import type { Changed, Vouched } from '../parts.ts'
import type { OwnerContext } from './context.ts'
import type { Errand, Miss } from './errand.ts'
import type { EncryptedPayload } from './payload.ts'
import type { VaultFinder } from './vault-finder.ts'

/** Changes by the owner that leave the shares as they are. */
export class Amendment {
  readonly #context: OwnerContext
  readonly #finder: VaultFinder

  constructor (context: OwnerContext, finder: VaultFinder) {
    this.#context = context
    this.#finder = finder
  }

  /** Another secret. Rejects with `SHARDS_CONFLICT` when there is another one since this was begun: the later would be lost unseen. */
  async update (known: Vouched, secret: Uint8Array, errand: Errand): Promise<Changed> {
    const { newest } = await this.#finder.survey(known, errand)
    const { version: before } = itemOf(newest.manifest)
    const { manifest: { vault } } = newest
    const context = itemContext(newest.manifest, before + 1)
    const publicKey = publicKeyOf(newest.manifest)
    const { item, dataKey } = sealItem(publicKey, context, DEFAULT_CHUNK_BYTES, this.#context.rng)
    let payload: EncryptedPayload
    try {
      payload = await encrypted(secret, dataKey, context, DEFAULT_CHUNK_BYTES)
    } finally {
      dataKey.fill(0)
    }
    const provided = new Set<string>()
    return await changed(this.#context, this.#finder, newest, errand, async vouched => {
      const current = itemOf(vouched.manifest)
      // it was decided, though the answer was lost
      if (equals(current.payload, payload.hash)) return undefined
      if (current.version !== before || !equals(publicKeyOf(vouched.manifest), publicKey)) throw new ShardsError('SHARDS_CONFLICT', `vault ${vaultIdText(vault)} was given another secret or key meanwhile: open it, and decide which is to stay`, { details: { newer: vouched } })
      await this.#provide(vouched, payload, provided, errand)
      return { next: { ...asItIs(vouched), item: { ...item, payload: payload.hash, bytes: payload.bytes.byteLength }, change: Change.UPDATE } }
    })
  }

  /** Another label, policy or expiry; what is undefined stays as it is. */
  async amend (known: Vouched, { label, policy, expiresAt }: { label?: string, policy?: VaultPolicy, expiresAt?: number | null }, errand: Errand): Promise<Changed> {
    const { clock, rng } = this.#context
    if (label != null) checkLabel(label)
    const expiresMs = expiresAt === undefined ? undefined : readExpiry(expiresAt, clock.now())
    const sealed = label == null ? undefined : await labelled(label, known.manifest.vault, errand.signer, rng)
    // refused before anything is sent
    readPolicy(policy ?? {}, policyOf(known.manifest))
    return await changed(this.#context, this.#finder, known, errand, async vouched => {
      const as = asItIs(vouched)
      const next = { ...as, label: sealed ?? as.label, expiresMs: expiresMs ?? as.expiresMs, policy: readPolicy(policy ?? {}, policyOf(vouched.manifest)), change: Change.UPDATE }
      const isSame = equals(next.label, as.label) && next.expiresMs === as.expiresMs && JSON.stringify(policyOf(vouched.manifest)) === JSON.stringify(policyOf({ ...vouched.manifest, policy: next.policy }))
      return isSame ? undefined : { next }
    })
  }

  /** A delegation no longer holds, from the next request on. */
  async undelegate (known: Vouched, delegation: Uint8Array, errand: Errand): Promise<Changed> {
    const { id, vault } = await readDelegation(delegation, known.manifest.owner)
    if (!equals(vault, known.manifest.vault)) throw new ShardsError('SHARDS_INVALID', `this delegation is for vault ${vaultIdText(vault)}`)
    return await changed(this.#context, this.#finder, known, errand, async vouched => {
      const { revoked } = vouched.manifest
      if (revoked.some(each => equals(each, id))) return undefined
      if (revoked.length >= MAX_REVOKED) throw new ShardsError('SHARDS_INVALID', `${MAX_REVOKED} delegations of vault ${vaultIdText(vault)} are revoked already: store the secret in a new vault`)
      return { next: { ...asItIs(vouched), revoked: [...revoked, id], change: Change.UPDATE } }
    })
  }

  /** Written down before any share leaves its holder: whatever happens then, it is known. */
  async expose (known: Vouched, errand: Errand): Promise<Changed> {
    return await changed(this.#context, this.#finder, known, errand, async vouched => vouched.manifest.state === State.EXPOSED
      ? undefined
      : { next: { ...asItIs(vouched), state: State.EXPOSED, change: Change.UPDATE } })
  }

  /** Brings the payload to those that have not got it yet; a quorum must. The others get it from these. */
  async #provide ({ manifest }: Vouched, payload: EncryptedPayload, provided: Set<string>, errand: Errand): Promise<void> {
    const holders = holdersOf(manifest)
    const total = holders.length * payload.bytes.byteLength
    const misses: Miss[] = []
    let sent = 0
    await Promise.all(holders.filter(({ peer }) => !provided.has(peer.toString())).map(async ({ peer, index }) => {
      try {
        await upload(this.#context, peer, manifest.vault, payload, errand, bytes => {
          sent += bytes
          errand.onProgress({ step: 'uploading', bytes: sent, total })
        })
        provided.add(peer.toString())
      } catch (err) {
        misses.push(missOf(peer, index, err))
        errand.onProgress({ step: 'failed', peer, index, reason: misses.at(-1)?.reason })
      }
    }))
    errand.signal.throwIfAborted()
    const needed = quorum(manifest.threshold, holders.length)
    if (holders.length - misses.length >= needed) return
    throw new ShardsError('SHARDS_NOT_STORED', `${holders.length - misses.length} holders took the new secret, and ${needed} must: ${described(misses)}. The old one is as it was`, { details: listed(misses) })
  }
}
