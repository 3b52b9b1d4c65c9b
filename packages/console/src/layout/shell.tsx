import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Dialog as Radix } from 'radix-ui';
import { useEffect, useRef, useState } from 'react';
import { endSession } from '../api/session.ts';
import { Icon } from '../components/icon.tsx';
import { Menu } from '../components/menu.tsx';
import { sayError, Toasts } from '../components/toast.tsx';
import { signedOut } from '../live/reach.ts';
import { useStore } from '../live/store.ts';
import { useSession } from '../session/session.tsx';
import { Banner, LiveMark } from './banner.tsx';
import { Mark } from './mark.tsx';
import { places } from './places.ts';
import styles from './shell.module.css';
import { Shortcuts, showShortcuts } from './shortcuts.tsx';
import { setTheme, theme } from './theme.ts';
import { WaitingCount } from './waiting-count.tsx';

/** Navigation at the side, or behind a button on a phone, and the page beside it. */
export function Shell() {
  const [isOpen, setOpen] = useState(false);
  const { pathname } = useRouterState({ select: ({ location }) => location });
  const main = useRef<HTMLElement>(null);
  useEffect(() => setOpen(false), [pathname]);
  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#main" onClick={() => main.current?.focus()}>
        Skip to the content
      </a>
      <aside className={styles['side']}>
        <Navigation />
      </aside>
      <header className={styles['top']}>
        <Radix.Root open={isOpen} onOpenChange={setOpen}>
          <Radix.Trigger className="button quiet icon" aria-label="Open the navigation">
            <Icon name="menu" />
          </Radix.Trigger>
          <Radix.Portal>
            <Radix.Overlay className="overlay" />
            <Radix.Content className={styles['sheet']} aria-describedby={undefined}>
              <Radix.Title className="visually-hidden">Navigation</Radix.Title>
              <Navigation />
            </Radix.Content>
          </Radix.Portal>
        </Radix.Root>
        <Mark size={22} />
        <strong className="grow">Pawl</strong>
        <LiveMark />
      </header>
      <main id="main" ref={main} className={styles['main']} tabIndex={-1}>
        <Banner />
        <div className={styles['page']}>
          <Outlet />
        </div>
      </main>
      <Toasts />
      <Shortcuts />
    </div>
  );
}

function Navigation() {
  const { scopes, tenant, key } = useSession();
  const may = (scope: string) => scopes.some((own) => own === scope || own === 'admin');
  return (
    <div className={styles['navigation']}>
      <div className={styles['brand']}>
        <Mark size={22} />
        <strong className="grow">Pawl</strong>
        <LiveMark />
      </div>
      <nav aria-label="Pages" className={styles['places']}>
        {places.map((group) => {
          const allowed = group.places.filter(({ scope }) => may(scope));
          if (allowed.length === 0) return null;
          return (
            <div key={group.title} role="group" aria-label={group.title}>
              {group.title !== 'Work' && <p className={styles['group']}>{group.title}</p>}
              <ul>
                {allowed.map(({ to, label, icon }) => (
                  <li key={to}>
                    <Link to={to} className={styles['place']}>
                      <Icon name={icon} />
                      <span className="grow">{label}</span>
                      {to === '/inbox' && <WaitingCount />}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </nav>
      <div className={styles['foot']}>
        <div className="grow">
          <div className="truncate">{key === null ? 'This machine' : key.name}</div>
          <div className="muted truncate">{tenant}</div>
        </div>
        <AccountMenu isKeyless={key === null} />
      </div>
    </div>
  );
}

function AccountMenu({ isKeyless }: { readonly isKeyless: boolean }) {
  const chosen = useStore(theme);
  const mark = (value: string) => (value === chosen ? ' ✓' : '');
  return (
    <Menu
      label="Settings"
      items={[
        { label: `Light${mark('light')}`, icon: 'sun', run: () => setTheme('light') },
        { label: `Dark${mark('dark')}`, icon: 'moon', run: () => setTheme('dark') },
        { label: `As the system${mark('system')}`, icon: 'screen', run: () => setTheme('system') },
        {
          label: 'Keyboard',
          icon: 'keyboard',
          run: showShortcuts,
        },
        {
          label: 'The HTTP API',
          icon: 'book',
          run: () => location.assign(new URL('docs', document.baseURI)),
        },
        !isKeyless && {
          label: 'Sign out',
          icon: 'out',
          run: () => {
            endSession().then(() => signedOut.set('You are signed out.'), sayError);
          },
        },
      ]}
    />
  );
}
