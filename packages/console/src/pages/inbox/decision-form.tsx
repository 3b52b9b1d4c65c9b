import type { Approval, ApprovalDecision } from '@pawl/client';
import { type FormEvent, useState } from 'react';
import { Field } from '../../components/field.tsx';
import { formText } from '../../components/form-text.ts';
import styles from './decision-form.module.css';

/** A decision that needs words. */
export type DecisionDraft = 'reject' | 'edit' | 'respond';

const longText = 60;

/** Takes the words of a decision: why it is rejected, the arguments instead, or the result. */
export function DecisionForm({
  approval,
  draft,
  isSending,
  onDecide,
  onCancel,
}: {
  readonly approval: Approval;
  readonly draft: DecisionDraft;
  readonly isSending: boolean;
  readonly onDecide: (decision: ApprovalDecision) => void;
  readonly onCancel: () => void;
}) {
  const [problem, setProblem] = useState<string>();
  const isUnknown = approval.type === 'resolve_tool_outcome';
  const submit = (event: FormEvent<HTMLFormElement>) => {
    try {
      onDecide(decisionOf(draft, event, approval));
    } catch (error) {
      event.preventDefault();
      setProblem(error instanceof Error ? error.message : 'This cannot be read.');
    }
  };
  return (
    <form className={styles['form']} onSubmit={submit}>
      {draft === 'edit' && <EditedArguments input={approval.input} problem={problem} />}
      {draft === 'reject' && (
        <Field
          label={isUnknown ? 'What went wrong' : 'Why not'}
          hint="The agent reads it and goes on without the call."
          problem={problem}
        >
          {(parts) => <textarea {...parts} name="message" className="input" rows={3} autoFocus />}
        </Field>
      )}
      {draft === 'respond' && (
        <Field
          label="Result"
          hint="Text or JSON. The agent takes it for what the tool has answered; the call is not made."
          problem={problem}
        >
          {(parts) => (
            <textarea {...parts} name="output" className="input mono" rows={6} autoFocus />
          )}
        </Field>
      )}
      <div className="row">
        <button type="submit" className="button primary" disabled={isSending}>
          {submitWords(draft, isUnknown)}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Back
        </button>
      </div>
    </form>
  );
}

/** A field for each argument: text as text, anything else as JSON. */
function EditedArguments({
  input,
  problem,
}: {
  readonly input: Approval['input'];
  readonly problem: string | undefined;
}) {
  return (
    <fieldset className={styles['fields']}>
      <legend>Make the call with these arguments</legend>
      {Object.entries(input).map(([name, value], place) => {
        const isText = typeof value === 'string';
        const text = isText ? value : JSON.stringify(value, undefined, 2);
        return (
          <Field key={name} label={name} hint={isText ? undefined : 'JSON'}>
            {(parts) =>
              isText && text.length < longText && !text.includes('\n') ? (
                <input
                  {...parts}
                  name={`argument ${name}`}
                  className="input"
                  defaultValue={text}
                  autoFocus={place === 0}
                />
              ) : (
                <textarea
                  {...parts}
                  name={`argument ${name}`}
                  className={isText ? 'input' : 'input mono'}
                  rows={Math.min(14, text.split('\n').length + 2)}
                  defaultValue={text}
                  autoFocus={place === 0}
                />
              )
            }
          </Field>
        );
      })}
      {problem !== undefined && (
        <p className="notice red" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}

/** @throws Error with a sentence where what was written is not a decision. */
function decisionOf(
  draft: DecisionDraft,
  event: FormEvent<HTMLFormElement>,
  { input }: Approval,
): ApprovalDecision {
  switch (draft) {
    case 'reject': {
      const message = formText(event, 'message');
      if (message === '') throw new Error('Say why, in a sentence.');
      return { decision: 'reject', message };
    }
    case 'respond': {
      const output = formText(event, 'output');
      if (output === '') throw new Error('Write what the tool would have answered.');
      return { decision: 'respond', output: parsedOrText(output) };
    }
    case 'edit': {
      const form = new FormData(event.currentTarget);
      event.preventDefault();
      const edited = Object.entries(input).map(([name, before]) => {
        const value = form.get(`argument ${name}`);
        const text = typeof value === 'string' ? value : '';
        // A text that nobody has touched stays as it is: forms change how its lines end.
        return [name, typeof before === 'string' ? untouched(before, text) : parsed(name, text)];
      });
      return { decision: 'edit', input: Object.fromEntries(edited) as Approval['input'] };
    }
  }
}

function untouched(before: string, text: string): string {
  const after = text.replaceAll('\r\n', '\n');
  return after === before.replaceAll('\r\n', '\n') ? before : after;
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is not valid JSON.`);
  }
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function submitWords(draft: DecisionDraft, isUnknown: boolean): string {
  if (draft === 'edit') return 'Approve with these arguments';
  if (draft === 'reject') return isUnknown ? 'It failed' : 'Reject';
  return isUnknown ? 'It succeeded with this result' : 'Answer with this result';
}
