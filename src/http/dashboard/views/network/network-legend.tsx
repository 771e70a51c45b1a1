import type { ComponentChildren, JSX } from 'preact'

const SHAPES: ReadonlyArray<readonly [name: string, mark: ComponentChildren]> = [
  ['full node', <circle key='full' cx='10' cy='10' r='5' />],
  ['relay', <path key='relay' d='M10 3l7 7-7 7-7-7Z' />],
  ['gateway', <rect key='gateway' x='5' y='5' width='10' height='10' />],
  ['light node', <path key='light' d='M10 3.5 16.5 15h-13Z' />]
]
const STANDINGS: ReadonlyArray<readonly [name: string, edge: ComponentChildren]> = [
  ['good', null],
  ['discouraged', <circle key='edge' class='network-edge' cx='10' cy='10' r='8' />],
  ['refused', <circle key='edge' class='network-edge' cx='10' cy='10' r='8' stroke-dasharray='2.5 2.5' />],
  ['banned', <><circle class='network-edge' cx='10' cy='10' r='8' stroke-dasharray='2.5 2.5' /><path class='network-cross' d='M7 7l6 6M13 7l-6 6' /></>]
]

/** What the shapes and colours of the graph mean. */
export function Legend (): JSX.Element {
  return (
    <div class='network-legend'>
      <h2>How to read it</h2>
      <p class='muted'>This node is in the middle; the farther out a peer, the longer a round trip to it. Choose one to see more.</p>
      <ul>
        <li><Mark kind='network-self'><circle cx='10' cy='10' r='4' /><circle class='network-edge' cx='10' cy='10' r='8' /></Mark>this node</li>
        {SHAPES.map(([name, mark]) => <li key={name}><Mark kind='network-shape'>{mark}</Mark>{name}</li>)}
      </ul>
      <ul>
        {STANDINGS.map(([name, edge]) => <li key={name}><Mark kind={`network-${name}`}><circle cx='10' cy='10' r='4.5' />{edge}</Mark>{name}</li>)}
        <li><Mark kind='network-line'><path d='M1 10h18' /></Mark>connected</li>
        <li><Mark kind='network-line'><path d='M1 10h18' stroke-dasharray='4 3' /></Mark>through a relay</li>
      </ul>
    </div>
  )
}

function Mark ({ kind, children }: { kind: string, children: ComponentChildren }): JSX.Element {
  return <svg class={`network-mark ${kind}`} viewBox='0 0 20 20' aria-hidden='true'>{children}</svg>
}
