import { Type } from 'typebox'
import { object, words } from './common.ts'
import type { Static } from 'typebox'

const peers = (minimum: number) => Type.Integer({ minimum, maximum: 10_000 })

/** What can change while the node runs, until it is started again: what is to stay belongs into the configuration. */
export const SettingsChange = Type.Partial(object({
  minPeers: peers(0),
  maxPeers: peers(1),
  maxInbound: peers(0),
  maxOutbound: peers(0),
  minOutbound: peers(0),
  maxPerIp: peers(1),
  maxPerSubnet: peers(1),
  autoBan: Type.Boolean(),
  gossipRate: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  logLevel: words(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
}), { additionalProperties: false, minProperties: 1 })
export type SettingsChange = Static<typeof SettingsChange>
export type SettingName = keyof SettingsChange

export const Settings = object({
  settings: Type.Array(object({
    name: Type.String({ description: 'as in a config file' }),
    value: Type.Unknown({ description: 'as in a config file; secrets are null' }),
    from: Type.String({ description: 'default, profile, file, environment, flag, or running' }),
    help: Type.String(),
    changeable: Type.Boolean({ description: 'while the node runs' }),
    allowed: Type.String({ description: 'in words' })
  }))
})
export type Settings = Static<typeof Settings>
