import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/page.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { toast, toastProblem } from '../../components/toast.tsx'
import { TopicField } from './composer.tsx'
import type { JSX } from 'preact'
import type { Resource } from '../../state/resource.ts'
import type { Topics as TopicsAnswer } from '../../../schemas/message.ts'

/** The topics whose broadcasts this node takes. */
export function Topics ({ topics }: { topics: Resource<TopicsAnswer> }): JSX.Element {
  const [topic, setTopic] = useState('')
  const [busy, setBusy] = useState<string>()
  const change = (name: string, done: string, call: () => Promise<unknown>): void => {
    setBusy(name)
    call().then(() => {
      toast(done)
      topics.reload()
    }).catch(toastProblem).finally(() => { setBusy(undefined) })
  }
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    change('', `Broadcasts of ${topic} are taken`, async () => {
      await api.addTopic(topic)
      setTopic('')
    })
  }
  return (
    <Card title='Topics'>
      <form class='messages-topic' onSubmit={onSubmit}>
        <TopicField label='Subscribe to a topic' hint='Its broadcasts appear in the inbox, until you unsubscribe or the node ends' value={topic} onValue={setTopic} />
        <Button type='submit' icon='plus' busy={busy === ''}>Subscribe</Button>
      </form>
      <Loaded of={topics} what='topics' lines={2}>
        {({ topics }) => topics.length === 0
          ? <EmptyState icon='messages' title='No topic is taken'>Subscribe to one to read its broadcasts.</EmptyState>
          : (
            <ul class='messages-topics'>
              {topics.map(name => (
                <li key={name}>
                  <span class='mono wrap'>{name}</span>
                  <Button small busy={busy === name} aria-label={`Unsubscribe from ${name}`} onClick={() => { change(name, `Broadcasts of ${name} are no longer taken`, async () => { await api.removeTopic(name) }) }}>Unsubscribe</Button>
                </li>
              ))}
            </ul>
            )}
      </Loaded>
    </Card>
  )
}
