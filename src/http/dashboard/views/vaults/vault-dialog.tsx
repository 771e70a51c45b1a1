import { ApiProblem } from '../../api/problem.ts'
import { FormDialog, openDialog } from '../../components/dialog.tsx'
import { toast } from '../../components/toast.tsx'
import { ProgressNote, useVaultProgress } from './progress.tsx'
import type { ComponentChildren, JSX } from 'preact'

export interface VaultDialogProps {
  title: string
  action: string
  danger?: boolean
  wide?: boolean
  close: () => void
  /** What is wrong with what was put in, if anything: then nothing is done. */
  complaint?: string
  /** Resolves to what there is to say. */
  work: (call: string, signal: AbortSignal) => Promise<string>
  children: ComponentChildren
}

/** Asks before holders are asked to do something, and shows how far they are. */
export function VaultDialog ({ work, complaint, children, ...rest }: VaultDialogProps): JSX.Element {
  const { progress, during } = useVaultProgress()
  const submit = async (signal: AbortSignal): Promise<void> => {
    if (complaint != null) throw new ApiProblem({ code: 'DASHBOARD_INPUT_INVALID', detail: complaint })
    toast(await during(async call => await work(call, signal)))
  }
  return (
    <FormDialog {...rest} submit={submit}>
      {children}
      {progress != null && <ProgressNote progress={progress} />}
    </FormDialog>
  )
}

/** With words alone. */
export function askVault (props: Omit<VaultDialogProps, 'close'>): void {
  openDialog(close => <VaultDialog {...props} close={close} />)
}
