import { signal } from '@preact/signals'

const KEY = 'peerkeep-token'

/** What proves to the node that this page may see and change it; kept until the tab is closed. */
export const token = signal<string | undefined>(sessionStorage.getItem(KEY) ?? undefined)
/** The node did not take the last token. */
export const refused = signal(false)
/** Came by the address while another was in use: for when the node takes that one no more. */
let offered: string | undefined

export function signIn (given: string): void {
  sessionStorage.setItem(KEY, given)
  offered = undefined
  refused.value = false
  token.value = given
}

export function signOut (): void {
  sessionStorage.removeItem(KEY)
  offered = undefined
  token.value = undefined
}

/** Returns whether there is another to try. `used`: a late refusal of an older token says nothing about the one that is used now. */
export function tokenRefused (used: string | undefined): boolean {
  if (used === token.peek()) {
    if (offered != null) signIn(offered)
    else {
      refused.value = used != null
      signOut()
    }
  }
  return token.peek() != null && token.peek() !== used
}

/** The node knows it: no link to this page, by whomever, puts another in its place. */
export function tokenTaken (used: string | undefined): void {
  if (used === token.peek()) offered = undefined
}

/**
 * Takes `#token=...` out of the address, so that it is neither on the screen nor where the back button leads. The list of visited
 * pages that the browser keeps may have the address as it was opened. The token is used when there is none, or none that the node takes.
 */
export function takeTokenFromAddress (): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given == null || given === '') return
  history.replaceState(null, '', `${location.pathname}#/`)
  if (token.peek() == null) signIn(given)
  else if (given !== token.peek()) offered = given
}
