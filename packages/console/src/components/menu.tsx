import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  readonly isDisabled?: boolean;
  readonly run: () => void;
}

/** A button that opens a list of things to do. */
export function Menu({
  label,
  items,
  trigger,
}: {
  readonly label: string;
  readonly items: readonly (MenuItem | undefined | false)[];
  readonly trigger?: ReactNode;
}) {
  const shown = items.filter((item): item is MenuItem => item !== undefined && item !== false);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        className={trigger === undefined ? 'button icon' : 'button'}
        aria-label={trigger === undefined ? label : undefined}
      >
        {trigger ?? <Icon name="more" />}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} aria-label={label}>
          {shown.map(({ label: name, icon, isDisabled = false, run }) => (
            <DropdownMenu.Item key={name} disabled={isDisabled} onSelect={run}>
              {icon !== undefined && <Icon name={icon} />}
              {name}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
