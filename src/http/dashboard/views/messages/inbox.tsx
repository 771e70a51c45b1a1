import { useMemo, useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Ago } from '../../components/ago.tsx'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Copy } from '../../components/copy.tsx'
import { Card } from '../../components/page.tsx'
import { PeerLink } from '../../components/peer-link.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { useResource } from '../../state/resource.ts'
import type { JSX } from 'preact'
import type { ReceivedMessage } from '../../../schemas/message.ts'

const STEP = 50
const MAX = 1_000
/** What is longer is folded. */
const MAX_SHOWN = 2_000

/** What has come, latest first, as it comes. `onReply` takes the peer to answer. */
export function Inbox ({ onReply }: { onReply: (peer: string) => void }): JSX.Element {
  const [limit, setLimit] = useState(STEP)
  const inbox = useResource(String(limit), { load: async options => await api.messages({ limit }, options), events: ['message:received'], keep: true })
  return (
    <Card title='Inbox'>
      <Loaded of={inbox} what='messages'>
        {({ messages, total }) => messages.length === 0
          ? <EmptyState icon='messages' title='Nothing has come yet'><p>Texts that peers send to this node appear here at once, and broadcasts of the topics that it takes. The last 1,000 are kept until the node ends.</p></EmptyState>
          : (
            <>
              <ol class='messages-list' aria-label='Messages, latest first'>
                {messages.map(message => <li key={message.id}><Message message={message} onReply={onReply} /></li>)}
              </ol>
              {total > limit && limit < MAX && <Button onClick={() => { setLimit(limit + STEP) }}>Show older ones</Button>}
            </>
            )}
      </Loaded>
    </Card>
  )
}

function Message ({ message: { peerId, topic, text, how, receivedMs }, onReply }: { message: ReceivedMessage, onReply: (peer: string) => void }): JSX.Element {
  const [whole, setWhole] = useState(false)
  const shown = useMemo(() => whole ? text : text.slice(0, MAX_SHOWN), [whole, text])
  return (
    <article class='messages-message'>
      <header>
        <PeerLink id={peerId} />
        {topic == null
          ? <Badge tone='info' title={how === 'mailbox' ? 'Kept by a mailbox while this node was away' : undefined}>{how === 'mailbox' ? 'direct, by mailbox' : 'direct'}</Badge>
          : <Badge title='A broadcast of this topic'>{topic}</Badge>}
        <Ago time={receivedMs} />
        <span class='messages-tools'>
          <Copy text={text} what='text' />
          <Button small kind='quiet' aria-label={`Reply to ${peerId}`} onClick={() => { onReply(peerId) }}>Reply</Button>
        </span>
      </header>
      <p class='messages-text'>{shown}{shown.length < text.length && '…'}</p>
      {shown.length < text.length && <Button small onClick={() => { setWhole(true) }}>Show all of it</Button>}
    </article>
  )
}
