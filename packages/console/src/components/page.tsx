import { type ReactNode, useEffect } from 'react';
import styles from './page.module.css';

/** The frame of a page: its title, what can be done, and the rest below. */
export function Page({
  title,
  heading,
  actions,
  isFull = false,
  children,
}: {
  /** Of the document too. */
  readonly title: string;
  /** What is shown in place of the title. */
  readonly heading?: ReactNode;
  readonly actions?: ReactNode;
  /** True: the content takes the whole height and scrolls by itself. */
  readonly isFull?: boolean;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Pawl`;
  }, [title]);
  return (
    <div className={styles['page']} data-full={isFull || undefined}>
      <header className={styles['header']}>
        <div className={styles['heading']}>{heading ?? <h1>{title}</h1>}</div>
        {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
      </header>
      <div className={styles['content']}>{children}</div>
    </div>
  );
}
