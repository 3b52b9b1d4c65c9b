import { useEffect, useState } from 'react';
import { plainText } from '../text/plain-text.ts';
import { Icon, type IconName } from './icon.tsx';

/**
 * Copies a text as it is shown, so that a terminal into which it is pasted obeys nothing that nobody has seen.
 */
export function CopyButton({
  text,
  label = 'Copy',
  icon = 'copy',
  isBare = false,
}: {
  readonly text: string;
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
    navigator.clipboard.writeText(plainText(text)).then(
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
