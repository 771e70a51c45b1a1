import type { NodeEvent } from '../app-node/events.ts'

/** What the program says while it runs: with `--json` one of these a line, plus `time` (ISO 8601). */
export type ProgramEvent =
  | NodeEvent
  | { event: 'ready', peerId: string, addresses: string[], dataDir: string, version: string, readyMs: number }
  | { event: 'warning', code: string, message: string }
  | { event: 'error', code: string, message: string, fix?: string }
  | { event: 'stopped' }
  | { event: 'api:listening', url: string, tokenFile: string }
