import { type KeyboardEvent, useRef, useState } from 'react';
import { Field } from './field.tsx';
import { Icon } from './icon.tsx';
import { sayError } from './toast.tsx';

/** Takes a prompt; Ctrl or Command with Enter sends it. */
export function Composer({
  label,
  action,
  rows = 3,
  initial = '',
  onSend,
}: {
  readonly label: string;
  readonly action: string;
  readonly rows?: number;
  readonly initial?: string;
  readonly onSend: (text: string) => Promise<unknown>;
}) {
  const [text, setText] = useState(initial);
  const [isSending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const send = () => {
    setSending(true);
    onSend(text.trim())
      .then(() => setText(''), sayError)
      .finally(() => setSending(false));
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
  };
  return (
    <form
      ref={form}
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '' && !isSending) send();
      }}
    >
      <Field label={label}>
        {(parts) => (
          <textarea
            {...parts}
            className="input"
            rows={rows}
            dir="auto"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={press}
          />
        )}
      </Field>
      <div className="row end">
        <span className="muted">Ctrl or ⌘ with Enter</span>
        <button type="submit" className="button primary" disabled={text.trim() === '' || isSending}>
          <Icon name="send" /> {action}
        </button>
      </div>
    </form>
  );
}
