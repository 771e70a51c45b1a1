import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { asProblem } from '../../api/problem.ts'
import { Button } from '../../components/button.tsx'
import { Field, TextArea } from '../../components/field.tsx'
import { count } from '../../components/format.ts'
import { Card } from '../../components/page.tsx'
import { ProblemText } from '../../components/states.tsx'
import { PeerField, usePeers } from './peer-field.tsx'
import type { ComponentChildren, JSX } from 'preact'
import type { ApiProblem } from '../../api/problem.ts'

const MAX_TEXT = 65_536

/** A text for one peer. */
export function DirectForm ({ peer, onPeer }: { peer: string, onPeer: (peer: string) => void }): JSX.Element {
  const { peers, find } = usePeers()
  const [text, setText] = useState('')
  const known = find(peer)
  const send = async (): Promise<string> => {
    await api.sendMessage({ peerId: peer, text })
    setText('')
    return known?.connected === true ? 'Sent. It leaves the outbox when the peer has taken it.' : 'It waits in the outbox until the peer is there, at most 7 days.'
  }
  return (
    <SendForm title='To a peer' action='Send' submit={send}>
      <PeerField peers={peers} value={peer} onValue={onPeer} hint={known?.connected === false ? 'This peer is away: the message waits for it' : undefined} />
      <TextArea label='Text' required rows={4} maxLength={MAX_TEXT} value={text} onValue={setText} />
    </SendForm>
  )
}

/** A text for all who take a topic. */
export function BroadcastForm ({ topics }: { topics: readonly string[] }): JSX.Element {
  const [topic, setTopic] = useState('')
  const [text, setText] = useState('')
  const send = async (): Promise<string> => {
    const { peers } = await api.broadcast({ topic, text })
    setText('')
    return `Handed to ${count(peers)} ${peers === 1 ? 'peer' : 'peers'}, which pass it on.`
  }
  return (
    <SendForm title='To everybody' action='Broadcast' submit={send}>
      <TopicField label='Topic' topics={topics} value={topic} onValue={setTopic} />
      <TextArea label='Text' hint='All who take this topic can read it' required rows={4} maxLength={MAX_TEXT} value={text} onValue={setText} />
    </SendForm>
  )
}

/** The name of a topic, typed or chosen from those that are taken here. */
export function TopicField ({ label, hint, topics = [], value, onValue }: { label: string, hint?: string, topics?: readonly string[], value: string, onValue: (value: string) => void }): JSX.Element {
  return (
    <Field label={label} hint={hint}>
      {aria => (
        <>
          <input type='text' {...aria} list={`${aria.id}-topics`} required autoComplete='off' spellcheck={false} maxLength={100} pattern='[A-Za-z0-9][A-Za-z0-9._\-]*' title='Letters, digits, dots, dashes and underscores' placeholder='news' value={value} onInput={event => { onValue(event.currentTarget.value) }} />
          <datalist id={`${aria.id}-topics`}>{topics.map(topic => <option key={topic} value={topic} />)}</datalist>
        </>
      )}
    </Field>
  )
}

interface SendFormProps {
  title: string
  action: string
  /** Resolves to what there is to say. */
  submit: () => Promise<string>
  children: ComponentChildren
}

function SendForm ({ title, action, submit, children }: SendFormProps): JSX.Element {
  const [busy, setBusy] = useState(false)
  const [said, say] = useState('')
  const [problem, setProblem] = useState<ApiProblem>()
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    say('')
    submit().then(say, (error: unknown) => { setProblem(asProblem(error)) }).finally(() => { setBusy(false) })
  }
  return (
    <Card title={title}>
      <form class='stack' aria-label={title} onSubmit={onSubmit}>
        {children}
        {problem != null && <ProblemText problem={problem} />}
        <div class='actions'>
          <Button type='submit' kind='primary' icon='send' busy={busy}>{action}</Button>
          <p class='messages-said' role='status'>{said}</p>
        </div>
      </form>
    </Card>
  )
}
