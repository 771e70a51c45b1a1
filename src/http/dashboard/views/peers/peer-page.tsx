import { useState } from 'preact/hooks'
import { api } from '../../api/calls.ts'
import { LineChart } from '../../charts/line-chart.tsx'
import { Ago } from '../../components/ago.tsx'
import { StandingBadge } from '../../components/badge.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Copy } from '../../components/copy.tsx'
import { count, latency, score, short } from '../../components/format.ts'
import { Card, Facts, Page } from '../../components/page.tsx'
import { askBan, askDial, askDisconnect, askUnban } from '../../components/peer-dialogs.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { toast, toastProblem } from '../../components/toast.tsx'
import { useResource } from '../../state/resource.ts'
import { href } from '../../state/router.ts'
import { PeerLinkBadges } from './peer-columns.tsx'
import { Connections, Decisions, EvidenceList } from './peer-record.tsx'
import { ScoreParts } from './peer-score.tsx'
import type { JSX } from 'preact'
import type { PeerDetail } from '../../../schemas/peer.ts'

/** Everything that is known of one peer, and what can be done with it. */
export function PeerPage ({ id }: { id: string }): JSX.Element {
  const peer = useResource(id, { load: async options => await api.peer(id, options), events: ['peer:', 'standing:', 'ban:'], everyMs: 5_000 })
  return (
    <Page title={`Peer ${short(id)}`} actions={<ButtonLink href={href(['peers'])} icon='back'>All peers</ButtonLink>}>
      <Loaded of={peer} what='the peer' lines={10}>
        {peer => (
          <>
            <Summary peer={peer} />
            <div class='columns'>
              <ScoreCard peer={peer} />
              <HistoryCard history={peer.history} />
            </div>
            <Connections connections={peer.connections} />
            <div class='columns'>
              <EvidenceList evidence={peer.evidence} />
              <Decisions decisions={peer.decisions} />
            </div>
            <Details peer={peer} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Summary ({ peer }: { peer: PeerDetail }): JSX.Element {
  const { peerId, connected, banned, agent, roles, rttMs, connectedMs, address, standing } = peer
  return (
    <Card>
      <div class='peer-head'>
        <p class='peer-id'><span class='mono wrap'>{peerId}</span><Copy text={peerId} what='peer id' /></p>
        <p class='peers-badges'><StandingBadge standing={standing} /><PeerLinkBadges peer={peer} /></p>
        <div class='actions'>
          {connected ? <><PingButton id={peerId} /><Button icon='unlink' onClick={() => { askDisconnect(peerId) }}>Disconnect</Button></> : <Button icon='plus' disabled={banned} onClick={() => { askDial(peerId) }}>Dial</Button>}
          <ButtonLink icon='messages' href={href(['messages'], { to: peerId })}>Message</ButtonLink>
          {banned ? <Button icon='check' onClick={() => { askUnban(peerId) }}>Lift the ban</Button> : <Button kind='danger' icon='ban' onClick={() => { askBan(peerId) }}>Ban</Button>}
        </div>
      </div>
      <Facts wide of={[
        ['Calls itself', agent ?? null],
        ['Roles', roles.length === 0 ? null : roles.join(', ')],
        ['Connected', connectedMs == null ? null : <Ago key='since' time={connectedMs} />],
        ['Latency', rttMs == null ? null : latency(rttMs)],
        ['Address', address == null ? null : <span key='address' class='mono'>{address}</span>]
      ]} />
    </Card>
  )
}

function PingButton ({ id }: { id: string }): JSX.Element {
  const [busy, setBusy] = useState(false)
  const ping = (): void => {
    setBusy(true)
    api.ping(id).then(({ rttMs }) => { toast(`${short(id)} answered in ${latency(rttMs)}`) }).catch(toastProblem).finally(() => { setBusy(false) })
  }
  return <Button icon='events' busy={busy} onClick={ping}>Ping</Button>
}

function ScoreCard ({ peer: { score: value, parts, quality, factors, strikes } }: { peer: PeerDetail }): JSX.Element {
  return (
    <Card title='Score'>
      {parts == null
        ? <EmptyState title={`Score ${score(value)}`}>Nothing was seen of this peer yet: it counts as any stranger.</EmptyState>
        : <ScoreParts parts={parts} />}
      <Facts of={[
        ['Quality', `${Math.round(quality)} of 100`],
        ['From', factors == null ? null : `reliability ${Math.round(factors.reliability)}, performance ${Math.round(factors.performance)}, behaviour ${Math.round(factors.behaviour)}`],
        ['Bans in 30 days', count(strikes)]
      ]} />
    </Card>
  )
}

function HistoryCard ({ history }: { history: PeerDetail['history'] }): JSX.Element {
  return (
    <Card title='History of the score'>
      {history.length < 2
        ? <EmptyState icon='events' title='No history yet'>The score is noted when it changes, once a minute at most.</EmptyState>
        : <LineChart label='Score' times={history.map(({ timeMs }) => timeMs / 1_000)} lines={[{ name: 'score', values: history.map(({ score }) => score) }]} format={score} height={220} />}
    </Card>
  )
}

function Details ({ peer: { addresses, protocols, tags } }: { peer: PeerDetail }): JSX.Element {
  return (
    <div class='columns'>
      <Card title='Addresses'>
        {addresses.length === 0
          ? <p class='muted'>None is known.</p>
          : <ul class='peer-list'>{addresses.map(({ address, source }) => <li key={address}><span class='mono wrap'>{address}</span><span class='actions'>{source != null && <small class='muted'>{source}</small>}<Copy text={address} what='address' /></span></li>)}</ul>}
      </Card>
      <Card title='Protocols and tags'>
        {protocols.length === 0
          ? <p class='muted'>It has not told what it serves.</p>
          : <details open={protocols.length <= 8}><summary>It serves {count(protocols.length)} protocols</summary><ul class='peer-list'>{protocols.map(id => <li key={id}><span class='mono wrap'>{id}</span></li>)}</ul></details>}
        {tags.length > 0 && <ul class='peer-list' aria-label='Tags'>{tags.map(({ name, value }) => <li key={name}><span class='mono wrap'>{name}</span><span class='muted'>{score(value)}</span></li>)}</ul>}
      </Card>
    </div>
  )
}
