/** The colour that a CSS variable like `--chart-1` has at an element now: what is drawn on a canvas follows the theme by it. */
export function cssColour (at: Element, variable: string): string {
  const style = getComputedStyle(at)
  const colour = style.getPropertyValue(variable).trim()
  return colour === '' ? style.color : colour
}

/** Calls back when the colours of the page change: by the system's setting, or by the `data-theme` of the page. Returns how to stop. */
export function onThemeChange (change: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const chosen = new MutationObserver(change)
  dark.addEventListener('change', change)
  chosen.observe(document.documentElement, { attributeFilter: ['class', 'data-theme'] })
  return () => {
    dark.removeEventListener('change', change)
    chosen.disconnect()
  }
}
