import { ConfigError, KEYS, OPTIONS, asJson, valuesFromFile } from '../config/index.ts'
import type { AppNode } from '../app-node.ts'
import type { Json, Key, Merged } from '../config/index.ts'
import type { RunningSettings } from '../http/context.ts'
import type { SettingName, SettingsChange } from '../http/schemas/settings.ts'
import type { Log } from './log.ts'

const LIMITS = ['minPeers', 'maxPeers', 'maxInbound', 'maxOutbound', 'minOutbound', 'maxPerIp', 'maxPerSubnet'] as const satisfies readonly SettingName[]
const CHANGEABLE: readonly string[] = [...LIMITS, 'autoBan', 'gossipRate', 'logLevel'] satisfies readonly SettingName[]

export interface SettingsChanged {
  event: 'settings:changed'
  changes: Array<{ name: SettingName, before: Json, after: Json }>
}

export interface RunningSettingsInit {
  node: Pick<AppNode, 'services'>
  merged: Merged
  log: Pick<Log, 'level'>
  publish (event: SettingsChanged): void
}

/** The configuration with what has changed since the start. What runs is asked: nothing is remembered here. */
export function createRunningSettings ({ node, merged: { config, origins }, log, publish }: RunningSettingsInit): RunningSettings {
  const { bans, gossipGuard, pool } = node.services

  const current = (): Required<SettingsChange> => {
    const { minPeers, maxPeers, maxInbound, maxOutbound, minOutbound, maxPerIp, maxPerSubnet } = pool.limits
    return { minPeers, maxPeers, maxInbound, maxOutbound, minOutbound, maxPerIp, maxPerSubnet, autoBan: bans.automatic, gossipRate: gossipGuard.rate.perSecond, logLevel: log.level }
  }

  return {
    list () {
      const running: Partial<Record<Key, unknown>> = current()
      return KEYS.map(name => {
        const changeable = CHANGEABLE.includes(name)
        const value = changeable ? running[name] : config[name]
        return {
          name,
          value: asJson(name, value),
          from: changeable && value !== config[name] ? 'running' : origins[name].layer,
          help: OPTIONS[name].help,
          changeable,
          allowed: OPTIONS[name].type.allowed
        }
      })
    },

    change (change) {
      const wanted = checked(change)
      const before = current()
      // the only one that can refuse what is allowed for each value
      pool.setLimits(Object.fromEntries(LIMITS.flatMap(name => wanted[name] == null ? [] : [[name, wanted[name]]])))
      if (wanted.gossipRate != null) gossipGuard.setRate({ perSecond: wanted.gossipRate, burst: wanted.gossipRate })
      if (wanted.logLevel != null) log.level = wanted.logLevel
      if (wanted.autoBan != null) bans.automatic = wanted.autoBan
      const after = current()
      const changes = (Object.keys(after) as SettingName[]).filter(name => after[name] !== before[name]).map(name => ({ name, before: before[name], after: after[name] }))
      if (changes.length > 0) publish({ event: 'settings:changed', changes })
    }
  }
}

/** @throws ConfigError */
function checked (change: SettingsChange): SettingsChange {
  const fixed = Object.keys(change).find(name => KEYS.some(key => key === name) && !CHANGEABLE.includes(name))
  if (fixed != null) throw new ConfigError(`"${fixed}" cannot be changed while the node runs`, 'change it in the configuration, and start the node again')
  return Object.fromEntries([...valuesFromFile({ ...change }, 'file', 'the change')].map(([name, { value }]) => [name, value]))
}
