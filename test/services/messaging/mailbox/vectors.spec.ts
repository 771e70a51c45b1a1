import { readdir, readFile } from 'node:fs/promises'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { toString } from 'uint8arrays/to-string'
import { openingKeyOf, sealingKeyOf } from '../../../../src/crypto/ed25519-keys.ts'
import { pad, paddedLength } from '../../../../src/crypto/padding.ts'
import { deriveKeyPair, open } from '../../../../src/crypto/sealing.ts'
import { keyIdOf, readCard, signCard } from '../../../../src/services/messaging/mailbox/card.ts'
import { openSealed, ownOpeningKey, ownSealingKey, readSealed, sealMessage } from '../../../../src/services/messaging/mailbox/sealed-message.ts'
import { arrivedProtocol, cardProtocol, cardPushProtocol, deleteProtocol, depositProtocol, fetchProtocol, registerProtocol } from '../../../../src/services/messaging/mailbox/mailbox-protocols.ts'
import * as messages from '../../../../src/services/messaging/pb/mailbox.ts'
import { FlawedError } from '../../../../src/services/messaging/mailbox/signed.ts'
import { rejection } from '../../../support/rejection.ts'
import { bytesOf, dealing, readVectors, VECTORS } from './support/vectors.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { Protocol } from '../../../../src/services/protocols/index.ts'
import type { Codec } from '../../../../src/wire/protocol.ts'
import type { Vectors } from './support/vectors.ts'

const hexOf = (bytes: Uint8Array): string => toString(bytes, 'base16')
const keyFrom = async (seed: string): Promise<PrivateKey> => await generateKeyPairFromSeed('Ed25519', bytesOf(seed))
/** Byte fields as hex. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, field: unknown) => field instanceof Uint8Array ? hexOf(field) : field))

describe('protocols: sealing vectors', () => {
  let vectors: Vectors
  before(async () => { vectors = await readVectors() })

  it('keys of both kinds from one seed', async () => {
    for (const { seed, peerId, ed25519, x25519Public, x25519Private } of vectors.keys) {
      const key = await keyFrom(seed)
      expect([String(peerIdFromPrivateKey(key)), hexOf(key.publicKey.raw), hexOf(sealingKeyOf(key.publicKey.raw)), hexOf(openingKeyOf(bytesOf(seed)))]).to.deep.equal([peerId, ed25519, x25519Public, x25519Private])
    }
  })

  it('padded lengths', () => {
    for (const [bytes, padded] of Object.entries(vectors.padding)) expect(paddedLength(Number(bytes)), bytes).to.equal(padded)
  })

  it('sealed messages, bit by bit, and what is in them', async () => {
    for (const { name, senderSeed, recipientSeed, prekeyIkm, message, expiresMs, id, ephemeralIkm, keyId, info, aad, padded, enc, hex } of vectors.sealed) {
      const [privateKey, recipientKey] = [await keyFrom(senderSeed), await keyFrom(recipientSeed)]
      const recipient = peerIdFromPrivateKey(recipientKey)
      const prekey = prekeyIkm == null ? undefined : await deriveKeyPair(bytesOf(prekeyIkm))
      const key = prekey == null ? ownSealingKey(recipient) : { id: keyIdOf(prekey.publicKey), publicKey: prekey.publicKey }
      const bytes = await sealMessage({ privateKey, recipient, key, encoded: bytesOf(message), expiresMs, rng: dealing(bytesOf(id), bytesOf(ephemeralIkm)) })
      expect(hexOf(bytes), name).to.equal(hex)
      const sealed = await readSealed(bytesOf(hex))
      expect([hexOf(sealed.keyId), hexOf(sealed.enc), hexOf(sealed.id)], name).to.deep.equal([keyId, enc, id])
      const opening = prekey?.privateKey ?? ownOpeningKey(recipientKey)
      expect(hexOf(await openSealed(sealed, opening)), name).to.equal(message)
      expect(hexOf(await open(opening, sealed, { info: bytesOf(info), aad: bytesOf(aad) })), name).to.equal(padded)
      expect(hexOf(pad(bytesOf(message)))).to.equal(padded)
    }
  })

  it('cards', async () => {
    for (const { name, seed, seq, expiresMs, prekeys, mailboxes, hex } of vectors.cards) {
      const card = await signCard(await keyFrom(seed), {
        seq,
        expiresMs,
        prekeys: prekeys.map(({ publicKey, notAfterMs }) => ({ publicKey: bytesOf(publicKey), notAfterMs })),
        mailboxes: mailboxes.map(({ peer, addresses }) => ({ peerId: peerIdFromString(peer), multiaddrs: addresses.map(address => multiaddr(address)) }))
      })
      expect(hexOf(card.bytes), name).to.equal(hex)
      const read = await readCard(bytesOf(hex))
      expect([read.seq, read.expiresMs, plain(read.prekeys)], name).to.deep.equal([seq, expiresMs, prekeys])
      expect(read.mailboxes.map(({ peerId, multiaddrs }) => ({ peer: String(peerId), addresses: multiaddrs.map(String) })), name).to.deep.equal(mailboxes)
    }
  })

  it('messages of the protocols', () => {
    for (const { message, name, hex, value } of vectors.messages) {
      const codec = (messages as unknown as Record<string, Codec<object>>)[message]!
      expect(plain(codec.decode(bytesOf(hex))), name).to.deep.equal(value)
      expect(hexOf(codec.encode(codec.decode(bytesOf(hex)))), name).to.equal(hex)
    }
  })

  it('what must be refused', async () => {
    for (const { what, name, hex, flaw } of vectors.invalid) {
      const err = await rejection(what === 'card' ? readCard(bytesOf(hex)) : readSealed(bytesOf(hex)))
      expect(err, name).to.be.instanceOf(FlawedError).with.property('flaw', flaw)
    }
  })
})

describe('protocols: the document on sealing', () => {
  const known: Array<Protocol<any, any, any>> = [cardProtocol, cardPushProtocol, registerProtocol, depositProtocol, fetchProtocol, deleteProtocol, arrivedProtocol]

  it('states the limits that the program has', async () => {
    const text = await readFile(new URL('SEALING.md', VECTORS), 'utf8')
    const rows = new Map([...text.split('| request | response |')[1]!.matchAll(/^\| `(\S+)` \| (.*) \|$/gm)].map(([, id, rest]) => [id, rest]))
    for (const { ids: [id], shape, maxRequestBytes, maxResponseBytes, timeoutMs, maxConcurrent, rate, runOnLimitedConnection } of known) {
      expect(rows.get(id)).to.equal([
        `${maxRequestBytes / 1024} KiB`,
        shape === 'notify' ? '-' : `${maxResponseBytes / 1024} KiB`,
        `${timeoutMs / 1000} s`,
        maxConcurrent,
        `${rate.perSecond}/s, burst ${rate.burst}`,
        runOnLimitedConnection ? 'yes' : 'no'
      ].join(' | '))
    }
  })

  it('names every cause that is charged, and no other', async () => {
    const text = await readFile(new URL('SEALING.md', VECTORS), 'utf8')
    const documented = [...text.split('## What costs the sender')[1]!.matchAll(/`(messaging:[a-z-]+)`/g)].map(([, cause]) => cause)
    const folder = new URL('../../../../src/services/messaging/mailbox/', import.meta.url)
    const sources = await Promise.all((await readdir(folder)).map(async name => await readFile(new URL(name, folder), 'utf8')))
    const charged = new Set(sources.flatMap(source => [...source.matchAll(/'(messaging:[a-z-]+)'/g)].map(([, cause]) => cause)))
    expect(documented).to.have.members([...charged])
  })
})
