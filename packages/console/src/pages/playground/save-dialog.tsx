import type { JobRequest } from '@pawl/client';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { client } from '../../api/client.ts';
import { definitionOf } from '../../api/definitions.ts';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { formText } from '../../components/form-text.ts';
import { say } from '../../components/toast.tsx';

/** Gives a name to what was tried. */
export function SaveDialog({
  open,
  onOpenChange,
  request,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly request: JobRequest;
}) {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const save = (event: FormEvent<HTMLFormElement>) => {
    const name = formText(event, 'name');
    const description = formText(event, 'description');
    client.agents
      .create({ name, ...(description !== '' && { description }), ...definitionOf(request) })
      .then(
        () => {
          say(`The agent ${name} is saved.`);
          setProblem(undefined);
          void queries.invalidateQueries({ queryKey: ['agents'] });
          onOpenChange(false);
        },
        (error: Error) => setProblem(error.message),
      );
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Save as agent"
      description="Instructions, model, connections, tools and limits get a name, which jobs can give."
    >
      <form className="stack" onSubmit={save}>
        <Field label="Name" hint="Small letters, digits, _ and -" problem={problem}>
          {(parts) => <input {...parts} name="name" className="input" placeholder="triage" />}
        </Field>
        <Field label="What for">
          {(parts) => <input {...parts} name="description" className="input" />}
        </Field>
        <div className="row end">
          <button type="submit" className="button primary">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
