import { defaultLogger } from '@libp2p/logger'

/** Says something only when DEBUG asks for it. */
export const quietLog = defaultLogger().forComponent('peerkeep:shards')
