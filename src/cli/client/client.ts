import { MessageChannel } from 'node:worker_threads'
import { layeringOf, readValue } from '../../config/merge.ts'
import { loadPlace } from '../load.ts'
import { ApiClient } from './api-client.ts'
import { Output } from './output.ts'
import type { ClientCommand } from '../command.ts'
import type { Flags } from '../load.ts'
import type { Terminal } from '../reporter.ts'

/** Runs a command about a node that runs. Resolves to the exit code. */
export async function ask (command: ClientCommand, { flags, words }: { flags: Flags, words: readonly string[] }, terminal: Terminal): Promise<number> {
  const isOwn = (key: string): boolean => command.flags[key] != null
  const layering = layeringOf(command.flags)
  const own = layering.merge([layering.valuesFromFlags(new Map([...flags].filter(([key]) => isOwn(key))))])
  const args = argumentsOf(command, words)
  const place = await loadPlace(new Map([...flags].filter(([key]) => !isOwn(key))), terminal.environment)
  // what only waits for a time holds nothing open
  const { port1 } = new MessageChannel()
  port1.on('message', () => {})
  try {
    return await command.run({ args, flags: own.config, place, api: new ApiClient(place), out: new Output(terminal, place.json) }) ?? 0
  } finally {
    port1.close()
  }
}

function argumentsOf (command: ClientCommand, words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(command.arguments).map(([name, { type, repeatable }], i) => {
    const read = (text: string): unknown => readValue({ type }, text, { name: `<${name}>` })
    if (repeatable === true) return [name, words.slice(i).map(read)]
    const text = words[i]
    return [name, text == null ? undefined : read(text)]
  }))
}
