import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Icon } from './icon.tsx';

/** A window over the page, closed by Escape. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  isWide = false,
  isKept = false,
  children,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: string;
  readonly isWide?: boolean;
  /** True: a press beside it does not close it. */
  readonly isKept?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="overlay" />
        <Radix.Content
          className={isWide ? 'dialog wide' : 'dialog'}
          onInteractOutside={(event) => isKept && event.preventDefault()}
          {...(description === undefined && { 'aria-describedby': undefined })}
        >
          <div className="row">
            <Radix.Title asChild>
              <h2 className="grow">{title}</h2>
            </Radix.Title>
            <Radix.Close className="button quiet icon small" aria-label="Close">
              <Icon name="cross" />
            </Radix.Close>
          </div>
          {description !== undefined && (
            <Radix.Description className="soft">{description}</Radix.Description>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Asks before something is done that cannot be taken back. */
export function Confirm({
  open,
  onOpenChange,
  title,
  description,
  action,
  isDangerous = false,
  run,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description: string;
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly run: () => Promise<unknown>;
}) {
  const [isRunning, setRunning] = useState(false);
  const confirm = () => {
    setRunning(true);
    void run().finally(() => {
      setRunning(false);
      onOpenChange(false);
    });
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={description}>
      <div className="row end">
        <button type="button" className="button" onClick={() => onOpenChange(false)}>
          Back
        </button>
        <button
          type="button"
          className={isDangerous ? 'button danger' : 'button primary'}
          disabled={isRunning}
          onClick={confirm}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
