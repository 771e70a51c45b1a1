import { useMemo } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Card, Page } from '../../components/page.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { Table } from '../../components/table.tsx'
import { useResource } from '../../state/resource.ts'
import { setParams } from '../../state/router.ts'
import { shownValue } from './setting-input.ts'
import { SettingsForm } from './settings-form.tsx'
import './settings.css'
import type { JSX } from 'preact'
import type { Tone } from '../../components/badge.tsx'
import type { Column } from '../../components/table.tsx'
import type { PageProps } from '../index.ts'
import type { Setting } from './setting-input.ts'

const ORIGINS: Record<string, { tone: Tone, title: string }> = {
  default: { tone: 'neutral', title: 'Nobody said otherwise' },
  profile: { tone: 'neutral', title: 'From the profile' },
  file: { tone: 'info', title: 'From the config file' },
  environment: { tone: 'info', title: 'From a variable PEERKEEP_...' },
  flag: { tone: 'info', title: 'From the command line' },
  running: { tone: 'warn', title: 'Changed while it runs; gone when it is started again' }
}

const COLUMNS: ReadonlyArray<Column<Setting>> = [
  { name: 'name', title: 'Option', cell: ({ name }) => <b class='mono'>{name}</b> },
  { name: 'value', title: 'Value', cell: ({ value }) => <span class='mono settings-value'>{shownValue(value)}</span> },
  { name: 'from', title: 'From', cell: ({ from }) => <Badge {...ORIGINS[from]}>{from}</Badge> },
  { name: 'help', title: 'What it is', cell: ({ help, allowed }) => <span class='wrap'>{help} <small class='muted settings-allowed'>{allowed}</small></span> }
]

/** All options: what they are, where their values come from, and those that can change now. */
export function SettingsPage ({ params }: PageProps): JSX.Element {
  const settings = useResource('settings', { load: api.settings, events: ['settings:changed'] })
  return (
    <Page title='Settings'>
      <Loaded of={settings} what='settings' lines={10}>
        {({ settings: all }) => {
          const changeable = all.filter(setting => setting.changeable)
          return (
            <>
              {changeable.length > 0 && (
                <Card title='Change now'><SettingsForm settings={changeable} onChanged={answer => { settings.data.value = answer }} /></Card>
              )}
              <Card title='All options' flush>
                {all.length === 0
                  ? <EmptyState icon='settings' title='The program of this node has its own settings'>They are set where it is started.</EmptyState>
                  : <Options all={all} search={params.get('search') ?? ''} />}
              </Card>
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

function Options ({ all, search }: { all: readonly Setting[], search: string }): JSX.Element {
  const found = useMemo(() => {
    const wanted = search.toLowerCase()
    return all.filter(({ name, help, from, value }) => [name, help, from, shownValue(value)].some(text => text.toLowerCase().includes(wanted)))
  }, [all, search])
  return (
    <>
      <div class='filters settings-filters'>
        <TextField label='Search' type='search' placeholder='A name, a value, a word' value={search} onValue={search => { setParams({ search }) }} />
      </div>
      {found.length === 0
        ? <EmptyState icon='search' title='No option is like that'><Button onClick={() => { setParams({ search: undefined }) }}>Show all</Button></EmptyState>
        : <Table caption='Options' columns={COLUMNS} rows={found} rowKey={({ name }) => name} />}
    </>
  )
}
