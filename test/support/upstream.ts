/**
 * For tests of what libp2p does wrong: `isFault` says that it still does. When it no longer does, what was built around it
 * here (`workaround`, a file) can go.
 */
export function stillAtFault (isFault: boolean, workaround: string, seen: string): void {
  if (!isFault) throw new Error(`upstream has mended this, remove the work-around in ${workaround}; seen: ${seen}`)
}
