import { call } from './client.ts'
import type { CallOptions } from './client.ts'
import type { Ban, BanExplanation, BanList, BanRequest } from '../../schemas/ban.ts'
import type { BroadcastAnswer, BroadcastRequest, FileAnswer, FileQuery, Inbox, MessageAnswer, MessageRequest, Outbox, Topics } from '../../schemas/message.ts'
import type { NetworkInfo } from '../../schemas/network.ts'
import type { NodeInfo } from '../../schemas/node.ts'
import type { DialAnswer, PeerDetail, PeerPage, PeerQuery, PingAnswer } from '../../schemas/peer.ts'
import type { Settings, SettingsChange } from '../../schemas/settings.ts'
import type { AmendRequest, OpenAnswer, ReshareRequest, RevokeAnswer, StoreRequest, UpdateRequest, Vault, VaultCallRequest, VaultList, VaultLog, VaultStatus } from '../../schemas/shards.ts'

// Calls that other peers take part in are as slow as those.
const DIAL_MS = 60_000
const VAULT_MS = 600_000
const FILE_MS = 3_600_000

const at = (...parts: string[]): string => `/v1/${parts.map(encodeURIComponent).join('/')}`
type Read<T> = (options?: CallOptions) => Promise<T>
const read = <T>(...parts: string[]): Read<T> => async options => await call<T>('GET', at(...parts), options)

/** Every call of the node that the dashboard makes. */
export const api = {
  node: read<NodeInfo>('node'),
  network: read<NetworkInfo>('network'),

  peers: async (query: PeerQuery, options?: CallOptions) => await call<PeerPage>('GET', at('peers'), { query, ...options }),
  peer: async (id: string, options?: CallOptions) => await call<PeerDetail>('GET', at('peers', id), options),
  dial: async (target: string, options?: CallOptions) => await call<DialAnswer>('POST', at('peers', 'dial'), { body: { target }, timeoutMs: DIAL_MS, ...options }),
  ping: async (id: string, options?: CallOptions) => await call<PingAnswer>('POST', at('peers', id, 'ping'), { timeoutMs: DIAL_MS, ...options }),
  disconnect: async (id: string, options?: CallOptions) => { await call('DELETE', at('peers', id, 'connection'), options) },

  bans: read<BanList>('bans'),
  ban: async (request: BanRequest, options?: CallOptions) => await call<Ban>('POST', at('bans'), { body: request, ...options }),
  unban: async (target: string, options?: CallOptions) => { await call('DELETE', at('bans', target), options) },
  explain: async (target: string, options?: CallOptions) => await call<BanExplanation>('GET', at('bans', target), options),

  messages: async (query: { limit?: number, offset?: number }, options?: CallOptions) => await call<Inbox>('GET', at('messages'), { query, ...options }),
  sendMessage: async (request: MessageRequest, options?: CallOptions) => await call<MessageAnswer>('POST', at('messages'), { body: request, ...options }),
  broadcast: async (request: BroadcastRequest, options?: CallOptions) => await call<BroadcastAnswer>('POST', at('broadcast'), { body: request, ...options }),
  outbox: read<Outbox>('outbox'),
  cancelMessage: async (id: string, options?: CallOptions) => { await call('DELETE', at('outbox', id), options) },
  topics: read<Topics>('topics'),
  addTopic: async (topic: string, options?: CallOptions) => await call<Topics>('POST', at('topics'), { body: { topic }, ...options }),
  removeTopic: async (topic: string, options?: CallOptions) => { await call('DELETE', at('topics', topic), options) },
  sendFile: async (query: FileQuery, file: Blob, options?: CallOptions) => await call<FileAnswer>('POST', at('files'), { query, body: file, timeoutMs: FILE_MS, ...options }),

  vaults: async (query: { search?: boolean } = {}, options?: CallOptions) => await call<VaultList>('GET', at('shards'), { query, timeoutMs: DIAL_MS, ...options }),
  vault: async (id: string, options?: CallOptions) => await call<VaultStatus>('GET', at('shards', id), { timeoutMs: DIAL_MS, ...options }),
  vaultLog: async (id: string, options?: CallOptions) => await call<VaultLog>('GET', at('shards', id, 'log'), { timeoutMs: DIAL_MS, ...options }),
  storeSecret: async (request: StoreRequest, options?: CallOptions) => await call<Vault>('POST', at('shards'), { body: request, timeoutMs: VAULT_MS, ...options }),
  openVault: async (id: string, request: VaultCallRequest = {}, options?: CallOptions) => await call<OpenAnswer>('POST', at('shards', id, 'open'), { body: request, timeoutMs: VAULT_MS, ...options }),
  exportVault: async (id: string, request: VaultCallRequest = {}, options?: CallOptions) => await call<OpenAnswer>('POST', at('shards', id, 'export'), { body: request, timeoutMs: VAULT_MS, ...options }),
  auditVault: async (id: string, request: VaultCallRequest = {}, options?: CallOptions) => await call<VaultStatus>('POST', at('shards', id, 'audit'), { body: request, timeoutMs: VAULT_MS, ...options }),
  refreshVault: async (id: string, request: VaultCallRequest = {}, options?: CallOptions) => await call<Vault>('POST', at('shards', id, 'refresh'), { body: request, timeoutMs: VAULT_MS, ...options }),
  repairVault: async (id: string, request: VaultCallRequest = {}, options?: CallOptions) => await call<Vault>('POST', at('shards', id, 'repair'), { body: request, timeoutMs: VAULT_MS, ...options }),
  reshareVault: async (id: string, request: ReshareRequest = {}, options?: CallOptions) => await call<Vault>('POST', at('shards', id, 'reshare'), { body: request, timeoutMs: VAULT_MS, ...options }),
  rotateVault: async (id: string, request: VaultCallRequest = {}, options?: CallOptions) => await call<Vault>('POST', at('shards', id, 'rotate'), { body: request, timeoutMs: VAULT_MS, ...options }),
  updateVault: async (id: string, request: UpdateRequest, options?: CallOptions) => await call<Vault>('POST', at('shards', id, 'update'), { body: request, timeoutMs: VAULT_MS, ...options }),
  amendVault: async (id: string, request: AmendRequest, options?: CallOptions) => await call<Vault>('PATCH', at('shards', id), { body: request, timeoutMs: VAULT_MS, ...options }),
  revokeVault: async (id: string, options?: CallOptions) => await call<RevokeAnswer>('DELETE', at('shards', id), { timeoutMs: VAULT_MS, ...options }),

  settings: read<Settings>('settings'),
  changeSettings: async (change: SettingsChange, options?: CallOptions) => await call<Settings>('PATCH', at('settings'), { body: change, ...options })
}
