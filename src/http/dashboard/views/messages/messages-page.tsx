import { useRef } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { Page } from '../../components/page.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useResource } from '../../state/resource.ts'
import { setParams } from '../../state/router.ts'
import { BroadcastForm, DirectForm } from './composer.tsx'
import { Files } from './files.tsx'
import { Inbox } from './inbox.tsx'
import { Outbox } from './outbox.tsx'
import { Topics } from './topics.tsx'
import './messages.css'
import type { JSX } from 'preact'
import type { PageProps } from '../index.ts'

const TABS = [['texts', 'Messages'], ['outbox', 'Outbox'], ['topics', 'Topics'], ['files', 'Files']] as const

/** Texts and files to and from peers. */
export function MessagesPage ({ params }: PageProps): JSX.Element {
  const topics = useResource('topics', { load: api.topics })
  const [current] = TABS.find(([name]) => name === params.get('tab')) ?? TABS[0]
  const peer = params.get('to') ?? ''
  const forms = useRef<HTMLDivElement>(null)
  const onPeer = (peer: string): void => { setParams({ to: peer }) }
  const onReply = (peer: string): void => {
    onPeer(peer)
    forms.current?.querySelector('textarea')?.focus()
  }
  return (
    <Page title='Messages'>
      <Tabs label='Messages' tabs={TABS} current={current} onSelect={tab => { setParams({ tab }) }}>
        {current === 'texts' && (
          <div class='messages-texts'>
            <div class='stack' ref={forms}>
              <DirectForm peer={peer} onPeer={onPeer} />
              <BroadcastForm topics={topics.data.value?.topics ?? []} />
            </div>
            <Inbox onReply={onReply} />
          </div>
        )}
        {current === 'outbox' && <Outbox />}
        {current === 'topics' && <Topics topics={topics} />}
        {current === 'files' && <Files peer={peer} onPeer={onPeer} />}
      </Tabs>
    </Page>
  )
}
