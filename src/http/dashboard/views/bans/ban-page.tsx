import { api } from '../../api/calls.ts'
import { Ago } from '../../components/ago.tsx'
import { Badge } from '../../components/badge.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { moment } from '../../components/format.ts'
import { Card, Facts, Page } from '../../components/page.tsx'
import { askBan, askUnban } from '../../components/peer-dialogs.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { Table } from '../../components/table.tsx'
import { useResource } from '../../state/resource.ts'
import { href } from '../../state/router.ts'
import { BanOrigin } from './ban-origin.tsx'
import type { JSX } from 'preact'
import type { Tone } from '../../components/badge.tsx'
import type { Column } from '../../components/table.tsx'
import type { BanExplanation } from '../../../schemas/ban.ts'

type Past = BanExplanation['history'][number]
type Evidence = BanExplanation['evidence'][number]
type Decision = BanExplanation['decisions'][number]

const ENDS: Record<NonNullable<Past['end']>, string> = {
  expired: 'its time was over',
  lifted: 'lifted',
  replaced: 'replaced by another ban',
  displaced: 'made room for a worse one'
}
const OFFENCES: Record<string, Tone> = { minor: 'neutral', moderate: 'warn', severe: 'bad', fatal: 'bad' }
const DECISIONS: Record<Decision['decision'], Tone> = { denied: 'bad', throttled: 'warn', banned: 'bad', spared: 'info', allowed: 'good', released: 'good' }

const HISTORY: ReadonlyArray<Column<Past>> = [
  { name: 'since', title: 'Began', cell: ({ sinceMs }) => <When time={sinceMs} /> },
  { name: 'end', title: 'Ended', cell: ({ endedMs, end, untilMs }) => endedMs == null ? <Badge tone='bad'>in force</Badge> : <><When time={endedMs} /> {end != null && <small class='muted'>{ENDS[end]}</small>}{untilMs == null && <small class='muted'>was for good</small>}</> },
  { name: 'by', title: 'By', cell: ({ by }) => <BanOrigin by={by} /> },
  { name: 'reason', title: 'Reason', cell: ({ reason }) => <span class='wrap'>{reason === '' ? '–' : reason}</span> }
]
const EVIDENCE: ReadonlyArray<Column<Evidence>> = [
  { name: 'time', title: 'When', cell: ({ timeMs }) => <When time={timeMs} /> },
  { name: 'offence', title: 'Offence', cell: ({ offence }) => <Badge tone={OFFENCES[offence]}>{offence}</Badge> },
  { name: 'cause', title: 'What', cell: ({ cause }) => <span class='wrap'>{cause}</span> },
  { name: 'sample', title: 'What it sent', cell: ({ sample, hash }) => <Sample sample={sample} hash={hash} /> }
]
const DECIDED: ReadonlyArray<Column<Decision>> = [
  { name: 'time', title: 'When', cell: ({ timeMs }) => <When time={timeMs} /> },
  { name: 'decision', title: 'Decision', cell: ({ decision }) => <Badge tone={DECISIONS[decision]}>{decision}</Badge> },
  { name: 'where', title: 'Where', cell: ({ where }) => where },
  { name: 'rule', title: 'By which rule', cell: ({ rule }) => <span class='mono wrap'>{rule}</span> }
]

/** Why one peer, IP address or prefix is let in or not. */
export function BanPage ({ target }: { target: string }): JSX.Element {
  const explanation = useResource(target, { load: async options => await api.explain(target, options), events: ['ban:', 'peer:misbehaviour'] })
  const peer = !/[.:/]/.test(target)
  return (
    <Page title='Why let in, or not' actions={<ButtonLink href={href(['bans'])} icon='back'>All bans</ButtonLink>}>
      <Loaded of={explanation} what='what is known'>
        {({ target, ban, allowed, history, evidence, decisions }) => (
          <>
            <Card>
              <div class='stack'>
                <div class='bans-verdict'>
                  <p class='mono wrap'>{target}</p>
                  {ban == null ? <Badge tone='good' icon='check'>{allowed ? 'never banned' : 'not banned'}</Badge> : <Badge tone='bad' icon='ban'>banned</Badge>}
                </div>
                {ban != null && (
                  <Facts of={[
                    ['By', <BanOrigin by={ban.by} />],
                    ['Reason', ban.reason === '' ? 'none given' : ban.reason],
                    ['Since', <When time={ban.sinceMs} />],
                    ['Until', <Until time={ban.untilMs} />],
                    ['Bans in 30 days', ban.strikes],
                    ['Seen at', ban.host]
                  ]} />
                )}
                <div class='actions'>
                  {ban != null && <Button icon='check' onClick={() => { askUnban(target) }}>Lift the ban</Button>}
                  {ban == null && !allowed && <Button kind='danger' icon='ban' onClick={() => { askBan(target) }}>Ban</Button>}
                  {peer && <ButtonLink href={href(['peers', target])} icon='peers'>All of this peer</ButtonLink>}
                </div>
                {allowed && <p class='muted'>It is on the allow list of the configuration.</p>}
              </div>
            </Card>
            <Part title='Bans until now' none='It has never been banned.' columns={HISTORY} rows={history} id={({ sinceMs, by }) => `${sinceMs} ${by}`} />
            <Part title='What it did' none={peer ? 'Nothing that counts against it.' : 'What was done is kept for peers, not for addresses.'} columns={EVIDENCE} rows={evidence} id={({ timeMs, cause, hash }) => `${timeMs} ${cause} ${hash}`} />
            <Part title='Last decisions' none='Nothing was decided about it since the node started.' columns={DECIDED} rows={decisions} id={({ timeMs, where, rule }) => `${timeMs} ${where} ${rule}`} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Part<R> ({ title, none, columns, rows, id }: { title: string, none: string, columns: ReadonlyArray<Column<R>>, rows: readonly R[], id: (row: R) => string }): JSX.Element {
  return (
    <Card title={title} flush>
      {rows.length === 0 ? <EmptyState title={none} /> : <Table caption={title} columns={columns} rows={rows} rowKey={id} />}
    </Card>
  )
}

function Sample ({ sample, hash }: Pick<Evidence, 'sample' | 'hash'>): JSX.Element {
  if (sample == null) return <span class='muted'>not kept</span>
  return (
    <details>
      <summary>{sample.length / 2} bytes</summary>
      <p class='mono bans-sample'>{sample}</p>
      {hash != null && <p class='bans-sample'>SHA-256 of all of it: <span class='mono'>{hash}</span></p>}
    </details>
  )
}

/** How long ago and when, both to be read. */
function When ({ time }: { time: number }): JSX.Element {
  return <span class='wrap bans-when'><Ago time={time} /> <small class='muted'>{moment(time)}</small></span>
}

/** The end of a ban. */
export function Until ({ time }: { time: number | undefined }): JSX.Element {
  return time == null ? <>for good</> : <When time={time} />
}
