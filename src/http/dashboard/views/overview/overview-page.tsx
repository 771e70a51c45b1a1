import { QrCode } from '../../charts/qr.tsx'
import { Button, ButtonLink, IconButton } from '../../components/button.tsx'
import { Copy } from '../../components/copy.tsx'
import { Dialog, openDialog } from '../../components/dialog.tsx'
import { EventLine } from '../../components/event-line.tsx'
import { bytes, count, duration, moment } from '../../components/format.ts'
import { Card, Facts, Page } from '../../components/page.tsx'
import { askDial } from '../../components/peer-dialogs.tsx'
import { EmptyState, Loaded } from '../../components/states.tsx'
import { events } from '../../state/live.ts'
import { node } from '../../state/node.ts'
import { href } from '../../state/router.ts'
import { HealthCard } from './health-card.tsx'
import { Rates } from './rates.tsx'
import './overview.css'
import type { ComponentChildren, JSX } from 'preact'
import type { NodeInfo } from '../../../schemas/node.ts'

const LATEST = 8

/** Is it well, who is it, what does it do. */
export function OverviewPage (): JSX.Element {
  return (
    <Page title='Overview' actions={<Button kind='primary' icon='plus' onClick={() => { askDial() }}>Dial a peer</Button>}>
      <Loaded of={node} what='the node' lines={8}>
        {info => (
          <>
            <HealthCard info={info} />
            <Counts counts={info.counts} />
            <div class='columns'>
              <div class='stack'><Identity info={info} /><Latest /></div>
              <div class='stack'><Rates /><About info={info} /></div>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Counts ({ counts: { connected, inbound, outbound, dialing, known, banned, outbox, vaultsOwned, vaultsHeld } }: Pick<NodeInfo, 'counts'>): JSX.Element {
  return (
    <div class='tiles'>
      <Tile name='Connected' value={connected} to={href(['peers'], { state: 'connected' })}>{count(inbound)} in, {count(outbound)} out{dialing > 0 && `, ${count(dialing)} dialling`}</Tile>
      <Tile name='Known peers' value={known} to={href(['peers'])}>in the address book</Tile>
      <Tile name='Banned' value={banned} to={href(['bans'])}>peers, addresses, prefixes</Tile>
      <Tile name='Messages waiting' value={outbox} to={href(['messages'])}>in the outbox</Tile>
      <Tile name='Secrets' value={vaultsOwned} to={href(['secrets'])}>own; {count(vaultsHeld)} kept for others</Tile>
    </div>
  )
}

function Tile ({ name, value, to, children }: { name: string, value: number, to: string, children: ComponentChildren }): JSX.Element {
  return <a class='tile' href={to}><span class='tile-name'>{name}</span><span class='tile-value'>{count(value)}</span><span class='tile-text'>{children}</span></a>
}

function Identity ({ info: { peerId, addresses, roles, network } }: { info: NodeInfo }): JSX.Element {
  return (
    <Card title='Who am I'>
      <div class='overview-id'>
        <div><h3>Peer id</h3><span class='mono wrap'>{peerId}</span></div>
        <QrButton text={peerId} what='peer id' />
        <Copy text={peerId} what='peer id' />
      </div>
      <h3>Addresses that others dial</h3>
      {addresses.length === 0
        ? <p class='muted'>None: the node takes no connections. Start it with <code>--listen /ip4/0.0.0.0/tcp/4001</code> so that others can reach it.</p>
        : (
          <ul class='overview-addresses'>
            {addresses.map(address => (
              <li key={address}>
                <span class='mono wrap'>{address}</span>
                <QrButton text={address} what='address' />
                <Copy text={address} what={`address ${address.replace(/\/p2p\/[^/]+$/, '')}`} />
              </li>
            ))}
          </ul>
        )}
      <Facts of={[['Network', network], ['Roles', roles.join(', ')]]} />
    </Card>
  )
}

function QrButton ({ text, what }: { text: string, what: string }): JSX.Element {
  const show = (): void => {
    openDialog(close => (
      <Dialog title={`The ${what} as a QR code`} close={close}>
        <QrCode text={text} label={`QR code of ${text}`} />
        <div class='overview-id'><span class='mono wrap'>{text}</span><Copy text={text} what={what} /></div>
      </Dialog>
    ))
  }
  return <IconButton icon='qr' label={`Show the ${what} as a QR code`} onClick={show} />
}

function Latest (): JSX.Element {
  const latest = events.value.slice(-LATEST).toReversed()
  return (
    <Card title='Latest events' flush actions={<ButtonLink kind='quiet' href={href(['events'])}>All events</ButtonLink>}>
      {latest.length === 0
        ? <EmptyState icon='events' title='Nothing has happened yet'>What the node does is told here as it happens.</EmptyState>
        : latest.map(event => <EventLine key={event.eventId ?? event.time} event={event} />)}
    </Card>
  )
}

function About ({ info: { startedMs, uptimeMs, versions, process, dataDir, protocols } }: { info: NodeInfo }): JSX.Element {
  return (
    <Card title='The program'>
      <Facts of={[
        ['Running for', <span key='up' title={`since ${moment(startedMs)}`}>{duration(uptimeMs)}</span>],
        ['Version', `Peerkeep ${versions.peerkeep}, libp2p ${versions.libp2p}, Node ${versions.node}`],
        ['Memory', `${bytes(process.rssBytes)}, of which ${bytes(process.heapBytes)} heap`],
        ['CPU time', duration(process.cpuSeconds * 1_000)],
        ['Process', String(process.pid)],
        ['Data directory', dataDir == null ? null : <span key='dir' class='mono'>{dataDir}</span>]
      ]} />
      <details class='overview-protocols'>
        <summary>{count(protocols.length)} protocols served</summary>
        <ul>
          {protocols.map(({ id, calls, failures }) => (
            <li key={id}><span class='mono wrap'>{id}</span>{calls != null && <span class='muted nowrap'>{count(calls)} calls{failures != null && failures > 0 && `, ${count(failures)} failed`}</span>}</li>
          ))}
        </ul>
      </details>
    </Card>
  )
}
