import { signal } from '@preact/signals'
import { Fragment } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { asProblem } from '../api/problem.ts'
import { Button, IconButton } from './button.tsx'
import { ProblemText } from './states.tsx'
import type { ComponentChildren, JSX, VNode } from 'preact'
import type { ApiProblem } from '../api/problem.ts'

interface Opened { id: number, content: VNode }

const dialogs = signal<readonly Opened[]>([])
let made = 0

/** Shows a dialog, say `openDialog(close => <BanDialog target={id} close={close} />)`, until it is closed. */
export function openDialog (render: (close: () => void) => VNode): void {
  const id = ++made
  const close = (): void => { dialogs.value = dialogs.value.filter(other => other.id !== id) }
  dialogs.value = [...dialogs.value, { id, content: render(close) }]
}

/** Where dialogs are; once in the page. */
export function Dialogs (): JSX.Element {
  return <>{dialogs.value.map(({ id, content }) => <Fragment key={id}>{content}</Fragment>)}</>
}

export interface DialogProps {
  title: string
  close: () => void
  wide?: boolean
  children: ComponentChildren
}

/** What has the focus at first: what is to be filled in, else the button that does nothing. */
const FIRST = ['.dialog-body :is(input, select, textarea):not(:disabled, [readonly])', 'form > footer > button'] as const

/** Over the page, which cannot be used meanwhile; Escape closes it, and the focus goes back to where it was. */
export function Dialog ({ title, close, wide = false, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // closed while it is still in the page, else the focus does not go back
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    const first = FIRST.map(what => shown?.querySelector<HTMLElement>(what)).find(found => found != null)
    first?.focus()
    return () => { shown?.close() }
  }, [])
  return (
    <dialog ref={dialog} class={wide ? 'dialog dialog-wide' : 'dialog'} aria-labelledby={titleId} onCancel={event => { event.preventDefault(); close() }}>
      <header><h2 id={titleId}>{title}</h2><IconButton icon='close' label='Close' onClick={close} /></header>
      {children}
    </dialog>
  )
}

export interface FormDialogProps extends DialogProps {
  /** The word on the button that does it: `Ban`. */
  action: string
  danger?: boolean
  /** Does it; what it throws is shown in the dialog, which else is closed. Closing the dialog aborts it. */
  submit: (signal: AbortSignal) => Promise<void>
}

/** Asks before something is done, with fields or without. */
export function FormDialog ({ action, danger = false, submit, close, children, ...rest }: FormDialogProps): JSX.Element {
  const [running, run] = useState<AbortController>()
  const [problem, fail] = useState<ApiProblem>()
  const leave = (): void => {
    running?.abort()
    close()
  }
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    const abort = new AbortController()
    run(abort)
    fail(undefined)
    submit(abort.signal).then(close, (error: unknown) => {
      if (abort.signal.aborted) return
      run(undefined)
      fail(asProblem(error))
    })
  }
  return (
    <Dialog {...rest} close={leave}>
      <form onSubmit={onSubmit}>
        <div class='dialog-body'>
          {children}
          {problem != null && <ProblemText problem={problem} />}
        </div>
        <footer>
          <Button onClick={leave}>Cancel</Button>
          <Button type='submit' kind={danger ? 'danger' : 'primary'} busy={running != null}>{action}</Button>
        </footer>
      </form>
    </Dialog>
  )
}

/** Asks with words alone: `confirm({ title: 'Lift the ban?', action: 'Lift', children: <p>...</p>, submit })`. */
export function confirm (props: Omit<FormDialogProps, 'close'>): void {
  openDialog(close => <FormDialog {...props} close={close} />)
}
