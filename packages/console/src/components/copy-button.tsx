import { useEffect, useState } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** Copies a text; it is asked for it only then, since it may be long. */
export function CopyButton({
  text,
  label = 'Copy',
  icon = 'copy',
  isBare = false,
}: {
  readonly text: string | (() => string);
  readonly label?: string;
  readonly icon?: IconName;
  /** True: the icon alone is seen. */
  readonly isBare?: boolean;
}) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');
  useEffect(() => {
    if (state === 'ready') return undefined;
    const timer = setTimeout(() => setState('ready'), 1_500);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  const words = { ready: label, copied: 'Copied', failed: 'Could not copy' }[state];
  return (
    <button
      type="button"
      className={`button small quiet${isBare ? ' icon' : ''}`}
      title={label}
      onClick={copy}
    >
      <Icon name={state === 'copied' ? 'check' : icon} size={14} />
      <span className={isBare ? 'visually-hidden' : ''} aria-live="polite">
        {words}
      </span>
    </button>
  );
}
