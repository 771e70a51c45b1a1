/**
 * The dashboard: a page that the node serves at `/`, which shows and steers it by the admin API. It is built apart from the rest
 * by scripts/build-dashboard.mjs, runs in browsers, and takes only types from outside this folder, of `../schemas`.
 *
 * ```
 * main.tsx     starts it        app.tsx  signed in or not, which view         views/index.ts  THE LIST of views
 * api/         calls.ts: `api.peers({ ... })`, every call typed; they throw ApiProblem (message, fix, code)
 * state/       live.ts: events, stats, link, onEvents()     resource.ts: useResource()     router.ts: route, href(), go(), setParams()
 * components/  what views are made of                      charts/  lines, sparklines, QR codes
 * styles/      tokens.css: colours and sizes; use them by var(--...), never a colour of your own
 * ```
 *
 * A view is a folder in views/, a component in it that takes `PageProps`, and a line in views/index.ts:
 *
 * ```tsx
 * export function BansPage ({ params }: PageProps): JSX.Element {
 *   const bans = useResource('bans', { load: api.bans, events: ['ban:'] })      // loaded, and again when a ban is told
 *   return (
 *     <Page title='Bans' actions={<Button kind='primary' icon='plus' onClick={() => { openDialog(close => <BanDialog close={close} />) }}>Ban</Button>}>
 *       <Card title='Banned now' flush>
 *         <Loaded of={bans} what='bans'>
 *           {({ bans }) => bans.length === 0
 *             ? <EmptyState icon='ban' title='Nobody is banned'>Peers that misbehave are banned by themselves.</EmptyState>
 *             : <Table caption='Bans' columns={COLUMNS} rows={bans} rowKey={({ key }) => key} />}
 *         </Loaded>
 *       </Card>
 *     </Page>
 *   )
 * }
 * ```
 *
 * - `Page` has the only h1, `Card title` the h2; `Facts` lists names and values, `Tabs` parts of a view, `Pager` pages of a list.
 * - Whatever changes something asks first: `openDialog(close => <FormDialog ...>)` with fields, `confirm({ title, action, danger, children,
 *   submit })` without. `submit` throws what went wrong, and the dialog shows it. Then `toast('Done')`; outside dialogs `.catch(toastProblem)`.
 * - `TextField`, `TextArea`, `SelectField`, `CheckField` have labels, hints and complaints; `Badge`, `StandingBadge`, `PeerLink`, `Ago`, `Copy`,
 *   `EventLine`, `Button`, `IconButton`, `Icon`; numbers by components/format.ts.
 * - What a peer wrote is text, never markup: no dangerouslySetInnerHTML, no inline script. Styles are classes; `style={{ ... }}` works too.
 * - Queries of lists live in the address (`setParams`), so that they survive a reload and can be shared.
 * - A view's own styles are a file beside it, imported by it: `import './bans.css'`; class names begin with the view's name.
 * - Classes for all: muted, mono, sr-only, actions (buttons in a row), stack (things below each other), columns (cards side by side), tiles, wrap.
 *
 * @packageDocumentation
 */
import { token } from './api/session.ts'
import { Boundary } from './components/boundary.tsx'
import { Dialogs } from './components/dialog.tsx'
import { Page } from './components/page.tsx'
import { Shell } from './components/shell.tsx'
import { SignIn } from './components/sign-in.tsx'
import { EmptyState } from './components/states.tsx'
import { Toasts } from './components/toast.tsx'
import { href, route } from './state/router.ts'
import { VIEWS } from './views/index.ts'
import type { JSX } from 'preact'

export function App (): JSX.Element {
  if (token.value == null) return <SignIn />
  const { path: [name = '', ...rest], params } = route.value
  const view = VIEWS.find(view => view.name === name)
  return (
    <>
      <Shell views={VIEWS} current={view}>
        <Boundary key={route.value.path.join('/')}>
          {view == null
            ? <Page title='Not found'><EmptyState title='There is no such page'><a href={href([])}>Go to the overview</a></EmptyState></Page>
            : <view.page rest={rest} params={params} />}
        </Boundary>
      </Shell>
      <Dialogs />
      <Toasts />
    </>
  )
}
