const PREFIX = '/peerkeep/shards/'

/** Where in the datastore vaults held here are, what those that are gone leave behind, keys that sub-shares are sealed to, and vaults owned here. */
export const VAULT_KEYS = `${PREFIX}vault/`
export const GONE_KEYS = `${PREFIX}gone/`
export const KEM_KEYS = `${PREFIX}kem/`
export const KNOWN_KEYS = `${PREFIX}known/`

/** Whoever forgets any of it after a power failure does harm to others, or takes an old vault for the newest: to be flushed to the disk before a write resolves. */
export const DURABLE_KEYS: readonly string[] = [VAULT_KEYS, GONE_KEYS, KEM_KEYS, KNOWN_KEYS]
