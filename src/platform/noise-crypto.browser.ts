import type { ICryptoInterface } from '@chainsafe/libp2p-noise'

/** What Noise chooses by itself. */
export const noiseCrypto: ICryptoInterface | undefined = undefined
