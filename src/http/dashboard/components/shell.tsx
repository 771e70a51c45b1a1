import { useEffect, useRef, useState } from 'preact/hooks'
import { signOut } from '../api/session.ts'
import { link, retryNow } from '../state/live.ts'
import { node } from '../state/node.ts'
import { href, route } from '../state/router.ts'
import { THEMES, theme } from '../state/theme.ts'
import { Button, IconButton } from './button.tsx'
import { short } from './format.ts'
import { Icon } from './icon.tsx'
import type { ComponentChildren, JSX } from 'preact'
import type { View } from '../views/index.ts'

/** What stands around every view: the way to the others, the state of the connection, the theme. */
export function Shell ({ views, current, children }: { views: readonly View[], current: View | undefined, children: ComponentChildren }): JSX.Element {
  const main = useRef<HTMLElement>(null)
  const [open, setOpen] = useState(false)
  const where = route.value.path.join('/')
  useEffect(() => {
    setOpen(false)
    scrollTo(0, 0)
  }, [where])
  useEffect(() => node.start(), [])
  return (
    <div class='shell'>
      <a class='skip-link' href='#main' onClick={event => { event.preventDefault(); main.current?.focus() }}>Skip to the content</a>
      <header class='bar'>
        <a class='brand' href={href([])}><img src='icon.svg' alt='' width='28' height='28' /><span>Peerkeep<NodeName /></span></a>
        <LinkState />
        <ThemeButton />
        <IconButton icon='leave' label='Sign out' onClick={signOut} />
        <button type='button' class='icon-button menu-button' aria-expanded={open} aria-controls='views' aria-label='Views' onClick={() => { setOpen(!open) }}><Icon name={open ? 'close' : 'menu'} /></button>
      </header>
      <nav id='views' class={open ? 'nav nav-open' : 'nav'} aria-label='Views'>
        <ul>
          {views.map(view => (
            <li key={view.name}>
              <a href={href(view.name === '' ? [] : [view.name])} aria-current={view === current ? 'page' : undefined}><Icon name={view.icon} />{view.title}</a>
            </li>
          ))}
        </ul>
      </nav>
      <main ref={main} id='main' tabIndex={-1}>
        <LostNote />
        {children}
      </main>
    </div>
  )
}

function NodeName (): JSX.Element | null {
  const info = node.data.value
  return info == null ? null : <small>{info.network} <span class='mono'>{short(info.peerId)}</span></small>
}

const STATES = {
  connecting: { tone: 'info', text: 'Connecting' },
  live: { tone: 'good', text: 'Live' },
  lost: { tone: 'bad', text: 'Lost' }
} as const

function LinkState (): JSX.Element {
  const { tone, text } = STATES[link.value.state]
  return <span class={`link-state link-state-${tone}`} role='status'>{text}</span>
}

function LostNote (): JSX.Element | null {
  const { value } = link
  if (value.state !== 'lost') return null
  return (
    <div class='note note-bad lost-note' role='alert'>
      <Icon name='unlink' />
      <p>Connection lost. What you see is what was last known.<small>{value.detail}. This page tries again by itself; if the node was stopped, start it again.</small></p>
      <Button small icon='reload' onClick={retryNow}>Try now</Button>
    </div>
  )
}

function ThemeButton (): JSX.Element {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system'
  const icons = { system: 'system', light: 'sun', dark: 'moon' } as const
  return <IconButton icon={icons[theme.value]} label={`Colours: ${theme.value}. Change to ${next}`} onClick={() => { theme.value = next }} />
}
