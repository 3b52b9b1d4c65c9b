import { PawlApiError } from '@pawl/client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { readSession, type SessionResource } from './api/session.ts';
import { Loading } from './components/states.tsx';
import { Banner } from './layout/banner.tsx';
import { applyEvents } from './live/apply-events.ts';
import { reopenLiveEvents, startLiveEvents, stopLiveEvents } from './live/live-events.ts';
import { signedOut, watchReach } from './live/reach.ts';
import { useStore } from './live/store.ts';
import { router } from './router.tsx';
import { SessionContext } from './session/session.tsx';
import { SignIn } from './session/sign-in.tsx';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      gcTime: 60_000,
      // What does not answer is asked again by whoever watches for that.
      retry: false,
      refetchOnWindowFocus: true,
      // A machine without a network may run the gateway itself.
      networkMode: 'always',
    },
  },
});

/** Who looks: nobody is known yet, nobody, or somebody. */
export function App() {
  const [session, setSession] = useState<SessionResource>();
  const [reason, setReason] = useState<string>();
  const [isAsked, setAsked] = useState(false);
  const outReason = useStore(signedOut);
  const person = useRef<string>(undefined);
  const eventsAfter = useRef('');

  const begin = useCallback((next: SessionResource) => {
    signedOut.set(undefined);
    setReason(undefined);
    // What was read with one key is nobody else's.
    if (person.current !== personOf(next)) client.clear();
    person.current = personOf(next);
    eventsAfter.current = next.events_after;
    setSession(next);
  }, []);
  const ask = useCallback(() => {
    readSession().then(begin, (error: unknown) => {
      if (!(error instanceof PawlApiError) || error.status !== 401) return;
      setAsked(true);
      // Who comes for the first time has not been signed out.
      if (!error.message.startsWith('Send an API key')) setReason(error.message);
    });
  }, [begin]);
  useEffect(() => {
    watchReach(() => {
      void client.invalidateQueries();
      reopenLiveEvents();
      ask();
    });
    ask();
    // In another tab somebody else may have signed in: all tabs have one cookie.
    window.addEventListener('focus', ask);
    return () => window.removeEventListener('focus', ask);
  }, [ask]);

  useEffect(() => {
    if (outReason === undefined || session === undefined) return;
    setReason(outReason);
    setSession(undefined);
    setAsked(true);
    client.clear();
  }, [outReason, session]);

  const shown = session && personOf(session);
  useEffect(() => {
    if (shown === undefined) return undefined;
    startLiveEvents(eventsAfter.current);
    const stop = applyEvents(client);
    return () => {
      stop();
      stopLiveEvents();
    };
  }, [shown]);

  if (session !== undefined) {
    return (
      <QueryClientProvider key={shown} client={client}>
        <SessionContext value={session}>
          <RouterProvider router={router} />
        </SessionContext>
      </QueryClientProvider>
    );
  }
  if (isAsked) return <SignIn reason={reason} onSignedIn={begin} />;
  return (
    <main>
      <Banner />
      <Loading />
    </main>
  );
}

/** Tells apart those whom a browser may be signed in as, one after the other. */
function personOf({ tenant, key }: SessionResource): string {
  return `${tenant} ${key?.id ?? ''}`;
}
