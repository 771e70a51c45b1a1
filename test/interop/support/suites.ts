import { ForeignNode } from './foreign-node.ts'
import { LANGUAGES, Missing } from './toolchain.ts'
import type { Language } from './toolchain.ts'

// downloads, and a compiler that has everything to do
const PREPARE_MS = 900_000

const prepared = new Map<Language, Promise<(() => Promise<string[]>) | Missing>>()

/** Once a run, and what is missing is told once. */
async function prepare (language: Language): Promise<(() => Promise<string[]>) | Missing> {
  const before = prepared.get(language)
  if (before != null) return await before
  const preparing = language.prepare().catch((err: unknown) => {
    if (!(err instanceof Missing)) throw err
    process.stdout.write(`skipped: ${err.message}\n`)
    return err
  })
  prepared.set(language, preparing)
  return await preparing
}

/** A suite for each language, with a node of it that lives as long as the suite; skipped where it cannot be had. */
export function inForeign (title: string, suite: (foreign: () => ForeignNode, language: Language['name']) => void, languages: readonly Language[] = LANGUAGES): void {
  describe(title, () => {
    for (const language of languages) {
      describe(`with ${language.name}`, () => {
        let node: ForeignNode | undefined

        before(async function () {
          this.timeout(PREPARE_MS)
          const ready = await prepare(language)
          if (ready instanceof Missing) this.skip()
          else node = await ForeignNode.start(await ready())
        })

        after(async () => { await node?.[Symbol.asyncDispose]() })

        suite(() => {
          if (node == null) throw new Error('the foreign node is not started before the tests')
          return node
        }, language.name)
      })
    }
  })
}
