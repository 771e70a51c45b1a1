import { useState } from 'preact/hooks'
import { api } from '../api/calls.ts'
import { BanConsequence } from './ban-consequence.tsx'
import { FormDialog, confirm, openDialog } from './dialog.tsx'
import { SelectField, TextField } from './field.tsx'
import { latency, short } from './format.ts'
import { toast } from './toast.tsx'
import type { JSX } from 'preact'

const HOUR_MS = 3_600_000
const DURATIONS = [
  ['escalate', 'Longer with each ban: 1 hour, 4 hours, 1 day, 1 week'],
  [String(HOUR_MS), '1 hour'],
  [String(24 * HOUR_MS), '1 day'],
  [String(7 * 24 * HOUR_MS), '1 week'],
  ['forever', 'For ever']
] as const

/** Bans what the user names; `target` is named already: a peer id, an IP address or a prefix. */
export function BanDialog ({ target: given = '', close }: { target?: string, close: () => void }): JSX.Element {
  const [target, setTarget] = useState(given)
  const [reason, setReason] = useState('')
  const [duration, setDuration] = useState<typeof DURATIONS[number][0]>('escalate')
  const lasting = duration === 'escalate' || duration === 'forever' ? duration : Number(duration)
  const submit = async (signal: AbortSignal): Promise<void> => {
    await api.ban({
      target: target.trim(),
      reason: reason.trim() === '' ? undefined : reason.trim(),
      duration: lasting
    }, { signal })
    toast(`${short(target.trim())} is banned`)
  }
  return (
    <FormDialog title='Ban' action='Ban' danger submit={submit} close={close}>
      <TextField label='Peer, IP address or prefix' hint='12D3KooW..., 192.0.2.7 or 192.0.2.0/24' class='mono' required readOnly={given !== ''} value={target} onValue={setTarget} />
      <SelectField label='How long' options={DURATIONS} value={duration} onValue={setDuration} />
      <TextField label='Reason' hint='For you and the other operators of this node; the peer is not told' maxLength={512} value={reason} onValue={setReason} />
      <BanConsequence target={target} duration={lasting} />
    </FormDialog>
  )
}

export function askBan (target?: string): void {
  openDialog(close => <BanDialog target={target} close={close} />)
}

export function askUnban (target: string): void {
  confirm({
    title: 'Lift the ban?',
    action: 'Lift the ban',
    children: <p><span class='mono wrap'>{target}</span> may connect again at once. It is forgiven: this ban does not make the next one longer.</p>,
    submit: async signal => {
      await api.unban(target, { signal })
      toast(`${short(target)} may connect again`)
    }
  })
}

export function askDisconnect (id: string): void {
  confirm({
    title: 'Disconnect?',
    action: 'Disconnect',
    danger: true,
    children: <p>All connections with <span class='mono wrap'>{id}</span> are closed. It may connect again: ban it, if that is not wanted.</p>,
    submit: async signal => {
      await api.disconnect(id, { signal })
      toast(`${short(id)} is disconnected`)
    }
  })
}

/** Connects with whom the user names. */
export function DialDialog ({ target: given = '', close }: { target?: string, close: () => void }): JSX.Element {
  const [target, setTarget] = useState(given)
  const submit = async (signal: AbortSignal): Promise<void> => {
    const { peerId, tookMs } = await api.dial(target.trim(), { signal })
    toast(`Connected with ${short(peerId)} in ${latency(tookMs)}`)
  }
  return (
    <FormDialog title='Dial a peer' action='Dial' submit={submit} close={close}>
      <p>Connects with a peer that you know. By its id alone it is looked for in the address book and the DHT.</p>
      <TextField label='Address or peer id' hint='/ip4/192.0.2.7/tcp/4001/p2p/12D3KooW... or 12D3KooW...' class='mono' required value={target} onValue={setTarget} />
    </FormDialog>
  )
}

export function askDial (target?: string): void {
  openDialog(close => <DialDialog target={target} close={close} />)
}
