import { useState } from 'react';
import { formatBytes } from '../text/format.ts';
import { plainText } from '../text/plain-text.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icon.tsx';
import styles from './long-text.module.css';

/** More characters than that at a time make pages slow. */
const pageLength = 20_000;

/** Foreign text, a page at a time. */
export function LongText({
  text,
  isCode = false,
  label = 'Text',
}: {
  readonly text: string;
  readonly isCode?: boolean;
  readonly label?: string;
}) {
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(text.length / pageLength));
  const shown = Math.min(page, pages - 1);
  const piece = plainText(text.slice(shown * pageLength, (shown + 1) * pageLength));
  return (
    <div className={styles['box']}>
      {isCode ? (
        <pre className={styles['code']} dir="auto" tabIndex={0} aria-label={label} role="region">
          {piece}
        </pre>
      ) : (
        <div className={styles['prose']} dir="auto">
          {piece}
        </div>
      )}
      {pages > 1 && (
        <div className={styles['pages']}>
          <span className="muted numbers">
            Page {shown + 1} of {pages} · {formatBytes(text.length)}
          </span>
          <button
            type="button"
            className="button small icon"
            aria-label={`${label}: page before`}
            disabled={shown === 0}
            onClick={() => setPage(shown - 1)}
          >
            <Icon name="left" size={12} />
          </button>
          <button
            type="button"
            className="button small icon"
            aria-label={`${label}: next page`}
            disabled={shown === pages - 1}
            onClick={() => setPage(shown + 1)}
          >
            <Icon name="right" size={12} />
          </button>
          <CopyButton text={text} label="Copy all" />
        </div>
      )}
    </div>
  );
}
