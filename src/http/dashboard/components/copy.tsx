import { useEffect, useState } from 'preact/hooks'
import { IconButton } from './button.tsx'
import { toastProblem } from './toast.tsx'
import type { JSX } from 'preact'

const DONE_MS = 1_500

/** A button that copies a text; `what` names it: `peer id`. */
export function Copy ({ text, what }: { text: string, what: string }): JSX.Element {
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return undefined
    const timer = setTimeout(() => { setDone(false) }, DONE_MS)
    return () => { clearTimeout(timer) }
  }, [done])
  const copy = (): void => {
    write(text).then(() => { setDone(true) }, toastProblem)
  }
  return (
    <>
      <IconButton icon={done ? 'check' : 'copy'} label={`Copy the ${what}`} onClick={copy} />
      <span class='sr-only' role='status'>{done ? 'Copied' : ''}</span>
    </>
  )
}

/** The clipboard is there for pages of this machine and under https; a node opened to others over http has none. */
async function write (text: string): Promise<void> {
  if (!window.isSecureContext) throw new Error('The browser lets only secure pages copy: select the text, and copy it by hand')
  await navigator.clipboard.writeText(text)
}
