import type { ApiKeyScope } from '@pawl/contracts';
import type { IconName } from '../components/icon.tsx';

export interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  readonly scope: ApiKeyScope;
  /** After `g`, the key that goes there. */
  readonly key: string;
}

/** Where one can go, in groups, in the order of the navigation. */
export const places: readonly { readonly title: string; readonly places: readonly Place[] }[] = [
  {
    title: 'Work',
    places: [
      { to: '/inbox', label: 'Inbox', icon: 'inbox', scope: 'approvals', key: 'i' },
      { to: '/jobs', label: 'Jobs', icon: 'jobs', scope: 'jobs:read', key: 'j' },
    ],
  },
];
