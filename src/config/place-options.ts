import { one, optional } from './option.ts'
import { boolean, matching, path } from './value-types.ts'
import type { ConfigOf } from './option.ts'

function isHttpUrl (value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined
  return url != null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === ''
}

/** The options that say which node a command is about. Apart from the others, so that commands need not load what those are checked with. */
export const PLACE_OPTIONS = {
  dataDir: one(path, '~/.peerkeep', 'where the identity, the address book and the data live ($XDG_DATA_HOME/peerkeep where that is set)'),
  config: optional(path, 'a JSON file with any of these options', { flagOnly: true }),
  profile: one(matching('<name>', /^[a-z][a-z0-9-]{0,31}$/, 'the name of a profile, like dev'), 'default', 'a set of defaults: default, dev, relay, light or private'),
  apiTokenFile: optional(path, 'the file with the token of the admin API, made when it is missing [api-token in the data directory]'),
  apiUrl: optional(matching('<url>', isHttpUrl, 'the URL of an admin API, like https://node.example.org:4780'), 'for commands: the node to ask, instead of the one that runs on this data directory'),
  json: one(boolean, false, 'for programs: one JSON object a line on stdout')
} as const

export type Place = ConfigOf<typeof PLACE_OPTIONS>
