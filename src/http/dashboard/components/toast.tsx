import { signal } from '@preact/signals'
import { asProblem } from '../api/problem.ts'
import { IconButton } from './button.tsx'
import { Icon } from './icon.tsx'
import type { JSX } from 'preact'

interface Toast { id: number, tone: 'good' | 'bad', text: string, fix?: string }

const SHOWN_MS = 6_000
const MAX_SHOWN = 4

const toasts = signal<readonly Toast[]>([])
let made = 0

/** Says shortly that something was done. */
export function toast (text: string): void {
  const id = add({ tone: 'good', text })
  setTimeout(() => { dismiss(id) }, SHOWN_MS)
}

/** Says that something was not done; stays until it is closed. What was aborted is no failure. */
export function toastProblem (error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return
  const { message, fix } = asProblem(error)
  add({ tone: 'bad', text: message, fix })
}

function add (toast: Omit<Toast, 'id'>): number {
  const id = ++made
  toasts.value = [...toasts.value, { ...toast, id }].slice(-MAX_SHOWN)
  return id
}

function dismiss (id: number): void {
  toasts.value = toasts.value.filter(toast => toast.id !== id)
}

export function Toasts (): JSX.Element {
  return (
    <div class='toasts' role='status' aria-live='polite'>
      {toasts.value.map(({ id, tone, text, fix }) => (
        <div key={id} class={`toast toast-${tone}`}>
          <Icon name={tone === 'good' ? 'check' : 'warning'} />
          <p>{text}{fix != null && <small>{fix}</small>}</p>
          <IconButton icon='close' label='Close this note' onClick={() => { dismiss(id) }} />
        </div>
      ))}
    </div>
  )
}
