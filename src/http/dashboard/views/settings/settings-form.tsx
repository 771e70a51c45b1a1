import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { asProblem } from '../../api/problem.ts'
import { Button } from '../../components/button.tsx'
import { CheckField, SelectField, TextField } from '../../components/field.tsx'
import { ProblemText } from '../../components/states.tsx'
import { toast } from '../../components/toast.tsx'
import { complaintOf, inputOf, textOf, valueOf } from './setting-input.ts'
import type { JSX } from 'preact'
import type { ApiProblem } from '../../api/problem.ts'
import type { Settings } from '../../../schemas/settings.ts'
import type { Setting } from './setting-input.ts'

type Draft = Readonly<Record<string, string>>

/** What can be changed while the node runs; all changes are made together or none. */
export function SettingsForm ({ settings, onChanged }: { settings: readonly Setting[], onChanged: (settings: Settings) => void }): JSX.Element {
  const [draft, setDraft] = useState<Draft>({})
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem>()
  const changes = settings.filter(setting => (draft[setting.name] ?? textOf(setting)) !== textOf(setting))
  const wrong = changes.some(setting => complaintOf(setting, draft[setting.name] ?? '') != null)
  // the node names what it refuses, and why
  const blamed = problem == null ? [] : settings.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(problem.message))

  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    api.changeSettings(Object.fromEntries(changes.map(setting => [setting.name, valueOf(setting, draft[setting.name] ?? '')]))).then(answer => {
      onChanged(answer)
      setDraft({})
      toast(`Changed: ${changes.map(({ name }) => name).join(', ')}`)
    }, (error: unknown) => { setProblem(asProblem(error)) }).finally(() => { setBusy(false) })
  }

  return (
    <form class='stack' aria-label='Settings that can change now' onSubmit={onSubmit} noValidate>
      <p class='muted'>Changes are in force at once, and last until the node is started again. What is to stay belongs into its configuration.</p>
      <div class='settings-fields'>
        {settings.map(setting => (
          <SettingField
            key={setting.name} setting={setting} text={draft[setting.name] ?? textOf(setting)}
            refusal={blamed.includes(setting) ? problem?.message : undefined}
            onText={text => { setDraft({ ...draft, [setting.name]: text }); setProblem(undefined) }}
          />
        ))}
      </div>
      {problem != null && <ProblemText problem={problem} />}
      <div class='actions'>
        <Button type='submit' kind='primary' busy={busy} disabled={changes.length === 0 || wrong}>Apply</Button>
        <Button disabled={changes.length === 0 || busy} onClick={() => { setDraft({}); setProblem(undefined) }}>Discard</Button>
        <span class='muted' role='status'>{changes.length === 0 ? 'Nothing is changed' : `Changed and not applied: ${changes.map(({ name }) => name).join(', ')}`}</span>
      </div>
    </form>
  )
}

function SettingField ({ setting, text, refusal, onText }: { setting: Setting, text: string, refusal: string | undefined, onText: (text: string) => void }): JSX.Element {
  const { name, help, allowed } = setting
  const input = inputOf(setting)
  if (input.kind === 'switch') return <CheckField label={name} hint={help} checked={text === 'true'} onChecked={checked => { onText(String(checked)) }} />
  if (input.kind === 'choice') return <SelectField label={name} hint={help} error={refusal} value={text} options={input.choices.map(choice => [choice, choice] as const)} onValue={onText} />
  return <TextField label={name} hint={`${help}: ${allowed}`} error={complaintOf(setting, text) ?? refusal} inputMode='numeric' value={text} onValue={onText} />
}
