import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { Empty, Failed, Loading } from './components/states.tsx';
import { lazyPage } from './layout/lazy-page.tsx';
import { Shell } from './layout/shell.tsx';
import { readJobFilter } from './pages/jobs/job-filter.ts';

type Search = Readonly<Record<string, unknown>>;

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Empty icon="search" title="There is no such page">
      <p>Choose another one in the navigation.</p>
    </Empty>
  ),
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/jobs' });
  },
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: readJobFilter,
  component: lazyPage(() => import('./pages/jobs/jobs-page.tsx').then(({ JobsPage }) => JobsPage)),
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$id',
  validateSearch: (search: Search): { tab?: string; step?: string } =>
    textsOf(search, ['tab', 'step']),
  component: lazyPage(() => import('./pages/job/job-page.tsx').then(({ JobPage }) => JobPage)),
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: '/inbox',
  component: lazyPage(() =>
    import('./pages/inbox/inbox-page.tsx').then(({ InboxPage }) => InboxPage),
  ),
});

const conversations = createRoute({
  getParentRoute: () => root,
  path: '/conversations',
  validateSearch: (search: Search): { user?: string } => textsOf(search, ['user']),
  component: lazyPage(() =>
    import('./pages/conversations/conversations-page.tsx').then(
      ({ ConversationsPage }) => ConversationsPage,
    ),
  ),
});

const conversation = createRoute({
  getParentRoute: () => root,
  path: '/conversations/$id',
  component: lazyPage(() =>
    import('./pages/conversations/conversation-page.tsx').then(
      ({ ConversationPage }) => ConversationPage,
    ),
  ),
});

const agents = createRoute({
  getParentRoute: () => root,
  path: '/agents',
  component: lazyPage(() =>
    import('./pages/agents/agents-page.tsx').then(({ AgentsPage }) => AgentsPage),
  ),
});

const agent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$name',
  component: lazyPage(() =>
    import('./pages/agents/agent-page.tsx').then(({ AgentPage }) => AgentPage),
  ),
});

const schedules = createRoute({
  getParentRoute: () => root,
  path: '/schedules',
  component: lazyPage(() =>
    import('./pages/schedules/schedules-page.tsx').then(({ SchedulesPage }) => SchedulesPage),
  ),
});

const schedule = createRoute({
  getParentRoute: () => root,
  path: '/schedules/$id',
  component: lazyPage(() =>
    import('./pages/schedules/schedule-page.tsx').then(({ SchedulePage }) => SchedulePage),
  ),
});

const triggers = createRoute({
  getParentRoute: () => root,
  path: '/triggers',
  component: lazyPage(() =>
    import('./pages/triggers/triggers-page.tsx').then(({ TriggersPage }) => TriggersPage),
  ),
});

const trigger = createRoute({
  getParentRoute: () => root,
  path: '/triggers/$id',
  component: lazyPage(() =>
    import('./pages/triggers/trigger-page.tsx').then(({ TriggerPage }) => TriggerPage),
  ),
});

const deliveries = createRoute({
  getParentRoute: () => root,
  path: '/deliveries',
  validateSearch: ({ status }: Search): { status?: 'pending' | 'succeeded' | 'dead' } =>
    status === 'pending' || status === 'succeeded' || status === 'dead' ? { status } : {},
  component: lazyPage(() =>
    import('./pages/deliveries/deliveries-page.tsx').then(({ DeliveriesPage }) => DeliveriesPage),
  ),
});

const accounts = createRoute({
  getParentRoute: () => root,
  path: '/accounts',
  validateSearch: (search: Search): { user?: string } => textsOf(search, ['user']),
  component: lazyPage(() =>
    import('./pages/accounts/accounts-page.tsx').then(({ AccountsPage }) => AccountsPage),
  ),
});

const usage = createRoute({
  getParentRoute: () => root,
  path: '/usage',
  validateSearch: ({ days }: Search): { days?: number } =>
    days === 7 || days === 30 || days === 90 ? { days } : {},
  component: lazyPage(() =>
    import('./pages/usage/usage-page.tsx').then(({ UsagePage }) => UsagePage),
  ),
});

const health = createRoute({
  getParentRoute: () => root,
  path: '/health',
  component: lazyPage(() =>
    import('./pages/health/health-page.tsx').then(({ HealthPage }) => HealthPage),
  ),
});

const keys = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  component: lazyPage(() => import('./pages/keys/keys-page.tsx').then(({ KeysPage }) => KeysPage)),
});

const playground = createRoute({
  getParentRoute: () => root,
  path: '/playground',
  validateSearch: (search: Search): { agent?: string; job?: string } =>
    textsOf(search, ['agent', 'job']),
  component: lazyPage(() =>
    import('./pages/playground/playground-page.tsx').then(({ PlaygroundPage }) => PlaygroundPage),
  ),
});

/** The texts of an address under these names; whatever else stands there is nobody's. */
function textsOf<Name extends string>(
  search: Search,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const found = names.flatMap((name) => {
    const value = search[name];
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text !== '' ? [[name, text.slice(0, 600)]] : [];
  });
  return Object.fromEntries(found) as Partial<Record<Name, string>>;
}

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    inbox,
    jobs,
    job,
    conversations,
    conversation,
    agents,
    agent,
    schedules,
    schedule,
    triggers,
    trigger,
    deliveries,
    accounts,
    usage,
    health,
    keys,
    playground,
  ]),
  basepath: new URL(document.baseURI).pathname,
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading />,
  defaultErrorComponent: ({ error }) => (
    <Failed error={error instanceof Error ? error : new Error(String(error))} />
  ),
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
