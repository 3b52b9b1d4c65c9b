import type { ApiKey, CreatedApiKey } from '@pawl/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { client } from '../../api/client.ts';
import { keysQuery } from '../../api/definitions.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Confirm, Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { formText } from '../../components/form-text.ts';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { say, sayError } from '../../components/toast.tsx';
import { useSession } from '../../session/session.tsx';
import { plainText } from '../../text/plain-text.ts';

const allScopes = ['jobs:read', 'jobs:write', 'approvals', 'admin'] as const;

/** Who may ask the API, and for what. */
export function KeysPage() {
  const query = useQuery(keysQuery);
  const [isMaking, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey>();
  const queries = useQueryClient();
  const own = useSession().key?.id;
  const refresh = () => void queries.invalidateQueries({ queryKey: ['keys'] });
  return (
    <Page
      title="API keys"
      isFull
      actions={
        <button type="button" className="button primary" onClick={() => setMaking(true)}>
          <Icon name="plus" /> Make a key
        </button>
      }
    >
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty icon="key" title="There are no keys">
              <p>
                Everybody on this machine may ask the API. The first key ends that, for good, and
                you will have to sign in with it.
              </p>
            </Empty>
          ) : (
            <DataTable
              label="API keys"
              columns={columnsFor(own, setRevoked)}
              rows={data}
              total={data.length}
            />
          )
        }
      </Loaded>
      <NewKey open={isMaking} onOpenChange={setMaking} onMade={refresh} />
      <Confirm
        open={revoked !== undefined}
        onOpenChange={() => setRevoked(undefined)}
        title={`Revoke the key ${revoked?.name ?? ''}?`}
        description={
          revoked?.id === own
            ? 'You are signed in with it: you will be signed out at once.'
            : 'Whoever uses it is refused from now on. That cannot be taken back.'
        }
        action="Revoke the key"
        isDangerous
        run={() =>
          client.keys
            .delete(revoked?.id ?? '')
            .then(() => say('The key is revoked.'), sayError)
            .finally(refresh)
        }
      />
    </Page>
  );
}

function columnsFor(
  own: string | undefined,
  revoke: (key: ApiKey) => void,
): readonly Column<ApiKey>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: 'minmax(10rem, 1fr)',
      narrow: 'first',
      cell: ({ name, id }) => (
        <span className="row">
          <strong className="truncate">
            <bdi>{plainText(name)}</bdi>
          </strong>
          <code className="muted">{id}</code>
          {id === own && <span className="chip blue">yours</span>}
        </span>
      ),
    },
    {
      id: 'scopes',
      header: 'May',
      width: 'minmax(12rem, 1fr)',
      cell: ({ scopes }) => (
        <span className="row">
          {scopes.map((scope) => (
            <span key={scope} className="chip">
              {scope}
            </span>
          ))}
        </span>
      ),
    },
    {
      id: 'rate',
      header: 'A minute',
      width: '5rem',
      isRight: true,
      narrow: 'hidden',
      cell: ({ requests_per_minute: rate }) => <span className="numbers">{rate ?? '∞'}</span>,
    },
    {
      id: 'expires',
      header: 'Expires',
      width: '6rem',
      isRight: true,
      cell: ({ expires_at: at }) =>
        at === null ? <span className="muted">never</span> : <Time at={at} />,
    },
    {
      id: 'created',
      header: 'Made',
      width: '6rem',
      isRight: true,
      narrow: 'hidden',
      cell: ({ created_at: at }) => <Time at={at} />,
    },
    {
      id: 'revoke',
      header: 'Action',
      width: '5rem',
      isRight: true,
      cell: (key) => (
        <button type="button" className="button small" onClick={() => revoke(key)}>
          Revoke<span className="visually-hidden"> {key.name}</span>
        </button>
      ),
    },
  ];
}

function NewKey({
  open,
  onOpenChange,
  onMade,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onMade: () => void;
}) {
  const [made, setMade] = useState<CreatedApiKey>();
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const name = formText(event, 'name');
    const days = Number(formText(event, 'days'));
    const rate = Number(formText(event, 'rate'));
    const form = new FormData(event.currentTarget);
    const scopes = allScopes.filter((scope) => form.has(scope));
    if (name === '' || scopes.length === 0) {
      setProblem('Give it a name, and choose what it may.');
      return;
    }
    client.keys
      .create({
        name,
        scopes,
        ...(days > 0 && { expires_at: new Date(Date.now() + days * 86_400_000).toISOString() }),
        ...(rate > 0 && { requests_per_minute: rate }),
      })
      .then(
        (key) => {
          setMade(key);
          onMade();
        },
        (error: Error) => setProblem(error.message),
      );
  };
  const close = (next: boolean) => {
    onOpenChange(next);
    setMade(undefined);
    setProblem(undefined);
  };
  if (made !== undefined) {
    return (
      <Dialog
        open={open}
        onOpenChange={close}
        title={`The key ${made.name}`}
        description="It is shown this once. Copy it now: nobody can read it again."
      >
        <div className="row">
          <code className="truncate grow">{made.key}</code>
          <CopyButton text={made.key} />
        </div>
        <div className="row end">
          <button type="button" className="button primary" onClick={() => close(false)}>
            I have it
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog open={open} onOpenChange={close} title="Make a key">
      <form className="stack" onSubmit={submit}>
        <Field label="Name" hint="What it is for" problem={problem}>
          {(parts) => <input {...parts} name="name" className="input" maxLength={100} />}
        </Field>
        <fieldset className="choices">
          <legend>It may</legend>
          {allScopes.map((scope) => (
            <label key={scope} className="row">
              <input type="checkbox" name={scope} defaultChecked={scope === 'jobs:read'} /> {scope}
            </label>
          ))}
        </fieldset>
        <div className="row">
          <Field label="Expires after days" hint="Empty: never">
            {(parts) => <input {...parts} name="days" type="number" min="1" className="input" />}
          </Field>
          <Field label="Requests a minute" hint="Empty: any number">
            {(parts) => <input {...parts} name="rate" type="number" min="1" className="input" />}
          </Field>
        </div>
        <div className="row end">
          <button type="submit" className="button primary">
            Make the key
          </button>
        </div>
      </form>
    </Dialog>
  );
}
