import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import type { ComponentChildren, JSX } from 'preact'
import type { ApiProblem } from '../api/problem.ts'
import type { Resource } from '../state/resource.ts'
import type { IconName } from './icon.tsx'

/** Nothing is there, why, and what to do: `children` say it and may have buttons. */
export function EmptyState ({ icon = 'info', title, children }: { icon?: IconName, title: string, children?: ComponentChildren }): JSX.Element {
  return <div class='state'><Icon name={icon} /><p class='state-title'>{title}</p><div class='state-text'>{children}</div></div>
}

export function ErrorState ({ problem, retry }: { problem: ApiProblem, retry?: () => void }): JSX.Element {
  return (
    <div class='state state-bad' role='alert'>
      <Icon name='warning' />
      <p class='state-title'>{problem.message}</p>
      <div class='state-text'>
        {problem.fix != null && <p>{problem.fix}</p>}
        <p class='muted'>{problem.code}</p>
        {retry != null && <Button icon='reload' onClick={retry}>Try again</Button>}
      </div>
    </div>
  )
}

/** A problem within a form or beside what is still shown. */
export function ProblemText ({ problem }: { problem: ApiProblem }): JSX.Element {
  return (
    <div class='note note-bad' role='alert'>
      <Icon name='warning' />
      <p>{problem.message}{problem.fix != null && <small>{problem.fix}</small>}</p>
    </div>
  )
}

/** Grey lines where `what` will be. */
export function Loading ({ what, lines = 4 }: { what: string, lines?: number }): JSX.Element {
  return (
    <div class='loading' role='status'>
      <span class='sr-only'>Loading {what}</span>
      {Array.from({ length: lines }, (_, index) => <span key={index} class='loading-line' aria-hidden='true' />)}
    </div>
  )
}

export interface LoadedProps<T> {
  of: Resource<T>
  /** As in `Loading peers`. */
  what: string
  lines?: number
  children: (data: T) => ComponentChildren
}

/** A resource, or that it is on its way, or why it is not; older data stays with the problem above it. */
export function Loaded<T> ({ of, what, lines, children }: LoadedProps<T>): JSX.Element {
  const data = of.data.value
  const problem = of.problem.value
  if (data === undefined) return problem == null ? <Loading what={what} lines={lines} /> : <ErrorState problem={problem} retry={of.reload} />
  return <>{problem != null && <ProblemText problem={problem} />}{children(data)}</>
}
