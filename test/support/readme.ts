import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blocksIn } from './doc-examples.ts'

export const ROOT = join(import.meta.dirname, '../..')

const text = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** Its programs, as the reader would copy them. */
export const programs = blocksIn(text, 'ts')

/** What the reader is told to type: every line of the `sh` blocks, and what stands as a whole command in the text. */
export const commands = [...new Set([
  ...blocksIn(text, 'sh').flatMap(block => block.split('\n')).map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#')),
  ...inline().filter(code => /^(npm|npx|node) /.test(code))
])]

/** The flags it names. */
export const flags = [...new Set([...text.matchAll(/(?<=[\s`])--[a-z][a-z-]*/g)].map(([flag]) => flag))]

/** The first column of the table under "Map". */
export const map = (/^## Map\n([\s\S]*?)^## /m.exec(text)?.[1] ?? '').split('\n')
  .flatMap(line => [...(/^\|([^|]*)\|/.exec(line)?.[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path))

function inline (): string[] {
  return [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}
