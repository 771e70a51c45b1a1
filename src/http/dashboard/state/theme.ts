import { effect, signal } from '@preact/signals'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = typeof THEMES[number]

const KEY = 'peerkeep-theme'

/** What the user wants; `system`: as the system does. */
export const theme = signal<Theme>(THEMES.find(name => name === localStorage.getItem(KEY)) ?? 'system')

export function startTheme (): void {
  effect(() => {
    localStorage.setItem(KEY, theme.value)
    if (theme.value === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme.value
  })
}
