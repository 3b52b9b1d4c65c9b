import type { FormEvent, ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';
import type { Form } from './use-form.ts';

/** A form over the page. A press beside it does not throw away what was written. */
export function FormDialog({
  open,
  onOpenChange,
  title,
  action,
  form,
  onSubmit,
  children,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly action: string;
  readonly form: Form;
  readonly onSubmit: () => Promise<unknown>;
  readonly children: ReactNode;
}) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!form.isSending) form.submit(onSubmit);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} isWide isKept>
      <form className="stack" onSubmit={send} noValidate>
        {children}
        {form.others.length > 0 && (
          <div className="notice red" role="alert">
            <Icon name="warning" />
            <ul>
              {form.others.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </div>
        )}
        <div className="dialog-foot row end">
          <button type="button" className="button" onClick={() => onOpenChange(false)}>
            Back
          </button>
          <button type="submit" className="button primary" disabled={form.isSending}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
