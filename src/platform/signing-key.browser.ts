import type { PrivateKey } from '@libp2p/interface'

/** WebCrypto has a form of its own: the key as it is. */
export function signingKey (key: PrivateKey): PrivateKey {
  return key
}
