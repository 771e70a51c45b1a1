import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { SourceMapPayload } from 'node:module'

const FRAMES = /(file:\/\/\S+?\/(?:src|dist)\/([\w./-]+?)):(\d+):(\d+)/g
const PACKAGES = /(?:^|\/)node_modules\//

/** The nearest line of this program in a stack, as its source calls it: `services/pool/service.ts:120`. */
export function sourcePlace (stack: string): string | undefined {
  for (const [, url = '', file, line, column] of stack.matchAll(FRAMES)) {
    if (PACKAGES.test(url)) continue
    const place = originOf(url, Number(line), Number(column)) ?? `${file}:${line}`
    if (!PACKAGES.test(place)) return place
  }
  return undefined
}

/** Absent where there is no source map beside the file. */
function originOf (url: string, line: number, column: number): string | undefined {
  let map: SourceMap
  try {
    map = new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')) as SourceMapPayload)
  } catch {
    // what is told of a failure must not fail
    return undefined
  }
  const origin = map.findOrigin(line, column)
  return 'fileName' in origin ? `${origin.fileName.replace(/^(?:\.\.\/)*(?:src\/)?/, '')}:${origin.lineNumber}` : undefined
}
