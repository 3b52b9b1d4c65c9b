import type { Approval } from '@pawl/client';
import { Icon } from '../../components/icon.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { LongText } from '../../components/long-text.tsx';
import { oneLine, wholeLine } from '../../text/plain-text.ts';
import { type Input, type Issue, issueOf, type Mail, mailOf } from './read-input.ts';
import styles from './readable-input.module.css';

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
          <Line text={mail.to} />
        </dd>
        {mail.others.map(([label, value]) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{label}</dt>
            <dd>
              <Line text={value} />
            </dd>
          </div>
        ))}
        <dt>Subject</dt>
        <dd>
          <strong>
            <Line text={mail.subject} />
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
          <Line text={issue.place} />
        </span>
        <h3>
          <Icon name="issue" size={14} /> <Line text={issue.title} />
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

/** A text that fits on a few lines, or a page of it at a time: all of it can be read. */
function Line({ text }: { readonly text: string }) {
  return text.length > longLine ? <LongText text={text} /> : <bdi>{wholeLine(text)}</bdi>;
}

const longLine = 2_000;

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
