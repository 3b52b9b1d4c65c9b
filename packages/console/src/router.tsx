import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { Empty, Failed, Loading } from './components/states.tsx';
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
  component: lazyRouteComponent(() => import('./pages/jobs/jobs-page.tsx'), 'JobsPage'),
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$id',
  validateSearch: (search: Search): { tab?: string; step?: string } =>
    textsOf(search, ['tab', 'step']),
  component: lazyRouteComponent(() => import('./pages/job/job-page.tsx'), 'JobPage'),
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: '/inbox',
  component: lazyRouteComponent(() => import('./pages/inbox/inbox-page.tsx'), 'InboxPage'),
});

const conversations = createRoute({
  getParentRoute: () => root,
  path: '/conversations',
  validateSearch: (search: Search): { user?: string } => textsOf(search, ['user']),
  component: lazyRouteComponent(
    () => import('./pages/conversations/conversations-page.tsx'),
    'ConversationsPage',
  ),
});

const conversation = createRoute({
  getParentRoute: () => root,
  path: '/conversations/$id',
  component: lazyRouteComponent(
    () => import('./pages/conversations/conversation-page.tsx'),
    'ConversationPage',
  ),
});

const agents = createRoute({
  getParentRoute: () => root,
  path: '/agents',
  component: lazyRouteComponent(() => import('./pages/agents/agents-page.tsx'), 'AgentsPage'),
});

const agent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$name',
  component: lazyRouteComponent(() => import('./pages/agents/agent-page.tsx'), 'AgentPage'),
});

const schedules = createRoute({
  getParentRoute: () => root,
  path: '/schedules',
  component: lazyRouteComponent(
    () => import('./pages/schedules/schedules-page.tsx'),
    'SchedulesPage',
  ),
});

const schedule = createRoute({
  getParentRoute: () => root,
  path: '/schedules/$id',
  component: lazyRouteComponent(
    () => import('./pages/schedules/schedule-page.tsx'),
    'SchedulePage',
  ),
});

const triggers = createRoute({
  getParentRoute: () => root,
  path: '/triggers',
  component: lazyRouteComponent(() => import('./pages/triggers/triggers-page.tsx'), 'TriggersPage'),
});

const trigger = createRoute({
  getParentRoute: () => root,
  path: '/triggers/$id',
  component: lazyRouteComponent(() => import('./pages/triggers/trigger-page.tsx'), 'TriggerPage'),
});

const deliveries = createRoute({
  getParentRoute: () => root,
  path: '/deliveries',
  validateSearch: ({ status }: Search): { status?: 'pending' | 'succeeded' | 'dead' } =>
    status === 'pending' || status === 'succeeded' || status === 'dead' ? { status } : {},
  component: lazyRouteComponent(
    () => import('./pages/deliveries/deliveries-page.tsx'),
    'DeliveriesPage',
  ),
});

const accounts = createRoute({
  getParentRoute: () => root,
  path: '/accounts',
  validateSearch: (search: Search): { user?: string } => textsOf(search, ['user']),
  component: lazyRouteComponent(() => import('./pages/accounts/accounts-page.tsx'), 'AccountsPage'),
});

const usage = createRoute({
  getParentRoute: () => root,
  path: '/usage',
  validateSearch: ({ days }: Search): { days?: number } =>
    days === 7 || days === 30 || days === 90 ? { days } : {},
  component: lazyRouteComponent(() => import('./pages/usage/usage-page.tsx'), 'UsagePage'),
});

const health = createRoute({
  getParentRoute: () => root,
  path: '/health',
  component: lazyRouteComponent(() => import('./pages/health/health-page.tsx'), 'HealthPage'),
});

const keys = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  component: lazyRouteComponent(() => import('./pages/keys/keys-page.tsx'), 'KeysPage'),
});

const playground = createRoute({
  getParentRoute: () => root,
  path: '/playground',
  validateSearch: (search: Search): { agent?: string; job?: string } =>
    textsOf(search, ['agent', 'job']),
  component: lazyRouteComponent(
    () => import('./pages/playground/playground-page.tsx'),
    'PlaygroundPage',
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
