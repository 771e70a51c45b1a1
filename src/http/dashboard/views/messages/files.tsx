import { useRef, useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { bytes } from '../../components/format.ts'
import { Card } from '../../components/page.tsx'
import { PeerLink } from '../../components/peer-link.tsx'
import { EmptyState } from '../../components/states.tsx'
import { useResource } from '../../state/resource.ts'
import { PeerField, usePeers } from './peer-field.tsx'
import { sendFile, transfers } from './transfers.ts'
import type { JSX } from 'preact'
import type { Transfer } from './transfers.ts'

/** Files to and from peers. */
export function Files ({ peer, onPeer }: { peer: string, onPeer: (peer: string) => void }): JSX.Element {
  return (
    <div class='columns'>
      <Card title='Send a file'><FileForm peer={peer} onPeer={onPeer} /></Card>
      <Card title='Transfers'>
        {transfers.value.length === 0
          ? <EmptyState icon='messages' title='No file is under way'>Files that are sent and received are shown here while this page is open.</EmptyState>
          : <ul class='messages-transfers'>{transfers.value.map(transfer => <li key={transfer.id}><TransferLine transfer={transfer} /></li>)}</ul>}
        <Receiving />
      </Card>
    </div>
  )
}

function FileForm ({ peer, onPeer }: { peer: string, onPeer: (peer: string) => void }): JSX.Element {
  const { peers, find } = usePeers()
  const [file, setFile] = useState<File>()
  const input = useRef<HTMLInputElement>(null)
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (file == null) return
    sendFile(peer, file)
    setFile(undefined)
    if (input.current != null) input.current.value = ''
  }
  return (
    <form class='stack' aria-label='Send a file' onSubmit={onSubmit}>
      <PeerField peers={peers} value={peer} onValue={onPeer} hint={find(peer)?.connected === false ? 'This peer is away: files need it to be there' : undefined} />
      <Field label='File' hint={file == null ? 'It goes straight to the peer, which may decline it' : bytes(file.size)}>
        {aria => <input type='file' {...aria} ref={input} required onChange={event => { setFile(event.currentTarget.files?.[0]) }} />}
      </Field>
      <div class='actions'><Button type='submit' kind='primary' icon='send'>Send the file</Button></div>
    </form>
  )
}

function TransferLine ({ transfer: { name, peerId, direction, state, bytes: done, size, error, path, cancel } }: { transfer: Transfer }): JSX.Element {
  return (
    <div class='messages-transfer'>
      <p class='wrap'><b>{name}</b> {direction === 'out' ? 'to' : 'from'} <PeerLink id={peerId} /></p>
      {state === 'running' && <progress aria-label={`How much of ${name} has arrived`} value={size == null ? undefined : done} max={size ?? undefined} />}
      <div class='actions'>
        {state === 'done' && <Badge tone='good' icon='check'>{direction === 'out' ? 'arrived' : 'received'}</Badge>}
        {state === 'failed' && <Badge tone='bad' icon='warning'>failed</Badge>}
        <span class='muted'>{bytes(done)}{size != null && state !== 'done' && ` of ${bytes(size)}`}</span>
        {cancel != null && <Button small aria-label={`Cancel sending ${name}`} onClick={cancel}>Cancel</Button>}
      </div>
      {error != null && <p class='field-error'>{error}</p>}
      {path != null && <p class='muted wrap'>It is in <span class='mono'>{path}</span></p>}
    </div>
  )
}

/** Whether this node takes files is an option. */
function Receiving (): JSX.Element | null {
  const settings = useResource('files', { load: api.settings, events: ['settings:changed'] })
  const dir = settings.data.value?.settings.find(({ name }) => name === 'filesDir')
  if (dir == null) return null
  return typeof dir.value === 'string'
    ? <p class='muted'>Files that peers send are put into <span class='mono wrap'>{dir.value}</span>.</p>
    : <p class='muted'>This node declines files that peers send. To take them, start it with <code>--files-dir</code> and a folder.</p>
}
