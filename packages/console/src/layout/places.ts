import type { IconName } from '../components/icon.tsx';
import type { SessionResource } from '../api/session.ts';

interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  readonly scope: SessionResource['scopes'][number];
  /** After `g`, the key that goes there. */
  readonly key: string;
}

interface PlaceGroup {
  readonly title: string;
  readonly places: readonly Place[];
}

/** Where one can go, in the order of the navigation. */
export const places = [
  {
    title: 'Work',
    places: [
      { to: '/inbox', label: 'Inbox', icon: 'inbox', scope: 'approvals', key: 'i' },
      { to: '/jobs', label: 'Jobs', icon: 'jobs', scope: 'jobs:read', key: 'j' },
      { to: '/conversations', label: 'Conversations', icon: 'chat', scope: 'jobs:read', key: 'c' },
    ],
  },
  {
    title: 'Build',
    places: [
      { to: '/playground', label: 'Playground', icon: 'play', scope: 'jobs:write', key: 'p' },
      { to: '/agents', label: 'Agents', icon: 'agent', scope: 'jobs:read', key: 'a' },
      { to: '/schedules', label: 'Schedules', icon: 'clock', scope: 'jobs:read', key: 's' },
      { to: '/triggers', label: 'Triggers', icon: 'bolt', scope: 'jobs:read', key: 't' },
    ],
  },
  {
    title: 'Operate',
    places: [
      { to: '/deliveries', label: 'Webhooks', icon: 'send', scope: 'jobs:read', key: 'w' },
      { to: '/accounts', label: 'Accounts', icon: 'link', scope: 'jobs:read', key: 'o' },
      { to: '/usage', label: 'Usage', icon: 'chart', scope: 'jobs:read', key: 'u' },
      { to: '/health', label: 'Health', icon: 'pulse', scope: 'admin', key: 'h' },
      { to: '/keys', label: 'API keys', icon: 'key', scope: 'admin', key: 'k' },
    ],
  },
] as const satisfies readonly PlaceGroup[];

export const allPlaces = [...places[0].places, ...places[1].places, ...places[2].places];
