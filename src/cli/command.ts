import type { Merged } from '../config/index.ts'
import type { ConfigOf, OptionTable } from '../config/option.ts'
import type { Place } from '../config/place-options.ts'
import type { ValueType } from '../config/value-types.ts'
import type { ApiClient } from './client/api-client.ts'
import type { Output } from './client/output.ts'
import type { Terminal } from './reporter.ts'

/** One row for each argument of a command, in their order; those that may be left out stand last. */
export interface Argument<T> {
  type: ValueType<T>
  help: string
  optional?: boolean
  /** It takes all that follows. */
  repeatable?: boolean
}

export type ArgumentTable = Readonly<Record<string, Argument<unknown>>>

type ArgumentOf<A> = A extends Argument<infer T> ? A extends { repeatable: true } ? readonly T[] : A extends { optional: true } ? T | undefined : T : never

export type ArgumentsOf<A> = { readonly [K in keyof A]: ArgumentOf<A[K]> }

/** What all rows of commands have. */
interface Described {
  summary: string
  /** More, for its own help. */
  about: string
  /** What follows the program's name. */
  example: string
  arguments: ArgumentTable
  /** What `--json` prints. */
  json: string
  /** Other names. */
  aliases?: readonly string[]
}

/** What a command about a node in this process, or its configuration, works with. */
export interface CommandContext {
  terminal: Terminal
  merged: Merged
  /** Stores what was compiled by now, for the next start. */
  keepCode (): Promise<void>
}

/** Takes all options. */
export interface OwnCommand extends Described {
  takes: 'options'
  run (context: CommandContext): Promise<number>
}

/** About this program. */
export interface PlainCommand extends Described {
  takes: 'nothing'
  run (context: { terminal: Terminal, words: readonly string[], json: boolean }): Promise<number>
}

/** About a node that runs: takes its own flags, and those that say which node. */
export interface ClientCommand extends Described {
  takes: 'place'
  flags: OptionTable
  /** Resolves to the exit code if it is not 0. */
  run (call: Call): Promise<number | void>
}

export type Command = OwnCommand | PlainCommand | ClientCommand

/** What a client command works with. */
export interface Call<A = ArgumentTable, F = OptionTable> {
  args: ArgumentsOf<A>
  flags: ConfigOf<F>
  place: Place
  api: ApiClient
  out: Output
}

/** A row whose `run` knows the types of its arguments and flags. */
export function client<const A extends ArgumentTable, const F extends OptionTable> (row: Omit<ClientCommand, 'takes' | 'arguments' | 'flags' | 'run'> & {
  arguments: A
  flags: F
  run (call: Call<A, F>): Promise<number | void>
}): ClientCommand {
  return { takes: 'place', ...row } as unknown as ClientCommand
}

export function needed<T> (type: ValueType<T>, help: string): { type: ValueType<T>, help: string } {
  return { type, help }
}

export function spare<T> (type: ValueType<T>, help: string): { type: ValueType<T>, help: string, optional: true } {
  return { type, help, optional: true }
}

export function several<T> (type: ValueType<T>, help: string): { type: ValueType<T>, help: string, optional: true, repeatable: true } {
  return { type, help, optional: true, repeatable: true }
}
