import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { asProblem } from '../../api/problem.ts'
import { Button } from '../../components/button.tsx'
import { Copy } from '../../components/copy.tsx'
import { bytes } from '../../components/format.ts'
import { Card } from '../../components/page.tsx'
import { ProblemText } from '../../components/states.tsx'
import { ProgressNote, useVaultProgress } from './progress.tsx'
import type { JSX } from 'preact'
import type { ApiProblem } from '../../api/problem.ts'
import type { OpenAnswer } from '../../../schemas/shards.ts'

/** It is hidden by itself after so long. */
const SHOWN_MS = 60_000

/** The secret itself, from when it is asked for until it is hidden; it is in no store, and gone with this card. */
export function SecretCard ({ id }: { id: string }): JSX.Element {
  const [secret, setSecret] = useState<OpenAnswer>()
  const [problem, setProblem] = useState<ApiProblem>()
  const [running, run] = useState<AbortController>()
  const { progress, during } = useVaultProgress()
  const current = useRef<AbortController>(undefined)
  useEffect(() => () => { current.current?.abort() }, [])
  useEffect(() => {
    if (secret == null) return undefined
    const timer = setTimeout(() => { setSecret(undefined) }, SHOWN_MS)
    return () => { clearTimeout(timer) }
  }, [secret])

  const open = (): void => {
    const abort = current.current = new AbortController()
    run(abort)
    setProblem(undefined)
    during(async call => await api.openVault(id, { call }, { signal: abort.signal })).then(answer => {
      if (!abort.signal.aborted) setSecret(answer)
    }, (error: unknown) => {
      if (!abort.signal.aborted) setProblem(asProblem(error))
    }).finally(() => { run(undefined) })
  }

  return (
    <Card title='Secret'>
      <div class='stack'>
        {problem != null && <ProblemText problem={problem} />}
        {running != null && progress != null && <ProgressNote progress={progress} />}
        {secret == null
          ? (
            <div class='actions'>
              <Button kind='primary' icon='secrets' busy={running != null} onClick={open}>Open</Button>
              {running == null ? <span class='muted'>It is put together here from what the holders answer, and shown on this screen.</span> : <Button onClick={() => { running.abort() }}>Cancel</Button>}
            </div>
            )
          : <Opened secret={secret} hide={() => { setSecret(undefined) }} />}
      </div>
    </Card>
  )
}

function Opened ({ secret: { text, base64 }, hide }: { secret: OpenAnswer, hide: () => void }): JSX.Element {
  const shown = useRef<HTMLPreElement>(null)
  useEffect(() => { shown.current?.focus() }, [])
  return (
    <>
      {text == null
        ? <p>It is no text, but {bytes(bytesOf(base64).length)}: save it as a file.</p>
        : <div class='vaults-opened'><pre ref={shown} class='mono' tabIndex={0} aria-label='The secret'>{text}</pre><Copy text={text} what='secret' /></div>}
      <div class='actions'>
        <Button kind='primary' onClick={hide}>Hide</Button>
        <Button icon='download' onClick={() => { save(bytesOf(base64)) }}>Save as a file</Button>
        <span class='muted' role='status'>Opened. It is hidden by itself after a minute.</span>
      </div>
    </>
  )
}

function bytesOf (base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
}

function save (content: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'secret'
  link.click()
  URL.revokeObjectURL(url)
}
