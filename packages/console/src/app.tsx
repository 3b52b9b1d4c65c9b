import { PawlApiError } from '@pawl/client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
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
    },
  },
});

/** Who looks: nobody is known yet, nobody, or somebody. */
export function App() {
  const [session, setSession] = useState<SessionResource>();
  const [reason, setReason] = useState<string>();
  const [isAsked, setAsked] = useState(false);
  const outReason = useStore(signedOut);

  const begin = useCallback((next: SessionResource) => {
    signedOut.set(undefined);
    setReason(undefined);
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
  }, [ask]);

  // What was read with one key is nobody else's.
  useEffect(() => {
    if (outReason === undefined || session === undefined) return;
    setReason(outReason);
    setSession(undefined);
    setAsked(true);
    client.clear();
  }, [outReason, session]);

  const isSignedIn = session !== undefined;
  useEffect(() => {
    if (!isSignedIn) return undefined;
    startLiveEvents();
    const stop = applyEvents(client);
    return () => {
      stop();
      stopLiveEvents();
    };
  }, [isSignedIn]);

  if (session !== undefined) {
    return (
      <QueryClientProvider client={client}>
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
