/** Where ids are those of the contracts. */
export const MAIN_NETWORK = 'main'

const PREFIX = '/peerkeep/'

/**
 * The protocol id that a service uses in a network: `/peerkeep/<service>/...` in `main`, `/peerkeep/<network>/<service>/...` in
 * others. Peers of two networks may be connected for a moment, until peer exchange has told them: they have no id in common.
 */
export function networkId (network: string, id: string): string {
  return network === MAIN_NETWORK || !id.startsWith(PREFIX) ? id : `${PREFIX}${network}/${id.slice(PREFIX.length)}`
}
