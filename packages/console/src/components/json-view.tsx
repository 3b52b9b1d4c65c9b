import { useMemo } from 'react';
import { CopyButton } from './copy-button.tsx';
import { LongText } from './long-text.tsx';

/** Any JSON value, written with indentation, a page at a time, and copied whole. */
export function JsonView({
  value,
  label = 'JSON',
}: {
  readonly value: unknown;
  readonly label?: string;
}) {
  const text = useMemo(() => textOf(value), [value]);
  return (
    <div className="copyable">
      <LongText text={text} isCode label={label} />
      <div className="copy">
        <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} isBare />
      </div>
    </div>
  );
}

/** Text is shown as it is: as JSON it would be one line of escapes. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? '');
}
