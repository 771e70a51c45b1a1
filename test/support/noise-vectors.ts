import { readFileSync } from 'node:fs'
import type { ICryptoInterface } from '@chainsafe/libp2p-noise'
import type { Uint8ArrayList } from 'uint8arraylist'

type Bytes = Uint8Array | Uint8ArrayList
type KeyPair = ReturnType<ICryptoInterface['generateX25519KeyPair']>

interface Party { static: string, ephemeral: string }

export interface NoiseVector {
  source: string
  prologue: string
  initiator: Party
  responder: Party
  handshakeHash?: string
  messages: Array<{ payload: string, ciphertext: string }>
}

interface Vectors {
  noise: { protocol: string, vectors: NoiseVector[] }
  x25519: {
    products: Array<{ scalar: string, point: string, product: string }>
    iterated: Record<string, string>
    agreement: Record<'alice' | 'bob', { private: string, public: string }> & { shared: string }
    smallOrder: { points: string[] }
  }
  chaCha20Poly1305: { vectors: Array<{ key: string, nonce: string, ad: string, text: string, sealed: string }> }
  hkdf: { salt: string, ikm: string, okm: string }
  sha256: { vectors: Array<{ text: string, digest: string }> }
}

export interface CipherState {
  encryptWithAd (ad: Uint8Array, text: Bytes): Bytes
  decryptWithAd (ad: Uint8Array, sealed: Bytes): Bytes
}

export interface HandshakeState {
  ss: { h: Bytes, split (): [CipherState, CipherState] }
  rs?: Bytes
  writeMessageA (payload: Uint8Array): Bytes
  writeMessageB (payload: Uint8Array): Bytes
  writeMessageC (payload: Uint8Array): Bytes
  readMessageA (message: Bytes): Bytes
  readMessageB (message: Bytes): Bytes
  readMessageC (message: Bytes): Bytes
}

interface HandshakeInit { crypto: unknown, protocolName: string, initiator: boolean, prologue: Uint8Array, s: KeyPair }

/** What libp2p's Noise is made of, and does not export. */
interface NoiseModule {
  XXHandshakeState: new (init: HandshakeInit) => HandshakeState
  CipherState: new (crypto: unknown, key: Uint8Array, nonce?: number) => CipherState
  wrapCrypto (crypto: ICryptoInterface): unknown
}

export const PROTOCOL = 'Noise_XX_25519_ChaChaPoly_SHA256'

export const vectors = JSON.parse(readFileSync(new URL('../fixtures/noise.json', import.meta.url), 'utf8')) as Vectors

export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
export const hexOf = (bytes: { subarray (): Uint8Array }): string => Buffer.from(bytes.subarray()).toString('hex')

const from = async (file: string): Promise<NoiseModule> => await import(new URL(file, import.meta.resolve('@chainsafe/libp2p-noise')).href) as NoiseModule
const [{ XXHandshakeState, CipherState }, { wrapCrypto }] = await Promise.all([from('protocol.js'), from('crypto.js')])

/** The module's own handshake, computed by this crypto: with these keys, which are not chosen. */
export function handshakeState (crypto: ICryptoInterface, initiator: boolean, prologue: Uint8Array, { static: s, ephemeral }: Party): HandshakeState {
  const wrapped = wrapCrypto(withEphemeral(crypto, ephemeral))
  return new XXHandshakeState({ crypto: wrapped, protocolName: PROTOCOL, initiator, prologue, s: crypto.generateX25519KeyPairFromSeed(hex(s)) })
}

export function cipherState (crypto: ICryptoInterface, key: Uint8Array, nonce?: number): CipherState {
  return new CipherState(wrapCrypto(crypto), key, nonce)
}

/** The same functions, but the key pair that a handshake asks for is not a new one. */
export function withEphemeral (crypto: ICryptoInterface, ephemeral: string): ICryptoInterface {
  return { ...crypto, generateX25519KeyPair: () => crypto.generateX25519KeyPairFromSeed(hex(ephemeral)) }
}
