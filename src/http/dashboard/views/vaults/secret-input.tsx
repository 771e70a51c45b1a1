import { Field, TextArea } from '../../components/field.tsx'
import { bytes } from '../../components/format.ts'
import { MAX_SECRET_BYTES } from './vault-advice.ts'
import type { JSX } from 'preact'

/** A secret that is being put in; lives only as long as its dialog. */
export interface SecretDraft {
  kind: 'text' | 'file'
  text: string
  file?: File
}

export const NO_SECRET: SecretDraft = { kind: 'text', text: '' }

/** What is wrong with it, if anything. */
export function complaintAbout ({ kind, text, file }: SecretDraft): string | undefined {
  const size = kind === 'text' ? new TextEncoder().encode(text).length : file?.size ?? 0
  if (size > MAX_SECRET_BYTES) return `It has ${bytes(size)}: at most 1 MiB can be stored`
  return kind === 'file' && size === 0 ? 'Choose a file that is not empty' : undefined
}

/** As the node takes it. */
export async function contentOf ({ kind, text, file }: SecretDraft): Promise<{ text: string } | { base64: string }> {
  return kind === 'text' || file == null ? { text } : { base64: await base64Of(file) }
}

async function base64Of (file: Blob): Promise<string> {
  const reader = new FileReader()
  const url = await new Promise<string>((resolve, reject) => {
    reader.addEventListener('load', () => { resolve(reader.result as string) })
    reader.addEventListener('error', () => { reject(new Error('The file cannot be read: choose it again', { cause: reader.error })) })
    reader.readAsDataURL(file)
  })
  return url.slice(url.indexOf(',') + 1)
}

export function SecretInput ({ draft, onDraft }: { draft: SecretDraft, onDraft: (draft: SecretDraft) => void }): JSX.Element {
  const complaint = complaintAbout(draft)
  return (
    <fieldset class='vaults-secret'>
      <legend>What is it?</legend>
      <div class='actions'>
        {([['text', 'Text'], ['file', 'A file']] as const).map(([kind, title]) => (
          <label key={kind} class='vaults-choice'><input type='radio' name='secret-kind' checked={draft.kind === kind} onChange={() => { onDraft({ ...draft, kind }) }} />{title}</label>
        ))}
      </div>
      {draft.kind === 'text'
        ? <TextArea label='Secret' error={complaint} hint='A password, a recovery phrase, notes: at most 1 MiB' required rows={4} class='mono' autoComplete='off' spellcheck={false} value={draft.text} onValue={text => { onDraft({ ...draft, text }) }} />
        : (
          <Field label='File' error={draft.file == null ? undefined : complaint} hint={draft.file == null ? 'At most 1 MiB' : bytes(draft.file.size)}>
            {aria => <input type='file' {...aria} required onChange={event => { onDraft({ ...draft, file: event.currentTarget.files?.[0] }) }} />}
          </Field>
          )}
    </fieldset>
  )
}
