import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import type { MadeTrigger } from './trigger-form.tsx';
import { verifyLabel } from './trigger-secret.ts';

/** What the sender has to know, this once. */
export function MadeTriggerDialog({
  made,
  onClose,
}: {
  readonly made: MadeTrigger | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      open={made !== undefined}
      onOpenChange={onClose}
      title="Give these to the sender"
      description="The secret is shown this once. Copy it now: nobody can read it again."
    >
      {made !== undefined && (
        <>
          <dl className="facts">
            <dt>Address</dt>
            <dd className="row">
              <code className="truncate grow">{made.trigger.url}</code>
              <CopyButton text={made.trigger.url} label="Copy the address" isBare />
            </dd>
            <dt>Secret</dt>
            <dd className="row">
              <code className="truncate grow">{made.secret}</code>
              <CopyButton text={made.secret} label="Copy the secret" isBare />
            </dd>
            <dt>Proof</dt>
            <dd>{verifyLabel(made.trigger.verify.type)}</dd>
          </dl>
          <div className="row end">
            <button type="button" className="button primary" onClick={onClose}>
              I have them
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
