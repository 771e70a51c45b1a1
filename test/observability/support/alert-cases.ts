/** Series in promtool's notation, one value a step: `a+bxn` begins with `a` and adds `b` n times. `job` and `instance` are added. */
interface AlertCase {
  /** What makes it fire, and no other. */
  fires: Record<string, string>
  /** Nearly that. */
  silent: Record<string, string>
  /** @default 1 */
  stepMinutes?: number
}

/** Steps that each case goes through. */
export const STEPS = 90
const HALF_HOUR = 30

const always = (value: number): string => `${value}x${STEPS}`
/** Only in the last steps. */
const since = (steps: number, before: number, after: number): string => `${before}x${STEPS - steps} ${after}x${steps}`
const event = (name: string, values: string): Record<string, string> => ({ [`peerkeep_node_events_total{event="${name}"}`]: values })
const counted = (name: string, times: number): Record<string, string> => event(name, since(10, 7, 7 + times))
const peers = (inbound: string, outbound: string): Record<string, string> => ({
  'peerkeep_pool_peers{direction="inbound"}': inbound,
  'peerkeep_pool_peers{direction="outbound"}': outbound,
  'peerkeep_pool_limit{limit="minPeers"}': always(8),
  'peerkeep_pool_limit{limit="minOutbound"}': always(8),
  'peerkeep_node_health{state="isolated"}': always(0)
})
const vaults = (state: string, values: string): Record<string, string> => ({ [`peerkeep_shards_held_vaults{state="${state}"}`]: values })

export const ALERT_CASES: Record<string, AlertCase> = {
  PeerkeepDown: { fires: { up: since(5, 1, 0) }, silent: { up: since(1, 1, 0) } },
  PeerkeepRestarts: {
    fires: { process_start_time_seconds: `1x${STEPS - 30} 2x10 3x5 4x15` },
    silent: { process_start_time_seconds: `1x${STEPS - 30} 2x10 3x20` }
  },
  PeerkeepIsolated: {
    fires: { 'peerkeep_node_health{state="isolated"}': since(10, 0, 1) },
    silent: { 'peerkeep_node_health{state="isolated"}': since(3, 0, 1), 'peerkeep_node_health{state="degraded"}': always(1) }
  },
  PeerkeepFewPeers: { fires: peers(since(40, 4, 3), since(40, 4, 4)), silent: peers(always(4), always(4)) },
  PeerkeepFewOutbound: { fires: peers(always(9), since(40, 8, 3)), silent: peers(always(9), always(4)) },
  PeerkeepLinkCut: { fires: { peerkeep_scoring_outage: since(15, 0, 1) }, silent: { peerkeep_scoring_outage: since(5, 0, 1) } },
  PeerkeepManyBans: { fires: counted('ban:added', 30), silent: counted('ban:added', 15) },
  PeerkeepBansSpared: { fires: counted('ban:spared', 1), silent: counted('ban:spared', 0) },
  PeerkeepFlooded: {
    fires: { 'peerkeep_gossip_guard_messages_total{what="limited"}': `0+3600x${STEPS}` },
    silent: { 'peerkeep_gossip_guard_messages_total{what="limited"}': `0+2400x${STEPS}`, 'peerkeep_gossip_guard_messages_total{what="messages"}': `0+9000x${STEPS}` }
  },
  PeerkeepOutboxGrows: {
    fires: { 'peerkeep_messaging_outbox_messages{state="queued"}': `1100+1x${STEPS}` },
    silent: { 'peerkeep_messaging_outbox_messages{state="queued"}': `4000-1x${STEPS}`, 'peerkeep_messaging_outbox_messages{state="sent"}': always(3_000) }
  },
  PeerkeepMessagesExpire: { fires: counted('message:expired', 1), silent: counted('message:delivered', 1) },
  PeerkeepHandlersFail: { fires: counted('handler:failed', 10), silent: counted('handler:failed', 3) },
  PeerkeepVaultShort: { fires: vaults('short', since(52, 0, 1)), silent: vaults('short', since(40, 0, 1)), stepMinutes: HALF_HOUR },
  PeerkeepVaultEndangered: { fires: vaults('endangered', since(20, 0, 1)), silent: vaults('whole', always(5)) },
  PeerkeepHolderLied: { fires: counted('holder:lied', 1), silent: event('holder:lied', always(3)) },
  PeerkeepVaultChangesFail: { fires: counted('vault:failed', 10), silent: counted('vault:failed', 3) },
  PeerkeepWritesFail: {
    fires: { 'peerkeep_bans_entries{map="unwritten"}': `0x${STEPS - 30} 1+1x30`, 'peerkeep_messaging_entries{map="outboxUnwritten"}': always(0) },
    // written now and then
    silent: { 'peerkeep_scoring_entries{map="unwritten"}': Array.from({ length: STEPS / 8 }, () => '1+1x7').join(' '), 'peerkeep_bans_entries{map="peers"}': `0+1x${STEPS}` }
  },
  PeerkeepDiskFull: {
    fires: { peerkeep_node_disk_free_bytes: since(20, 100, 4), peerkeep_node_disk_size_bytes: always(100) },
    silent: { peerkeep_node_disk_free_bytes: always(6), peerkeep_node_disk_size_bytes: always(100) }
  },
  PeerkeepDataDamaged: { fires: { 'peerkeep_messaging_entries{map="outboxDamaged"}': always(1) }, silent: { 'peerkeep_bans_entries{map="damaged"}': always(0) } },
  PeerkeepEventLoopSlow: { fires: { nodejs_eventloop_lag_p99_seconds: since(15, 0.02, 0.3) }, silent: { nodejs_eventloop_lag_p99_seconds: since(5, 0.02, 3) } },
  PeerkeepMemory: { fires: { process_resident_memory_bytes: since(20, 2e8, 2e9) }, silent: { process_resident_memory_bytes: always(1e9) } },
  PeerkeepFileDescriptors: {
    fires: { process_open_fds: since(10, 100, 900), process_max_fds: always(1_000) },
    silent: { process_open_fds: always(700), process_max_fds: always(1_000) }
  }
}
