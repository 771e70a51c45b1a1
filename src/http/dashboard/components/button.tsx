import { Icon } from './icon.tsx'
import type { ButtonHTMLAttributes, ComponentChildren, JSX } from 'preact'
import type { IconName } from './icon.tsx'

type Kind = 'plain' | 'primary' | 'danger' | 'quiet'
type Native = Omit<ButtonHTMLAttributes, 'icon' | 'size'>

export interface ButtonProps extends Native {
  /** @default 'plain' */
  kind?: Kind
  icon?: IconName
  small?: boolean
  /** What it started is not done: it cannot be pressed again. */
  busy?: boolean
  children?: ComponentChildren
}

export function Button ({ kind = 'plain', icon, small = false, busy = false, children, ...rest }: ButtonProps): JSX.Element {
  return (
    <button type='button' {...rest} class={`button button-${kind}${small ? ' button-small' : ''}`} aria-busy={busy} disabled={busy || rest.disabled === true}>
      {busy ? <span class='spinner' aria-hidden='true' /> : icon != null && <Icon name={icon} />}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Native {
  icon: IconName
  /** What it does, with what: `Copy the peer id`. */
  label: string
}

export function IconButton ({ icon, label, ...rest }: IconButtonProps): JSX.Element {
  return <button type='button' {...rest} class='icon-button' aria-label={label} title={label}><Icon name={icon} /></button>
}

/** A link that looks like a button. */
export function ButtonLink ({ href, kind = 'plain', icon, children }: { href: string, kind?: Kind, icon?: IconName, children: ComponentChildren }): JSX.Element {
  return <a class={`button button-${kind}`} href={href}>{icon != null && <Icon name={icon} />}{children}</a>
}
