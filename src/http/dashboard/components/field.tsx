import { useId } from 'preact/hooks'
import type { ComponentChildren, InputHTMLAttributes, JSX, TextareaHTMLAttributes } from 'preact'

interface FieldProps {
  label: string
  /** What may stand there, or what it does. */
  hint?: ComponentChildren
  /** What is wrong with it. */
  error?: string
  value: string
  onValue: (value: string) => void
}

type Native<T> = Omit<T, 'label' | 'value' | 'onInput' | 'onChange' | 'className' | 'id' | 'role'> & { class?: string }

export function TextField ({ label, hint, error, value, onValue, ...rest }: FieldProps & Native<InputHTMLAttributes> & { type?: 'text' | 'search' | 'password' | 'number' }): JSX.Element {
  return (
    <Field label={label} hint={hint} error={error}>
      {aria => <input autoComplete='off' spellcheck={false} {...rest as InputHTMLAttributes} {...aria} value={value} onInput={event => { onValue(event.currentTarget.value) }} />}
    </Field>
  )
}

export function TextArea ({ label, hint, error, value, onValue, ...rest }: FieldProps & Native<TextareaHTMLAttributes>): JSX.Element {
  return (
    <Field label={label} hint={hint} error={error}>
      {aria => <textarea rows={4} {...rest} {...aria} value={value} onInput={event => { onValue(event.currentTarget.value) }} />}
    </Field>
  )
}

export interface SelectFieldProps<V extends string> extends Omit<FieldProps, 'value' | 'onValue'> {
  value: V
  onValue: (value: V) => void
  options: ReadonlyArray<readonly [value: V, text: string]>
  disabled?: boolean
}

export function SelectField<V extends string> ({ label, hint, error, value, onValue, options, ...rest }: SelectFieldProps<V>): JSX.Element {
  return (
    <Field label={label} hint={hint} error={error}>
      {aria => (
        <select {...rest} {...aria} onChange={event => { onValue(event.currentTarget.value as V) }}>
          {options.map(([option, text]) => <option key={option} value={option} selected={option === value}>{text}</option>)}
        </select>
      )}
    </Field>
  )
}

export function CheckField ({ label, hint, checked, onChecked, disabled }: { label: string, hint?: ComponentChildren, checked: boolean, onChecked: (checked: boolean) => void, disabled?: boolean }): JSX.Element {
  const id = useId()
  return (
    <div class='field field-check'>
      <input type='checkbox' id={id} checked={checked} disabled={disabled} aria-describedby={hint == null ? undefined : `${id}-hint`} onChange={event => { onChecked(event.currentTarget.checked) }} />
      <label for={id}>{label}</label>
      {hint != null && <p class='field-hint' id={`${id}-hint`}>{hint}</p>}
    </div>
  )
}

interface Aria { id: string, 'aria-invalid': boolean, 'aria-describedby': string | undefined }

/** Label, hint and complaint around any control, which takes the attributes it is given. */
export function Field ({ label, hint, error, children }: Pick<FieldProps, 'label' | 'hint' | 'error'> & { children: (aria: Aria) => ComponentChildren }): JSX.Element {
  const id = useId()
  const described = [hint == null ? [] : `${id}-hint`, error == null ? [] : `${id}-error`].flat().join(' ')
  return (
    <div class='field'>
      <label for={id}>{label}</label>
      {children({ id, 'aria-invalid': error != null, 'aria-describedby': described === '' ? undefined : described })}
      {error != null && <p class='field-error' id={`${id}-error`}>{error}</p>}
      {hint != null && <p class='field-hint' id={`${id}-hint`}>{hint}</p>}
    </div>
  )
}
