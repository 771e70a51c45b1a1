import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import { collectKemKeys } from '../../../../src/services/shards/change/kem-keys.ts'
import { membersOf, peerKey } from '../../../../src/services/shards/change/members.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { KemRecord } from '../../../../src/services/shards/pb/shards.ts'
import { peerBytes } from '../../../../src/util/peer-bytes.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import type { VaultProgress } from '../../../../src/services/shards/index.ts'
import type { ShardsError } from '../../../../src/services/shards/errors.ts'
import type { ChangeContext } from '../../../../src/services/shards/change/context.ts'
import type { KemKey } from '../../../../src/services/shards/change/kem-keys.ts'
import type { Manifest } from '../../../../src/services/shards/pb/shards.ts'

describe('shards: a holder with a key that nothing can be sealed to', () => {
  it('is out when it comes, and counts as silent when it stays', async () => {
    const [stays, comes] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
    const [stayer, newcomer] = [stays, comes].map(key => peerIdFromPrivateKey(key))
    const clock = new ManualClock(1_000)
    const kem = await sign('kem', KemRecord.encode({ peer: peerBytes(newcomer!), key: new Uint8Array(32), expiresMs: 1e12 }), comes)
    const holders = [{ index: 1, peer: peerBytes(stayer!), kemKey: new Uint8Array(32).fill(9), verification: new Uint8Array() }]
    const progress: VaultProgress[] = []
    const context = {
      previous: { manifest: { holders } as unknown as Manifest },
      next: { expiresMs: 0 },
      members: membersOf({ holders } as unknown as Manifest, [holders[0]!, { index: 2, peer: peerBytes(newcomer!) }]),
      caller: { call: async () => ({ answer: { offered: { kem, freeBytes: 0, domains: [] } } }) },
      clock,
      signal: new AbortController().signal,
      onProgress: (step: VaultProgress) => { progress.push(step) }
    } as unknown as ChangeContext
    const known = new Map<string, KemKey>()
    const err = await collectKemKeys(context, new Map(), known).then(() => undefined, (err: unknown) => err as ShardsError)
    expect(err?.code).to.equal('SHARDS_NOT_STORED')
    expect(err?.details['peers']).to.deep.equal([newcomer!.toString()])
    expect(progress.map(each => each.step === 'failed' ? [each.step, each.peer.toString()] : [each.step])).to.deep.equal([['failed', newcomer!.toString()]])
    expect(known.get(peerKey(peerBytes(stayer!)))?.key).to.deep.equal(holders[0]!.kemKey)
  })
})
