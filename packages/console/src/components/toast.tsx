import { createStore, useStore } from '../live/store.ts';
import { Icon } from './icon.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
}

const toasts = createStore<readonly Toast[]>([]);
let last = 0;

/** Says something at the edge of the page for a while; errors stay until they are closed. */
export function say(text: string, { isError = false } = {}): void {
  last += 1;
  const toast = { id: last, text, isError };
  toasts.set([...toasts.get().slice(-3), toast]);
  if (!isError) setTimeout(() => close(toast.id), 5_000);
}

/** For what a person has asked for: says what went wrong. */
export function sayError(error: unknown): void {
  say(error instanceof Error ? error.message : 'Something went wrong.', { isError: true });
}

function close(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

export function Toasts() {
  const shown = useStore(toasts);
  return (
    <div className="toasts" role="log" aria-live="polite" aria-label="Messages">
      {shown.map(({ id, text, isError }) => (
        <div key={id} className="toast">
          <Icon name={isError ? 'warning' : 'check'} />
          <span className="grow">{text}</span>
          <button
            type="button"
            className="button quiet icon small"
            aria-label="Close the message"
            onClick={() => close(id)}
          >
            <Icon name="cross" size={12} />
          </button>
        </div>
      ))}
    </div>
  );
}
