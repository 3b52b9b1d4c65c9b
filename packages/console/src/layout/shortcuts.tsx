import { useNavigate } from '@tanstack/react-router';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { createStore, useStore } from '../live/store.ts';
import { allPlaces as all } from './places.ts';

const storedAt = 'pawl.shortcuts';

/** Single letters get in the way of those who speak to their computer: they can be turned off. */
const areOn = createStore(localStorage.getItem(storedAt) !== 'off');

/** In milliseconds: the second key of two. */
const sequenceTime = 1_500;

type Actions = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Runs an action when its key is pressed and nobody is writing, and again while it is held down. */
export function useShortcuts(actions: Actions): void {
  const latest = useRef(actions);
  // Before anything is drawn: a key that a person sees named works.
  useLayoutEffect(() => {
    latest.current = actions;
  });
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = isForPage(event) ? latest.current[event.key] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action(event);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function isForPage(event: KeyboardEvent): boolean {
  const { target, ctrlKey, metaKey, altKey, defaultPrevented } = event;
  if (!areOn.get() || ctrlKey || metaKey || altKey || defaultPrevented) return false;
  const isWriting =
    target instanceof HTMLElement && target.closest('input, textarea, select') !== null;
  return !isWriting && document.querySelector('[role="dialog"], [role="menu"]') === null;
}

/** `g` and a letter go somewhere; `?` tells of all keys. */
export function Shortcuts() {
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const isOn = useStore(areOn);
  useShortcuts({ '?': () => setOpen(true) });
  useLayoutEffect(() => {
    let armedAt = 0;
    // Before everybody else hears of a key: behind a `g` it means nothing but where to go.
    const press = (event: KeyboardEvent) => {
      if (!isForPage(event)) return;
      const isArmed = Date.now() - armedAt < sequenceTime;
      armedAt = !isArmed && event.key === 'g' ? Date.now() : 0;
      if (!isArmed) return;
      event.preventDefault();
      event.stopPropagation();
      const place = all.find(({ key }) => key === event.key);
      if (place !== undefined) void navigate({ to: place.to });
    };
    document.addEventListener('keydown', press, { capture: true });
    return () => document.removeEventListener('keydown', press, { capture: true });
  }, [navigate]);
  useEffect(() => {
    const open = () => setOpen(true);
    document.addEventListener('pawl:shortcuts', open);
    return () => document.removeEventListener('pawl:shortcuts', open);
  }, []);
  const toggle = () => {
    areOn.set(!isOn);
    localStorage.setItem(storedAt, isOn ? 'off' : 'on');
  };
  return (
    <Dialog open={isOpen} onOpenChange={setOpen} title="Keyboard">
      <dl className="facts">
        {all.map(({ to, label, key }) => (
          <div key={to} style={{ display: 'contents' }}>
            <dt>
              <kbd className="kbd">g</kbd> <kbd className="kbd">{key}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
        <dt>
          <kbd className="kbd">j</kbd> <kbd className="kbd">k</kbd>
        </dt>
        <dd>In the inbox: next, previous</dd>
        <dt>
          <kbd className="kbd">a</kbd> <kbd className="kbd">r</kbd> <kbd className="kbd">e</kbd>{' '}
          <kbd className="kbd">s</kbd>
        </dt>
        <dd>In the inbox: approve, reject, edit, respond</dd>
        <dt>
          <kbd className="kbd">?</kbd>
        </dt>
        <dd>This list</dd>
      </dl>
      <label className="row">
        <input type="checkbox" checked={isOn} onChange={toggle} /> Single keys do something
      </label>
    </Dialog>
  );
}

/** Opens the list of keys. */
export function showShortcuts(): void {
  document.dispatchEvent(new Event('pawl:shortcuts'));
}
