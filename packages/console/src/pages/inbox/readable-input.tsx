import type { Approval } from '@pawl/client';
import { Icon } from '../../components/icon.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { LongText } from '../../components/long-text.tsx';
import { oneLine } from '../../text/plain-text.ts';
import styles from './readable-input.module.css';

type Input = Approval['input'];

/** What a mail says; undefined where the arguments are not those of a mail. */
interface Mail {
  readonly to: string;
  readonly others: readonly (readonly [label: string, value: string])[];
  readonly subject: string;
  readonly body: string;
  readonly rest: Input;
}

interface Issue {
  readonly title: string;
  readonly body: string;
  readonly place: string;
  readonly rest: Input;
}

/** The arguments of a call as what they are: a mail as a mail, an issue as an issue, JSON for the rest. */
export function ReadableInput({ tool, input }: { readonly tool: string; readonly input: Input }) {
  const mail = mailOf(tool, input);
  if (mail !== undefined) return <MailView mail={mail} />;
  const issue = issueOf(tool, input);
  if (issue !== undefined) return <IssueView issue={issue} />;
  return <JsonView value={input} label="Arguments" />;
}

/** What a person would call it, in one line. */
export function titleOfInput({
  tool,
  input,
}: Pick<Approval, 'tool' | 'input'>): string | undefined {
  const mail = mailOf(tool, input);
  if (mail !== undefined) return oneLine(`${mail.subject || 'Mail'} → ${mail.to}`, 100);
  const issue = issueOf(tool, input);
  return issue === undefined ? undefined : oneLine(issue.title, 100);
}

function MailView({ mail }: { readonly mail: Mail }) {
  return (
    <article className={styles['letter']} aria-label="Mail">
      <dl className={styles['head']}>
        <dt>
          <Icon name="mail" size={14} /> To
        </dt>
        <dd>
          <bdi>{oneLine(mail.to, 2_000)}</bdi>
        </dd>
        {mail.others.map(([label, value]) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{label}</dt>
            <dd>
              <bdi>{oneLine(value, 2_000)}</bdi>
            </dd>
          </div>
        ))}
        <dt>Subject</dt>
        <dd>
          <strong>
            <bdi>{oneLine(mail.subject, 1_000)}</bdi>
          </strong>
        </dd>
      </dl>
      <div className={styles['body']}>
        <LongText text={mail.body} label="Body" />
      </div>
      <Rest rest={mail.rest} />
    </article>
  );
}

function IssueView({ issue }: { readonly issue: Issue }) {
  return (
    <article className={styles['letter']} aria-label="Issue">
      <div className={styles['issue']}>
        <span className="muted">
          <bdi>{oneLine(issue.place, 300)}</bdi>
        </span>
        <h3>
          <Icon name="issue" size={14} /> <bdi>{oneLine(issue.title, 1_000)}</bdi>
        </h3>
      </div>
      {issue.body !== '' && (
        <div className={styles['body']}>
          <LongText text={issue.body} label="Body" />
        </div>
      )}
      <Rest rest={issue.rest} />
    </article>
  );
}

/** Whatever else is sent: nothing that is approved may be out of sight. */
function Rest({ rest }: { readonly rest: Input }) {
  if (Object.keys(rest).length === 0) return null;
  return (
    <div className={styles['rest']}>
      <p className="muted">And also</p>
      <JsonView value={rest} label="Further arguments" />
    </div>
  );
}

const mailTool = /mail|message|draft/i;
const bodyNames = ['body', 'message_body', 'text', 'content', 'html_body'] as const;

function mailOf(tool: string, input: Input): Mail | undefined {
  const to = listOf(input['to'] ?? input['recipient'] ?? input['recipients']);
  const bodyName = bodyNames.find((name) => typeof input[name] === 'string');
  if (!mailTool.test(tool) || to === undefined || bodyName === undefined) return undefined;
  const others = (['from', 'cc', 'bcc', 'reply_to'] as const).flatMap((name) => {
    const value = listOf(input[name]);
    return value === undefined
      ? []
      : [[name === 'reply_to' ? 'Reply to' : capital(name), value] as const];
  });
  const shown = [
    'to',
    'recipient',
    'recipients',
    'from',
    'cc',
    'bcc',
    'reply_to',
    'subject',
    bodyName,
  ];
  return {
    to,
    others,
    subject: textOf(input['subject']),
    body: textOf(input[bodyName]),
    rest: without(input, shown),
  };
}

function issueOf(tool: string, input: Input): Issue | undefined {
  const { title } = input;
  if (!/issue|pull_request|ticket|bug/i.test(tool) || typeof title !== 'string') return undefined;
  const place = ['owner', 'repo', 'repository', 'project'].flatMap((name) =>
    typeof input[name] === 'string' ? [textOf(input[name])] : [],
  );
  return {
    title,
    body: textOf(input['body'] ?? input['description']),
    place: place.join('/'),
    rest: without(input, [
      'title',
      'body',
      'description',
      'owner',
      'repo',
      'repository',
      'project',
    ]),
  };
}

function listOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  const isList = Array.isArray(value) && value.length > 0;
  return isList && value.every((one) => typeof one === 'string') ? value.join(', ') : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What is not text stays with the rest, under whatever name it has. */
function without(input: Input, names: readonly string[]): Input {
  return Object.fromEntries(
    Object.entries(input).filter(
      ([name, value]) => !names.includes(name) || listOf(value) === undefined,
    ),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
