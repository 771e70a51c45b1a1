import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import { Authors } from '../../../src/services/gossip-guard/authors.ts'
import { checkMessage } from '../../../src/services/gossip-guard/message-check.ts'
import { signedMessage } from '../../support/gossip-message.ts'
import { keyOf } from '../../support/signed-records.ts'
import type { RPC } from '@libp2p/gossipsub/message'
import type { PeerId, PrivateKey } from '@libp2p/interface'

const data = new Uint8Array(3)

describe('message check', () => {
  let key: PrivateKey
  let author: PeerId
  let forwarder: PeerId
  let somebody: PeerId
  let good: RPC.Message
  const authors = new Authors(4)

  before(async () => {
    key = await keyOf(1)
    author = peerIdFromPrivateKey(key)
    forwarder = peerIdFromPrivateKey(await keyOf(2))
    somebody = peerIdFromPrivateKey(await keyOf(3))
    good = await signedMessage(key, 'news', data)
  })

  function verdict (changes: Partial<RPC.Message>, sender: PeerId, policy: 'StrictSign' | 'StrictNoSign' = 'StrictSign'): string {
    const check = checkMessage({ ...good, ...changes }, policy, sender, bytes => authors.of(bytes))
    return check.verdict === 'charge' ? `${check.offence} ${check.cause}` : check.verdict
  }

  it('passes what gossipsub makes, with keys of every kind', async () => {
    for (const type of ['Ed25519', 'secp256k1', 'RSA'] as const) {
      const key = await (generateKeyPair as (type: string) => Promise<PrivateKey>)(type)
      const message = await signedMessage(key, 'news', data)
      const check = checkMessage(message, 'StrictSign', forwarder, bytes => authors.of(bytes))
      expect(check.verdict, type).to.equal('pass')
      expect(check.verdict === 'pass' && check.author?.toString()).to.equal(peerIdFromPrivateKey(key).toString())
    }
    // go-libp2p leaves out the key where the id has it
    expect(verdict({ key: undefined }, forwarder)).to.equal('pass')
    const { seqno, signature, key: _, from, ...bare } = good
    expect(checkMessage(bare, 'StrictNoSign', forwarder, () => undefined)).to.deep.equal({ verdict: 'pass' })
  })

  const other = (): Uint8Array => forwarder.toMultihash().bytes
  /** What is wrong: [changes, when the author sends it, when somebody else passes it on]. */
  const cases: Record<string, [changes: () => Partial<RPC.Message>, byAuthor: string, passedOn: string]> = {
    'nobody signed it': [() => ({ signature: undefined }), 'minor gossip:signature-policy', 'minor gossip:signature-policy'],
    'it has no author': [() => ({ from: undefined }), 'severe gossip:malformed', 'severe gossip:malformed'],
    'the author is no peer id': [() => ({ from: data }), 'severe gossip:malformed', 'severe gossip:malformed'],
    'the author is endless': [() => ({ from: new Uint8Array(100_000) }), 'severe gossip:malformed', 'severe gossip:malformed'],
    'the key is somebody else\'s': [() => ({ from: other() }), 'severe gossip:malformed', 'severe gossip:malformed'],
    // go-libp2p passes these on
    'the number has not 8 bytes': [() => ({ seqno: data }), 'severe gossip:malformed', 'drop'],
    'it has no number': [() => ({ seqno: undefined }), 'severe gossip:malformed', 'drop'],
    // keys of the future
    'the key is of no kind known': [() => ({ key: Uint8Array.of(8, 99, 18, 1, 0) }), 'severe gossip:malformed', 'drop']
  }
  for (const [what, [changes, byAuthor, passedOn]] of Object.entries(cases)) {
    it(`${what}: ${byAuthor} for its author, ${passedOn} for others`, () => {
      expect(verdict(changes(), author)).to.equal(byAuthor)
      expect(verdict(changes(), somebody)).to.equal(passedOn)
    })
  }

  it('drops the other form of a secp256k1 signature, which go-libp2p passes on, but has its author pay', async () => {
    const key = await generateKeyPair('secp256k1')
    // r is a small number here, which nobody has to know the logarithm of: only s is looked at
    const der = (s: bigint): Uint8Array => {
      const hex = s.toString(16).padStart(64, '0')
      const value = Uint8Array.from([...(s >> 255n === 1n ? [0] : []), ...hex.match(/../g)!.map(byte => parseInt(byte, 16))])
      return Uint8Array.of(0x30, 5 + value.length, 0x02, 1, 7, 0x02, value.length, ...value)
    }
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const good = await signedMessage(key, 'news', data)
    const of = (signature: Uint8Array, sender: PeerId): string => verdict({ ...good, signature }, sender)
    expect(of(der(order / 2n + 1n), forwarder)).to.equal('drop')
    expect(of(der(order - 1n), forwarder)).to.equal('drop')
    // left to the verification, which charges for them
    for (const signature of [der(order / 2n), der(1n), der(order), new Uint8Array(0), Uint8Array.of(0x30), new Uint8Array(72).fill(0x30), new Uint8Array(1e6).fill(255), good.signature!]) {
      expect(of(signature, forwarder)).to.equal('pass')
    }
    expect(of(der(order - 1n), peerIdFromPrivateKey(key))).to.equal('pass')
    expect(verdict({ signature: der(order - 1n) }, forwarder)).to.equal('pass')
  })

  it('takes a key that is needed and missing for its sender\'s fault', async () => {
    const rsa = await generateKeyPair('RSA')
    const message = await signedMessage(rsa, 'news', data)
    expect(verdict({ ...message, key: undefined }, forwarder)).to.equal('severe gossip:malformed')
    expect(verdict({ ...message, key: publicKeyToProtobuf(key.publicKey) }, forwarder)).to.equal('severe gossip:malformed')
  })

  it('does not charge much for a signature where none is used', () => {
    for (const changes of [{}, { signature: undefined }, { signature: undefined, seqno: undefined }]) {
      expect(verdict(changes, forwarder, 'StrictNoSign')).to.equal('minor gossip:signature-policy')
    }
  })

  it('remembers as many authors as it may', async () => {
    const some = new Authors(4)
    for (let seed = 0; seed < 9; seed++) some.of(peerIdFromPrivateKey(await keyOf(seed)).toMultihash().bytes)
    expect(some.size).to.equal(4)
    some.of(data)
    expect(some.size).to.equal(4)
    expect(some.of(author.toMultihash().bytes)?.equals(author)).to.equal(true)
  })
})
