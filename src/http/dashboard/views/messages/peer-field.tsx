import { useId, useMemo } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Field } from '../../components/field.tsx'
import { short } from '../../components/format.ts'
import { useResource } from '../../state/resource.ts'
import type { JSX } from 'preact'
import type { Peer } from '../../../schemas/peer.ts'

const MAX_PEERS = 500

/** Peers to choose from: those that are connected first, then those that are known. */
export function usePeers (): { peers: readonly Peer[], find: (id: string) => Peer | undefined } {
  const page = useResource('peers', {
    load: async options => await api.peers({ state: 'all', limit: MAX_PEERS, sort: 'connectedMs', order: 'desc' }, options),
    events: ['peer:connected', 'peer:disconnected']
  })
  const all = page.data.value?.peers
  return useMemo(() => {
    const peers = [...all ?? []].sort((a, b) => Number(b.connected) - Number(a.connected))
    return { peers, find: id => peers.find(({ peerId }) => peerId === id) }
  }, [all])
}

/** A peer id, typed or chosen. */
export function PeerField ({ peers, value, onValue, hint }: { peers: readonly Peer[], value: string, onValue: (value: string) => void, hint?: string }): JSX.Element {
  const list = useId()
  return (
    <Field label='Peer' hint={hint ?? 'Choose one that is known, or put in a peer id'}>
      {aria => (
        <>
          <input type='text' class='mono' {...aria} list={list} required autoComplete='off' spellcheck={false} placeholder='12D3KooW…' value={value} onInput={event => { onValue(event.currentTarget.value.trim()) }} />
          <datalist id={list}>
            {peers.map(({ peerId, connected, agent }) => <option key={peerId} value={peerId}>{`${short(peerId)}, ${connected ? 'connected' : 'away'}${agent == null ? '' : `, ${agent}`}`}</option>)}
          </datalist>
        </>
      )}
    </Field>
  )
}
