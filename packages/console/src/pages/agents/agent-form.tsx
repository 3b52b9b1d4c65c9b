import type { Agent } from '@pawl/client';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { agentFields, definitionOf } from '../../api/definitions.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { bodyOf, draftOf, jobPaths } from '../../components/job-draft.ts';
import { JobFields } from '../../components/job-fields.tsx';
import { TextField } from '../../components/text-field.tsx';
import { say } from '../../components/toast.tsx';
import { FieldError, useForm } from '../../components/use-form.ts';

/** What an agent says besides its name. */
const fields = ['description', ...agentFields] as const;

/** Makes an agent, or changes one: refused where somebody else has changed it meanwhile. */
export function AgentForm({
  agent,
  onClose,
}: {
  readonly agent?: Agent;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(agent?.name ?? '');
  const [description, setDescription] = useState(agent?.description ?? '');
  const [draft, setDraft] = useState(() => draftOf(agent === undefined ? {} : definitionOf(agent)));
  const form = useForm(['name', 'description', ...jobPaths()]);
  const save = async () => {
    if (agent === undefined && name.trim() === '') throw new FieldError('name', 'is required');
    const body = {
      ...(description.trim() !== '' && { description: description.trim() }),
      ...bodyOf(draft),
    };
    if (agent === undefined) {
      await client.agents.create({ ...body, name: name.trim() });
      say('The agent is made.');
      void navigate({ to: '/agents/$name', params: { name: name.trim() } });
    } else {
      const taken = fields.filter((field) => agent[field] !== undefined && !(field in body));
      await client.agents.update(agent.name, {
        ...body,
        ...Object.fromEntries(taken.map((field) => [field, null])),
        version: agent.version,
      });
      say('The agent is changed. Jobs that run go on as they began.');
    }
    onClose();
    await queries.invalidateQueries({ queryKey: ['agents'] });
  };
  return (
    <FormDialog
      open
      onOpenChange={onClose}
      title={agent === undefined ? 'New agent' : `Change the agent ${agent.name}`}
      action={agent === undefined ? 'Make the agent' : 'Save'}
      form={form}
      onSubmit={save}
    >
      {agent === undefined && (
        <TextField
          label="Name"
          hint="Small letters, digits, _ and -"
          placeholder="triage"
          value={name}
          onChange={setName}
          problem={form.problemOf('name')}
          isFocused
        />
      )}
      <TextField
        label="What for"
        value={description}
        onChange={setDescription}
        problem={form.problemOf('description')}
        isFocused={agent !== undefined}
      />
      <JobFields
        draft={draft}
        set={(changes) => setDraft({ ...draft, ...changes })}
        problemOf={form.problemOf}
        isJob={false}
      />
    </FormDialog>
  );
}
