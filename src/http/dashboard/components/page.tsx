import { useEffect, useRef } from 'preact/hooks'
import type { ComponentChildren, JSX } from 'preact'

let first = true

/** A view: its heading, what can be done with all of it, its parts. Coming from another view the heading has the focus. */
export function Page ({ title, actions, children }: { title: string, actions?: ComponentChildren, children: ComponentChildren }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Peerkeep`
    if (!first) heading.current?.focus()
    first = false
  }, [title])
  return (
    <>
      <header class='page-header'>
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {actions != null && <div class='actions'>{actions}</div>}
      </header>
      {children}
    </>
  )
}

/** A part of a view. `flush`: without space around a table. */
export function Card ({ title, actions, flush = false, children }: { title?: string, actions?: ComponentChildren, flush?: boolean, children: ComponentChildren }): JSX.Element {
  return (
    <section class={flush ? 'card card-flush' : 'card'}>
      {title != null && <header><h2>{title}</h2>{actions != null && <div class='actions'>{actions}</div>}</header>}
      {children}
    </section>
  )
}

/** Names and values: `[['Uptime', '3 d'], ...]`; a value of null is left out. `wide`: beside each other where there is room. */
export function Facts ({ of, wide = false }: { of: ReadonlyArray<readonly [name: string, value: ComponentChildren]>, wide?: boolean }): JSX.Element {
  return (
    <dl class={wide ? 'facts facts-wide' : 'facts'}>
      {of.map(([name, value]) => value == null ? null : <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  )
}
