/** What honest peers ask of a holder by `protocols/shards`: where attackers begin. */
import { makeRequest } from '../../../src/services/shards/model/request.ts'
import { sign } from '../../../src/services/shards/model/signed.ts'
import { Answer, Change, Evidence } from '../../../src/services/shards/pb/shards.ts'
import { peerBytes } from '../../../src/util/peer-bytes.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { RequestBody } from '../../../src/services/shards/parts.ts'
import type { Signed } from '../../../src/services/shards/pb/shards.ts'
import type { Rng } from '../../../src/util/rng.ts'

export const CALL = '/peerkeep/shards/call/1.0.0'
export const CHANGE = '/peerkeep/shards/change/1.0.0'
export const EVIDENCE = '/peerkeep/shards/evidence/1.0.0'

export interface Asker {
  key: PrivateKey
  id: PeerId
}

const HASH_BYTES = 32

/** A request of this peer's, signed with its own key. */
export async function asked ({ key, id }: Asker, to: PeerId, body: RequestBody, rng: Rng, vault: Uint8Array = rng.bytes(HASH_BYTES)): Promise<Uint8Array> {
  return (await makeRequest({ vault: body.list == null ? vault : new Uint8Array(0), body, from: id, to, signer: key, nowMs: Date.now(), rng })).frame
}

/** One of each kind, with anything inside that has the right shape. */
export function bodies (self: PeerId, rng: Rng): RequestBody[] {
  const ballot = { round: Math.floor(Date.now() / 1_000), proposer: peerBytes(self) }
  const holders = [1, 2, 3].map(index => ({ index, peer: peerBytes(self), verification: new Uint8Array(0), kemKey: rng.bytes(32) }))
  const proposal = { vault: rng.bytes(32), seq: 2, prev: rng.bytes(32), threshold: 2, holders, change: Change.RESHARE }
  const manifest = { manifest: rng.bytes(400), ownerSignature: rng.bytes(64), accepts: [{ content: rng.bytes(200), signature: rng.bytes(64) }] }
  return [
    { offer: { bytes: 1_000, expiresMs: 0 } },
    { put: { payload: rng.bytes(32), offset: 0, bytes: 100, data: rng.bytes(100) } },
    { get: { payload: rng.bytes(32), offset: 0 } },
    { prepare: { seq: 2, ballot } },
    { contribute: { proposal, kems: [] } },
    { propose: { ballot, manifest, transcript: { proposal, contributions: [{ content: rng.bytes(300), signature: rng.bytes(64) }] }, promises: [], chain: [manifest] } },
    { commit: { manifest } },
    { getState: { from: 0 } },
    { open: { epoch: 1, encapsulation: rng.bytes(32) } },
    { export: { epoch: 1 } },
    { audit: { epoch: 1, nonce: rng.bytes(32) } },
    { list: {} },
    { getLog: { from: 0 } },
    { revoke: { seq: 1 } }
  ]
}

/** Two accepts of one ballot by the same peer: whoever wants to can lie to himself. */
export async function equivocation ({ key, id }: Asker, rng: Rng): Promise<Uint8Array> {
  const common = { vault: rng.bytes(32), seq: 2, ballot: { round: 1, proposer: peerBytes(id) }, epoch: 1, index: 1, verification: rng.bytes(32), peer: peerBytes(id), transcript: rng.bytes(32) }
  const accept = async (): Promise<Signed> => await sign('answer', Answer.encode({ request: rng.bytes(32), accept: { ...common, manifest: rng.bytes(32) } }), key)
  return Evidence.encode({ kind: 'EQUIVOCATION', request: new Uint8Array(0), answer: await accept(), other: await accept() })
}

/** By protocol. */
export async function validFrames (asker: Asker, to: PeerId, rng: Rng): Promise<Record<string, Uint8Array[]>> {
  const frames = await Promise.all(bodies(asker.id, rng).map(async body => await asked(asker, to, body, rng)))
  const evidence = await Promise.all(Array.from({ length: 8 }, async () => await equivocation(asker, rng)))
  return { [CALL]: frames, [CHANGE]: frames, [EVIDENCE]: evidence }
}
