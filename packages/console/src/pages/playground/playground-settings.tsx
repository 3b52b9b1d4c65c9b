import { useQuery } from '@tanstack/react-query';
import { agentNamesQuery, connectionsQuery } from '../../api/definitions.ts';
import { Field } from '../../components/field.tsx';
import type { PlaygroundDraft } from './playground-draft.ts';
import styles from './playground-page.module.css';

/** Who works, with what, and for whom. */
export function PlaygroundSettings({
  draft,
  set,
}: {
  readonly draft: PlaygroundDraft;
  readonly set: (changes: Partial<PlaygroundDraft>) => void;
}) {
  const agents = useQuery(agentNamesQuery);
  const connections = useQuery(connectionsQuery);
  const names = new Set([
    ...(connections.data?.data ?? []).map(({ name }) => name),
    ...draft.connections,
  ]);
  return (
    <>
      <div className={styles['pair']}>
        <Field label="Agent">
          {(parts) => (
            <select
              {...parts}
              className="input"
              value={draft.agent}
              onChange={(event) => set({ agent: event.target.value })}
            >
              <option value="">None: write one here</option>
              {(agents.data ?? []).map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="User">
          {(parts) => (
            <input
              {...parts}
              className="input"
              placeholder="the default one"
              value={draft.user}
              onChange={(event) => set({ user: event.target.value })}
            />
          )}
        </Field>
      </div>
      {draft.agent === '' && (
        <Field label="Instructions">
          {(parts) => (
            <textarea
              {...parts}
              className="input"
              rows={4}
              placeholder="You are a helpful assistant. Use tools when they help."
              value={draft.instructions}
              onChange={(event) => set({ instructions: event.target.value })}
            />
          )}
        </Field>
      )}
      <div className={styles['pair']}>
        <Field label="Model">
          {(parts) => (
            <input
              {...parts}
              className="input"
              placeholder="the default one"
              value={draft.model}
              onChange={(event) => set({ model: event.target.value })}
            />
          )}
        </Field>
        <Field label="Ask before calls">
          {(parts) => (
            <select
              {...parts}
              className="input"
              value={draft.approve}
              onChange={(event) =>
                set({ approve: event.target.value as PlaygroundDraft['approve'] })
              }
            >
              <option value="">As the agent says</option>
              <option value="none">Never</option>
              <option value="writes">That change something</option>
              <option value="all">Always</option>
            </select>
          )}
        </Field>
      </div>
      <fieldset className="choices">
        <legend>Connections</legend>
        {names.size === 0 && <p className="muted">None is configured.</p>}
        {[...names].map((name) => (
          <label key={name} className="row">
            <input
              type="checkbox"
              checked={draft.connections.includes(name)}
              onChange={({ target: { checked } }) =>
                set({
                  connections: checked
                    ? [...draft.connections, name]
                    : draft.connections.filter((other) => other !== name),
                })
              }
            />
            {name}
          </label>
        ))}
      </fieldset>
    </>
  );
}
