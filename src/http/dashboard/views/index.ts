import { BansPage } from './bans/bans-page.tsx'
import { EventsPage } from './events/events-page.tsx'
import { MessagesPage } from './messages/messages-page.tsx'
import { NetworkPage } from './network/network-page.tsx'
import { OverviewPage } from './overview/overview-page.tsx'
import { PeersPage } from './peers/peers-page.tsx'
import { SettingsPage } from './settings/settings-page.tsx'
import { VaultsPage } from './vaults/vaults-page.tsx'
import type { ComponentType } from 'preact'
import type { IconName } from '../components/icon.tsx'

export interface PageProps {
  /** What follows the view's name in the address: `#/peers/12D3...` has `['12D3...']`. */
  rest: readonly string[]
  params: URLSearchParams
}

export interface View {
  /** In the address; empty for the first. */
  name: string
  /** In the navigation. */
  title: string
  icon: IconName
  page: ComponentType<PageProps>
}

/** THE LIST: a view is here, in the order of the navigation, and nowhere else. */
export const VIEWS: readonly View[] = [
  { name: '', title: 'Overview', icon: 'overview', page: OverviewPage },
  { name: 'network', title: 'Network', icon: 'network', page: NetworkPage },
  { name: 'peers', title: 'Peers', icon: 'peers', page: PeersPage },
  { name: 'bans', title: 'Bans', icon: 'ban', page: BansPage },
  { name: 'messages', title: 'Messages', icon: 'messages', page: MessagesPage },
  { name: 'secrets', title: 'Secrets', icon: 'secrets', page: VaultsPage },
  { name: 'events', title: 'Events', icon: 'events', page: EventsPage },
  { name: 'settings', title: 'Settings', icon: 'settings', page: SettingsPage }
]
