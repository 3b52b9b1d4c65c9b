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
  validateSearch: (search: Readonly<Record<string, unknown>>): { tab?: string; step?: string } => ({
    ...(typeof search['tab'] === 'string' && { tab: search['tab'] }),
    ...(typeof search['step'] === 'string' && { step: search['step'] }),
  }),
  component: lazyRouteComponent(() => import('./pages/job/job-page.tsx'), 'JobPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, jobs, job]),
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
