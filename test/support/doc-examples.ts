import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** The text of every block that Markdown fences as this language. */
export function blocksIn (markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].filter(match => match[1] === language).map(match => match[2] as string)
}

/** The ```ts blocks of a file's doc comments, as the reader would copy them. */
export function examplesIn (source: string): string[] {
  const comments = source.match(/\/\*\*[\s\S]*?\*\//g) ?? []
  return comments.flatMap(comment => {
    const text = comment.replaceAll(/^\s*\* ?/gm, '')
    return blocksIn(text, 'ts')
  })
}

/** What TypeScript has to say about each of these programs, by name; nothing is good. `peerkeep` is this repository. */
export async function typeErrors (programs: ReadonlyMap<string, string>): Promise<string[]> {
  // below node_modules, so that dependencies are found and git sees nothing
  const dir = await mkdtemp(join(ROOT, 'node_modules/.examples-'))
  try {
    const names = await Promise.all([...programs].map(async ([name, text], i) => {
      const file = `${i}-${name.replaceAll(/[^a-z0-9]+/gi, '-')}.mts`
      // a program is a module, also when it imports nothing
      await writeFile(join(dir, file), `${text}\nexport {}\n`)
      return file
    }))
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { paths: { peerkeep: ['../../src/index.ts'] }, noUnusedLocals: false },
      files: names,
      include: []
    }))
    const output = await tsc(join(dir, 'tsconfig.json'))
    return output.split('\n').filter(line => /\.mts\(\d+,\d+\): error|^error/.test(line))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** What the compiler prints; it is not an error that it found some. */
async function tsc (project: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--pretty', 'false', '-p', project], { timeout: 120_000 }, (err, stdout, stderr) => {
      if (err != null && (err.killed === true || stdout === '')) reject(new Error(`tsc failed: ${stderr}`, { cause: err }))
      else resolve(stdout)
    })
  })
}
