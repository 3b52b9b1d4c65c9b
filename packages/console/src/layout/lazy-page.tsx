import { type ComponentType, useEffect, useReducer } from 'react';
import { readSession } from '../api/session.ts';
import { Failed, Loading } from '../components/states.tsx';
import { reach } from '../live/reach.ts';

const reloadedAt = 'pawl.reloaded-at';
/** Within this time a second failure is none of an old page, in milliseconds. */
const reloadPause = 30_000;

/**
 * A page whose files are read when it is first shown. While the gateway is away they cannot be: what surrounds the page
 * stays, the banner says so, and the page is loaded anew once the gateway is back, or has other files by now.
 */
export function lazyPage(load: () => Promise<ComponentType>) {
  let Shown: ComponentType | undefined;
  let failure: Error | undefined;
  const read = async () => {
    // Files of which one could not be read are read with the page anew: some would be left out.
    if (failure !== undefined) return;
    try {
      Shown = await load();
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
  };
  function Page() {
    const [, render] = useReducer((count: number) => count + 1, 0);
    useEffect(() => {
      if (Shown !== undefined) return undefined;
      const over = new AbortController();
      const show = async () => {
        await read();
        if (failure !== undefined && !over.signal.aborted) await reloadWhenBack(over.signal);
        if (!over.signal.aborted) render();
      };
      void show();
      return () => over.abort();
    }, []);
    if (Shown !== undefined) return <Shown />;
    return failure === undefined || isFresh() ? (
      <Loading />
    ) : (
      <Failed error={failure} retry={reload} />
    );
  }
  /** The router calls it when somebody is about to go there. */
  Page.preload = read;
  return Page;
}

/** Resolves where that has just been done and did not help. */
async function reloadWhenBack(signal: AbortSignal): Promise<void> {
  // Whoever watches requests learns from this one that the gateway is away.
  await readSession().catch(() => undefined);
  await untilAnswers(signal);
  if (signal.aborted || !isFresh()) return;
  reload();
  await new Promise(() => undefined);
}

function isFresh(): boolean {
  return Date.now() - Number(sessionStorage.getItem(reloadedAt) ?? 0) > reloadPause;
}

function reload(): void {
  sessionStorage.setItem(reloadedAt, String(Date.now()));
  location.reload();
}

function untilAnswers(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (reach.get() !== 'gateway_away' || signal.aborted) {
        stop();
        resolve();
      }
    };
    const stop = reach.subscribe(look);
    signal.addEventListener('abort', look);
    look();
  });
}
