import type { Trigger, TriggerRequest } from '@pawl/client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { bodyOf, draftOf, jobPaths, parsedJson } from '../../components/job-draft.ts';
import { JobFields } from '../../components/job-fields.tsx';
import { ChoiceField, TextField } from '../../components/text-field.tsx';
import { say } from '../../components/toast.tsx';
import { FieldError, useForm } from '../../components/use-form.ts';
import { newSecret, verifyTypes, type VerifyType } from './trigger-secret.ts';

const paths = [
  'description',
  'template',
  'conversation_key',
  'filter',
  'verify',
  'agent',
  ...jobPaths('job.'),
];

/** What is shown once: the API keeps the secret to itself. */
export interface MadeTrigger {
  readonly trigger: Trigger;
  readonly secret: string;
}

/** Makes a trigger, or changes one. */
export function TriggerForm({
  trigger,
  onClose,
  onMade,
}: {
  readonly trigger?: Trigger;
  readonly onClose: () => void;
  readonly onMade: (made: MadeTrigger) => void;
}) {
  const queries = useQueryClient();
  const form = useForm(paths);
  const [draft, setDraft] = useState(() => ({
    description: trigger?.description ?? '',
    template: trigger?.template ?? '',
    conversationKey: trigger?.conversation_key ?? '',
    filter: textOf(trigger?.filter ?? null),
    type: trigger?.verify.type ?? 'standard_webhooks',
    secret: '',
    job: draftOf(trigger?.job),
  }));
  const set = (changes: Partial<typeof draft>) => setDraft({ ...draft, ...changes });
  const save = async () => {
    const secret = draft.secret.trim();
    const isNewType = draft.type !== trigger?.verify.type;
    if (secret === '' && isNewType) throw new FieldError('verify', 'a secret is required');
    const body = {
      description: draft.description.trim() || null,
      conversation_key: draft.conversationKey.trim() || null,
      filter:
        draft.filter.trim() === ''
          ? null
          : (parsedJson(draft.filter, 'filter') as TriggerRequest['filter']),
      template: draft.template,
      job: bodyOf(draft.job, 'job.') as TriggerRequest['job'],
      ...(secret !== '' && { verify: { type: draft.type, secret } }),
    };
    const saved =
      trigger === undefined
        ? await client.triggers.create(withoutNulls(body))
        : await client.triggers.update(trigger.id, body as object);
    if (secret === '') say('The trigger is changed.');
    else onMade({ trigger: saved, secret });
    onClose();
    await queries.invalidateQueries({ queryKey: ['triggers'] });
  };
  return (
    <FormDialog
      open
      onOpenChange={onClose}
      title={trigger === undefined ? 'New trigger' : 'Change the trigger'}
      action={trigger === undefined ? 'Make the trigger' : 'Save'}
      form={form}
      onSubmit={save}
    >
      <TextField
        label="What for"
        placeholder="New issues of acme/api"
        value={draft.description}
        onChange={(description) => set({ description })}
        problem={form.problemOf('description')}
        isFocused
      />
      <div className="pair">
        <ChoiceField
          label="Senders prove themselves by"
          value={draft.type}
          onChange={(type) => set({ type: type as VerifyType })}
          choices={verifyTypes}
        />
        <TextField
          label="Secret"
          isCode
          hint={
            trigger === undefined
              ? 'The one that the sender signs with, or a new one'
              : 'Empty: it stays as it is'
          }
          value={draft.secret}
          onChange={(secret) => set({ secret })}
          problem={form.problemOf('verify')}
        />
      </div>
      <div className="row end">
        <button
          type="button"
          className="button small"
          onClick={() => set({ secret: newSecret(draft.type) })}
        >
          Make up a secret
        </button>
      </div>
      <TextField
        label="Template of the prompt"
        hint="{{/issue/title}} stands for that place in what is sent, {{header:x-github-event}} for a header"
        rows={4}
        isCode
        value={draft.template}
        onChange={(template) => set({ template })}
        problem={form.problemOf('template')}
      />
      <div className="pair">
        <TextField
          label="Conversation"
          isCode
          hint="Events with the same text go on in one conversation. Empty: a new one each time"
          placeholder="{{/issue/id}}"
          value={draft.conversationKey}
          onChange={(conversationKey) => set({ conversationKey })}
          problem={form.problemOf('conversation_key')}
        />
        <TextField
          label="Filter"
          isCode
          rows={2}
          hint="JSON. Empty: every event becomes a job"
          placeholder={'[{ "place": "/action", "equals": "opened" }]'}
          value={draft.filter}
          onChange={(filter) => set({ filter })}
          problem={form.problemOf('filter')}
        />
      </div>
      <JobFields
        draft={draft.job}
        set={(changes) => set({ job: { ...draft.job, ...changes } })}
        problemOf={(path) =>
          form.problemOf(`job.${path}`) ?? (path === 'agent' ? form.problemOf(path) : undefined)
        }
      />
    </FormDialog>
  );
}

function textOf(value: unknown): string {
  return value === null ? '' : JSON.stringify(value, undefined, 2);
}

/** A new trigger leaves out what it does not have, and a changed one takes it away. */
function withoutNulls(body: object): TriggerRequest {
  const entries = Object.entries(body).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as unknown as TriggerRequest;
}
