import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import { electorateOf, membersOf } from '../../../../src/services/shards/change/members.ts'
import { vote } from '../../../../src/services/shards/change/voting.ts'
import { RefusedError } from '../../../../src/services/shards/model/failure.ts'
import { peerBytes } from '../../../../src/util/peer-bytes.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import type { PeerId } from '@libp2p/interface'
import type { Round } from '../../../../src/services/shards/change/context.ts'
import type { Value } from '../../../../src/services/shards/change/voting.ts'
import type { Manifest } from '../../../../src/services/shards/pb/shards.ts'

const [BEFORE, NONE] = ['abc', { justification: [], chain: [] }]

describe('shards: the order of accepting', () => {
  const peers = new Map<string, PeerId>()
  before(async () => { for (const name of 'abcde') peers.set(name, peerIdFromPrivateKey(await generateKeyPair('Ed25519'))) })

  /** Whom a proposer asks, in which order, when these say no and what the others say is of no use. */
  async function asked (after: string, able: string | undefined): Promise<string> {
    const seats = (names: string): Array<{ index: number, peer: Uint8Array }> => Array.from(names, (name, i) => ({ index: i + 1, peer: peerBytes(peers.get(name)!) }))
    const previous = { threshold: 2, holders: seats(BEFORE) } as unknown as Manifest
    const members = membersOf(previous, seats(after))
    const names = new Map([...peers].map(([name, peer]) => [peer.toString(), name]))
    const said: string[] = []
    const caller = {
      call: async (peer: PeerId) => {
        said.push(names.get(peer.toString())!)
        throw new RefusedError('UNAVAILABLE', 'not now')
      }
    }
    const electorate = electorateOf(members, previous, { threshold: 2, holders: seats(after) }, 'owner')
    const context = { members, electorate, caller, clock: new ManualClock(), signal: new AbortController().signal, onProgress: () => {} }
    const keys = able == null ? undefined : new Set([...members.values()].filter(({ peerId }) => able.includes(names.get(peerId.toString())!)).map(({ key }) => key))
    const { decided } = await vote({ context, ballot: { round: 1, proposer: new Uint8Array() } } as unknown as Round, {} as Value, NONE, { able: keys, except: new Set() })
    expect(decided).to.equal(false)
    return said.join('')
  }

  it('has those that come before those that stay, which are not bound to what cannot be finished', async () => {
    expect(await asked('ade', 'ade'), 'who stays is not enough without them').to.equal('de')
    expect(await asked('abd', 'abd'), 'those that stay are').to.equal('dab')
    expect(await asked('abd', 'ad'), 'but not when one of them failed the trial').to.equal('d')
    expect(await asked('abd', undefined), 'there was no trial of what somebody else has proposed').to.equal('dab')
    expect(await asked('abc', 'abc')).to.equal('abc')
  })
})
