import { UsageError } from '../argv.ts'
import type { PeerPage } from '../../http/schemas/peer.ts'
import type { VaultList } from '../../http/schemas/shards.ts'
import type { ApiClient } from './api-client.ts'

const WHOLE_PEER_CHARS = 46
const WHOLE_VAULT_CHARS = 64

/**
 * The peer id: what is too short for one is the end of one that the node knows, also as tables show it (`12D3KooW…5fGk2pQz`).
 *
 * @throws UsageError when none or several are meant
 */
export async function peerIdOf (api: ApiClient, name: string): Promise<string> {
  if (name.length >= WHOLE_PEER_CHARS && !name.includes('…')) return name
  const [begin = '', end = ''] = name.includes('…') ? name.split('…', 2) : ['', name]
  const { peers } = await api.get<PeerPage>('/v1/peers', { query: { state: 'all', search: end, limit: 1_000 } })
  return only(peers.map(({ peerId }) => peerId).filter(id => id.startsWith(begin) && id.endsWith(end)), `no known peer has an id that ends with "${end}"`, '"peers --state all" lists those that are known')
}

/** What bans and dials are about: an address or a prefix as it is, of a peer its id. */
export async function targetOf (api: ApiClient, text: string): Promise<string> {
  return /[./:]/.test(text) ? text : await peerIdOf(api, text)
}

/**
 * The id of a vault that this node owns or holds, by its beginning.
 *
 * @throws UsageError when none or several are meant
 */
export async function vaultIdOf (api: ApiClient, name: string): Promise<string> {
  if (name.length >= WHOLE_VAULT_CHARS) return name
  const { own, held } = await api.get<VaultList>('/v1/shards')
  return only([...new Set([...own, ...held].map(({ id }) => id))].filter(id => id.startsWith(name)), `no known vault has an id that begins with "${name}"`, '"shards list --search" lists those that can be found')
}

function only (ids: readonly string[], none: string, fix: string): string {
  const [id, ...others] = ids
  if (id == null) throw new UsageError(none, fix)
  if (others.length > 0) throw new UsageError(`several are meant: ${ids.slice(0, 5).join(', ')}`, 'write more of it')
  return id
}
