import { useState, type FormEvent } from 'react';
import { beginSession, type SessionResource } from '../api/session.ts';
import { Field } from '../components/field.tsx';
import { formText } from '../components/form-text.ts';
import { Icon } from '../components/icon.tsx';
import { Mark } from '../layout/mark.tsx';
import styles from './sign-in.module.css';

/** Takes an API key, and forgets it: the gateway answers with a cookie that no script can read. */
export function SignIn({
  reason,
  onSignedIn,
}: {
  readonly reason: string | undefined;
  readonly onSignedIn: (session: SessionResource) => void;
}) {
  const [problem, setProblem] = useState<string>();
  const [isSending, setSending] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const key = formText(event, 'key');
    if (key === '') {
      setProblem('Paste an API key.');
      return;
    }
    setSending(true);
    beginSession(key)
      .then(onSignedIn, (error: Error) => setProblem(error.message))
      .finally(() => setSending(false));
  };
  return (
    <main className={styles['page']}>
      <form className={styles['form']} onSubmit={submit}>
        <Mark size={36} />
        <h1>Sign in to Pawl</h1>
        {reason !== undefined && (
          <p className="notice amber" role="alert">
            <Icon name="info" /> {reason}
          </p>
        )}
        <Field
          label="API key"
          problem={problem}
          hint="It is sent once and not kept in this browser: a session of at most twelve hours is."
        >
          {(parts) => (
            <input
              {...parts}
              name="key"
              type="password"
              className="input"
              autoComplete="current-password"
              placeholder="pawl_…"
              // oxlint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
            />
          )}
        </Field>
        <button type="submit" className="button primary" disabled={isSending}>
          Sign in
        </button>
        <p className="muted">
          Make a key with <code>npm run keys -- create</code>.
        </p>
      </form>
    </main>
  );
}
