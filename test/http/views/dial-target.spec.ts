import { expect } from 'chai'
import { ApiError } from '../../../src/http/problem.ts'
import { dialFailure } from '../../../src/http/views/dial-failure.ts'
import { dialTarget, otherPeer } from '../../../src/http/views/dial-target.ts'
import { PoolAddressUnknownError } from '../../../src/services/pool/address-unknown.ts'
import { ADDRESS, ANNA, BORIS } from './known-peers.ts'

function failing (work: () => unknown): { code: string, message: string } {
  try {
    work()
  } catch (err) {
    if (err instanceof ApiError) return err
    throw err
  }
  throw new Error('nothing was thrown')
}

describe('http: whom to dial', () => {
  it('is a peer id or a multiaddr, with or without the id', () => {
    for (const text of [BORIS.toString(), ADDRESS, `${ADDRESS}/p2p/${BORIS.toString()}`, ` ${ADDRESS}\n`]) expect(dialTarget(text, ANNA).toString()).to.equal(text.trim())
    expect(otherPeer(BORIS.toString(), ANNA).equals(BORIS)).to.equal(true)
  })

  const refused: Array<[text: string, code: string]> = [
    ['nonsense', 'DIAL_TARGET_INVALID'], ['', 'DIAL_TARGET_INVALID'], ['/', 'DIAL_TARGET_INVALID'], ['/ip4/300.1.1.1/tcp/1', 'DIAL_TARGET_INVALID'], [`${ADDRESS}/p2p/nobody`, 'DIAL_TARGET_INVALID'],
    ['http://192.0.2.7', 'DIAL_TARGET_INVALID'], [ANNA.toString(), 'PEER_SELF'], [`${ADDRESS}/p2p/${ANNA.toString()}`, 'PEER_SELF']
  ]
  for (const [text, code] of refused) {
    it(`is not ${JSON.stringify(text)}: ${code}`, () => {
      expect(failing(() => dialTarget(text, ANNA)).code).to.equal(code)
    })
  }

  it('does not repeat more of what is none than anybody reads', () => {
    for (const work of [() => otherPeer('x'.repeat(10_000), ANNA), () => dialTarget(`/${'x'.repeat(10_000)}`, ANNA)]) expect(failing(work).message).to.have.length.below(500)
  })

  it('has a code for everything that can go wrong', () => {
    const named = (name: string): Error => Object.assign(new Error('why'), { name })
    const unknown = new PoolAddressUnknownError(BORIS)
    expect(dialFailure(unknown, 'it', 'dial')).to.equal(unknown)
    for (const [err, dial, ping] of [
      [named('DialDeniedError'), 'DIAL_FORBIDDEN', 'DIAL_FORBIDDEN'],
      [named('TimeoutError'), 'DIAL_TIMEOUT', 'PING_TIMEOUT'],
      [named('AbortError'), 'DIAL_TIMEOUT', 'PING_TIMEOUT'],
      [named('NotStartedError'), 'NODE_NOT_STARTED', 'NODE_NOT_STARTED'],
      [named('Error'), 'DIAL_UNREACHABLE', 'PING_UNREACHABLE'],
      ['a text', 'DIAL_UNREACHABLE', 'PING_UNREACHABLE']
    ] as const) {
      expect([dialFailure(err, 'it', 'dial').code, dialFailure(err, 'it', 'ping').code]).to.deep.equal([dial, ping])
    }
    expect(dialFailure(named('Error'), 'it', 'dial')).to.include({ message: 'it cannot be reached: why' })
  })
})
