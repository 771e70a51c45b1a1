import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Both halves of the space that objects are born in: more saves no time, as most of what a node makes is garbage at once. */
const MAX_BYTES = 16 * 1024 * 1024

/**
 * Keeps the memory that new objects are made in small. V8 doubles it, up to 128 MB, whenever much in it is still in use, like while
 * many peers connect, and a node that never is quite idle would not give it back. For a program: it is about the whole process.
 */
export function boundYoungGeneration (): void {
  let growing: boolean | undefined
  const bound = (): void => {
    const { space_size: bytes = 0 } = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space') ?? {}
    if (growing === bytes < MAX_BYTES) return
    growing = bytes < MAX_BYTES
    // looked at by V8 at the end of each collection
    setFlagsFromString(`--semi-space-growth-factor=${growing ? 2 : 1}`)
  }
  bound()
  new PerformanceObserver(bound).observe({ entryTypes: ['gc'] })
}
