import { api } from '../api/calls.ts'
import { Resource } from './resource.ts'

/** Who this node is and how it is; the shell keeps it up to date. */
export const node = new Resource({
  load: api.node,
  events: ['peer:connected', 'peer:disconnected', 'ban:', 'pool:', 'outage:', 'vault:changed', 'settings:changed'],
  everyMs: 10_000
})
