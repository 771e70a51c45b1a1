import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import { pullPayload } from '../../../../src/services/shards/keeper/payload-pull.ts'
import { RefusedError } from '../../../../src/services/shards/model/failure.ts'
import { peerBytes } from '../../../../src/util/peer-bytes.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { quietLog } from '../support/quiet-log.ts'
import type { PeerId } from '@libp2p/interface'
import type { KeeperContext } from '../../../../src/services/shards/keeper/context.ts'
import type { RequestBody, Vouched } from '../../../../src/services/shards/parts.ts'

describe('shards: a payload that no holder has any more', () => {
  it('comes from those that were holders before, after the others have been asked', async () => {
    const [self, holder, former] = await Promise.all([1, 2, 3].map(async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519')))) as [PeerId, PeerId, PeerId]
    const payload = Uint8Array.of(1, 2, 3, 4)
    const asked: string[] = []
    let received = 0
    const context = {
      self,
      caller: {
        call: async (peer: PeerId, _: Uint8Array, { get }: RequestBody) => {
          if (get == null) return { answer: { state: { manifests: [] } } }
          asked.push(peer.toString())
          if (!peer.equals(former)) throw new RefusedError('NO_PAYLOAD', 'it is not here')
          return { answer: { data: { data: payload.slice(get.offset, (get.offset ?? 0) + 2) } } }
        }
      },
      holdings: {
        payloadBytes: () => received,
        putPayload: async (_: string, offset: number, data: Uint8Array) => {
          received = offset + data.byteLength
          return received === payload.byteLength
        }
      },
      rng: seededRng(1),
      log: quietLog
    } as unknown as KeeperContext
    const manifest = { vault: new Uint8Array(32), seq: 2, item: { bytes: 4, payload: new Uint8Array(32) }, holders: [self, holder].map((peer, i) => ({ index: i + 1, peer: peerBytes(peer) })) }
    const { signal } = new AbortController()
    expect(await pullPayload(context, 'id', { manifest } as unknown as Vouched, [former, holder, self], signal)).to.equal(true)
    expect(asked).to.deep.equal([holder, former, former].map(String))
  })
})
