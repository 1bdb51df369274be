import Database from '@lucide/svelte/icons/database';
import Gauge from '@lucide/svelte/icons/gauge';
import Monitor from '@lucide/svelte/icons/monitor';
import Radar from '@lucide/svelte/icons/radar';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Server from '@lucide/svelte/icons/server';
import Settings from '@lucide/svelte/icons/settings';
import type { Component } from 'svelte';

/** One screen of the window. */
export interface Screen {
  /** The first part of its address: `#/overview`. */
  readonly id: string;
  readonly title: string;
  readonly icon: typeof Gauge;
  /** Its code comes when it is first shown. */
  readonly load: () => Promise<{ readonly default: Component }>;
}

/** The screens of the rail, in its order. */
export const railScreens: readonly Screen[] = [
  {
    id: 'overview',
    title: 'Overview',
    icon: Gauge,
    load: () => import('./overview/OverviewScreen.svelte'),
  },
  {
    id: 'archives',
    title: 'Archives',
    icon: Server,
    load: () => import('./archives/ArchivesScreen.svelte'),
  },
  { id: 'probe', title: 'Probe', icon: Radar, load: () => import('./probe/ProbeScreen.svelte') },
  { id: 'cache', title: 'Cache', icon: Database, load: () => import('./cache/CacheScreen.svelte') },
  { id: 'viewers', title: 'Viewers', icon: Monitor, load: () => import('./viewers/ViewersScreen.svelte') },
  { id: 'logs', title: 'Logs', icon: ScrollText, load: () => import('./logs/LogsScreen.svelte') },
  {
    id: 'settings',
    title: 'Settings',
    icon: Settings,
    load: () => import('./settings/SettingsScreen.svelte'),
  },
];

/** Screens that other screens lead to. */
const furtherScreens: readonly Screen[] = [
  { id: 'setup', title: 'Set-up', icon: Settings, load: () => import('./setup/SetupScreen.svelte') },
];

export function findScreen(id: string): Screen | undefined {
  return [...railScreens, ...furtherScreens].find((screen) => screen.id === id);
}
