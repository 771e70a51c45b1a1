/** WebCrypto works on other threads: what it has been asked for and has not answered yet. */
let underWay = 0
let watched = false

const TURNS = 4

/** Lets everything run that needs no time to pass: promises, and what WebCrypto is asked for. Then only a timer is left to happen. */
export async function idle (): Promise<void> {
  watch()
  for (let quiet = 0; quiet < TURNS; quiet++) {
    await new Promise(resolve => setImmediate(resolve))
    if (underWay > 0) quiet = -1
  }
}

function watch (): void {
  if (watched) return
  watched = true
  const methods = SubtleCrypto.prototype as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  for (const name of ['encrypt', 'decrypt', 'sign', 'verify', 'digest', 'deriveBits', 'deriveKey', 'generateKey', 'importKey', 'exportKey']) {
    const method = methods[name]!
    methods[name] = async function (this: unknown, ...args: unknown[]) {
      underWay++
      try {
        return await method.apply(this, args)
      } finally {
        underWay--
      }
    }
  }
}
