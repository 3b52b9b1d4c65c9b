import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { agentNamesQuery, connectionsQuery } from '../api/definitions.ts';
import { type JobDraft, limitNames, type LimitName } from './job-draft.ts';
import { ChoiceField, TextField } from './text-field.tsx';

/** What each limit is called. */
export const limitLabels: Readonly<Record<LimitName, string>> = {
  turns: 'Turns',
  tool_calls: 'Tool calls',
  tokens: 'Tokens',
  cost_usd: 'Cost in USD',
  deadline_seconds: 'Deadline, seconds',
};

const limitDefaults: Readonly<Record<LimitName, string>> = {
  turns: '8',
  tool_calls: '64',
  tokens: 'any number',
  cost_usd: 'any',
  deadline_seconds: '86400',
};

interface JobFieldsProps {
  readonly draft: JobDraft;
  readonly set: (changes: Partial<JobDraft>) => void;
  /** What is wrong with a field of the body. */
  readonly problemOf?: (path: string) => string | undefined;
  /** False: the definition of an agent, which names no agent and no user. */
  readonly isJob?: boolean;
  readonly hasConversation?: boolean;
}

/** Who works, with what, for whom, and how much of it. */
export function JobFields({
  draft,
  set,
  problemOf = () => undefined,
  isJob = true,
  hasConversation = false,
}: JobFieldsProps) {
  const names = useQuery({ ...agentNamesQuery, enabled: isJob }).data ?? [];
  const agents = [...new Set([...names, ...(draft.agent === '' ? [] : [draft.agent])])];
  return (
    <>
      {isJob && (
        <div className="pair">
          <ChoiceField
            label="Agent"
            value={draft.agent}
            onChange={(agent) => set({ agent })}
            choices={[['', 'None: write one here'], ...agents.map((name) => [name, name] as const)]}
            problem={problemOf('agent')}
          />
          <TextField
            label="User"
            placeholder="the default one"
            value={draft.user}
            onChange={(user) => set({ user })}
            problem={problemOf('user')}
          />
        </div>
      )}
      {(draft.agent === '' || draft.instructions !== '') && (
        <TextField
          label="Instructions"
          rows={4}
          placeholder="You are a helpful assistant. Use tools when they help."
          value={draft.instructions}
          onChange={(instructions) => set({ instructions })}
          problem={problemOf('instructions')}
        />
      )}
      <div className="pair">
        <TextField
          label="Model"
          placeholder="the default one"
          value={draft.model}
          onChange={(model) => set({ model })}
          problem={problemOf('model')}
        />
        <ChoiceField
          label="Ask before calls"
          value={draft.approve}
          onChange={(approve) => set({ approve })}
          choices={[
            ['', isJob ? 'As the agent says' : 'As the defaults say'],
            ['none', 'Never'],
            ['writes', 'That change something'],
            ['all', 'Always'],
          ]}
          problem={problemOf('tools.approve')}
        />
      </div>
      <Connections draft={draft} set={set} problem={problemOf('connections')} />
      <Further draft={draft} set={set} problemOf={problemOf} hasConversation={hasConversation} />
    </>
  );
}

function Connections({
  draft,
  set,
  problem,
}: Pick<JobFieldsProps, 'draft' | 'set'> & { readonly problem: string | undefined }) {
  const connections = useQuery(connectionsQuery);
  const known = (connections.data?.data ?? []).map(({ name }) => name);
  const names = [...new Set([...known, ...draft.connections])];
  return (
    <fieldset className="choices">
      <legend>Connections</legend>
      {names.length === 0 && <p className="muted">None is configured.</p>}
      {names.map((name) => (
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
      {problem !== undefined && <span className="problem">{problem}</span>}
    </fieldset>
  );
}

/** Limits, and as JSON whatever else there is: folded away until something of it is set. */
function Further({ draft, set, problemOf = () => undefined, hasConversation }: JobFieldsProps) {
  const [isOpen, setOpen] = useState(
    draft.rest !== '' ||
      draft.conversation !== '' ||
      limitNames.some((name) => draft.limits[name] !== ''),
  );
  const isWrong = ['limits', 'rest', 'conversation'].some((path) => problemOf(path) !== undefined);
  return (
    <details
      className="further"
      open={isOpen || isWrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>Limits and more</summary>
      <div className="stack">
        {hasConversation === true && (
          <TextField
            label="Conversation"
            hint="Empty: a new one. The agent reads what was said in it before."
            value={draft.conversation}
            onChange={(conversation) => set({ conversation })}
            problem={problemOf('conversation')}
          />
        )}
        <div className="triple">
          {limitNames.map((name) => (
            <TextField
              key={name}
              label={limitLabels[name]}
              type="number"
              placeholder={limitDefaults[name]}
              value={draft.limits[name]}
              onChange={(value) => set({ limits: { ...draft.limits, [name]: value } })}
              problem={problemOf(`limits.${name}`)}
            />
          ))}
        </div>
        <TextField
          label="More fields"
          hint="JSON, as the API takes them: metadata, model_options, tools …"
          rows={Math.min(12, Math.max(3, draft.rest.split('\n').length))}
          isCode
          placeholder={'{ "metadata": { "team": "support" } }'}
          value={draft.rest}
          onChange={(rest) => set({ rest })}
          problem={problemOf('rest')}
        />
      </div>
    </details>
  );
}
