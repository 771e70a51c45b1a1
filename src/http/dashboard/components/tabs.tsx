import { useId } from 'preact/hooks'
import type { ComponentChildren, JSX, TargetedKeyboardEvent } from 'preact'

export interface TabsProps<N extends string> {
  /** What they are parts of, for screen readers. */
  label: string
  tabs: ReadonlyArray<readonly [name: N, title: string]>
  current: N
  onSelect: (name: N) => void
  /** Of the current tab. */
  children: ComponentChildren
}

/** Parts of a view of which one is seen; the arrow keys move between them. */
export function Tabs<N extends string> ({ label, tabs, current, onSelect, children }: TabsProps<N>): JSX.Element {
  const id = useId()
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const at = tabs.findIndex(([name]) => name === current)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    const next = to == null ? undefined : tabs.at(to % tabs.length)
    if (next == null) return
    event.preventDefault()
    onSelect(next[0])
    document.getElementById(`${id}-${next[0]}`)?.focus()
  }
  return (
    <>
      <div class='tabs' role='tablist' aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map(([name, title]) => (
          <button key={name} type='button' role='tab' id={`${id}-${name}`} aria-selected={name === current} aria-controls={`${id}-panel`} tabIndex={name === current ? 0 : -1} onClick={() => { onSelect(name) }}>{title}</button>
        ))}
      </div>
      <div role='tabpanel' id={`${id}-panel`} aria-labelledby={`${id}-${current}`}>{children}</div>
    </>
  )
}
