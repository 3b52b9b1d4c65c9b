import type { Approval, ApprovalDecision } from '@pawl/client';
import { PawlApiError } from '@pawl/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { jobQuery } from '../../api/jobs.ts';
import { Icon } from '../../components/icon.tsx';
import { Time } from '../../components/time.tsx';
import { say, sayError } from '../../components/toast.tsx';
import { useShortcuts } from '../../layout/shortcuts.tsx';
import { useMay } from '../../session/session.tsx';
import { oneLine, plainText } from '../../text/plain-text.ts';
import styles from './approval-view.module.css';
import { type DecisionDraft, DecisionForm } from './decision-form.tsx';
import { ReadableInput } from './readable-input.tsx';

const effects: Readonly<Record<Approval['effect'], readonly [label: string, tone: string]>> = {
  reads: ['Only reads', 'green'],
  idempotent: ['Changes something; a second time changes nothing more', 'amber'],
  writes: ['Changes something', 'red'],
};

/** One call, with everything that a person needs to decide about it. */
export function ApprovalView({
  approval,
  isPending,
  isUnread,
  onDecided,
}: {
  readonly approval: Approval;
  /** False: it was there, and is not any more. */
  readonly isPending: boolean;
  /** Whether nobody can have read it yet: it has just taken the place of what was decided. */
  readonly isUnread: () => boolean;
  readonly onDecided: () => void;
}) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<DecisionDraft>();
  const [isSending, setSending] = useState(false);
  const isUnknown = approval.type === 'resolve_tool_outcome';
  const decide = (decision: ApprovalDecision) => {
    setSending(true);
    client.approvals
      .decide(approval.id, decision)
      .then(
        () => {
          say(said(decision, approval));
          onDecided();
        },
        (error: unknown) => {
          // The page says who was faster, once it has read what was decided.
          const isLate = error instanceof PawlApiError && [404, 409].includes(error.status);
          if (!isLate) sayError(error);
        },
      )
      .finally(() => {
        setSending(false);
        void queries.invalidateQueries({ queryKey: ['approvals'] });
        void queries.invalidateQueries({ queryKey: ['approval', approval.id] });
        void queries.invalidateQueries({ queryKey: ['job', approval.job] });
      });
  };
  const isBusy = isSending || !isPending;
  // The second click of two was meant for what stood here before.
  const approve = () => {
    if (!isUnread()) decide({ decision: 'approve' });
  };
  useShortcuts(
    isBusy
      ? {}
      : {
          // A key that is held down was pressed for what stood here before, too.
          a: ({ repeat }) => {
            if (!repeat) approve();
          },
          r: () => setDraft('reject'),
          s: () => setDraft('respond'),
          ...(!isUnknown && { e: () => setDraft('edit') }),
        },
  );
  const [effect, tone] = effects[approval.effect];
  return (
    <article className={styles['view']} aria-label={`${approval.tool} for ${approval.user}`}>
      {!isPending && <DecidedElsewhere id={approval.id} />}
      <header className={styles['head']}>
        <h2>
          <code>
            <bdi>{plainText(approval.tool)}</bdi>
          </code>
        </h2>
        <span className={`chip ${tone}`}>{effect}</span>
        {approval.expires_at !== null && (
          <span className="muted">
            counts as rejected <Time at={approval.expires_at} />
          </span>
        )}
      </header>
      <Facts approval={approval} />
      {isUnknown && (
        <div className="notice amber">
          <Icon name="warning" />
          <span>
            Nobody knows whether this call was made.{' '}
            {approval.reason !== null && oneLine(approval.reason, 500)} Look at the account before
            you decide.
          </span>
        </div>
      )}
      <ReadableInput tool={approval.tool} input={approval.input} />
      {isPending && draft === undefined && (
        <Buttons isUnknown={isUnknown} isBusy={isBusy} approve={approve} setDraft={setDraft} />
      )}
      {isPending && draft !== undefined && (
        <DecisionForm
          approval={approval}
          draft={draft}
          isSending={isSending}
          onDecide={decide}
          onCancel={() => setDraft(undefined)}
        />
      )}
    </article>
  );
}

function Buttons({
  isUnknown,
  isBusy,
  approve,
  setDraft,
}: {
  readonly isUnknown: boolean;
  readonly isBusy: boolean;
  readonly approve: () => void;
  readonly setDraft: (draft: DecisionDraft) => void;
}) {
  return (
    <div className={styles['buttons']}>
      <button
        type="button"
        className="button primary"
        disabled={isBusy}
        aria-keyshortcuts="a"
        onClick={({ detail: clicks }) => {
          // However late the second one is handled.
          if (clicks < 2) approve();
        }}
      >
        <Icon name={isUnknown ? 'retry' : 'check'} /> {isUnknown ? 'Make it again' : 'Approve'}
        <span className="kbd" aria-hidden="true">
          A
        </span>
      </button>
      <button
        type="button"
        className="button"
        disabled={isBusy}
        aria-keyshortcuts="r"
        onClick={() => setDraft('reject')}
      >
        <Icon name="cross" /> {isUnknown ? 'It failed' : 'Reject'}
        <span className="kbd" aria-hidden="true">
          R
        </span>
      </button>
      {!isUnknown && (
        <button
          type="button"
          className="button"
          disabled={isBusy}
          aria-keyshortcuts="e"
          onClick={() => setDraft('edit')}
        >
          <Icon name="edit" /> Edit
          <span className="kbd" aria-hidden="true">
            E
          </span>
        </button>
      )}
      <button
        type="button"
        className="button"
        disabled={isBusy}
        aria-keyshortcuts="s"
        onClick={() => setDraft('respond')}
      >
        <Icon name="reply" /> {isUnknown ? 'It succeeded' : 'Respond'}
        <span className="kbd" aria-hidden="true">
          S
        </span>
      </button>
    </div>
  );
}

function Facts({ approval }: { readonly approval: Approval }) {
  const mayRead = useMay('jobs:read');
  const job = useQuery({ ...jobQuery(approval.job), enabled: mayRead });
  return (
    <dl className="facts">
      <dt>For</dt>
      <dd>
        <bdi>{plainText(approval.user)}</bdi>
      </dd>
      <dt>Agent</dt>
      <dd>{approval.agent ?? <span className="muted">none</span>}</dd>
      <dt>Connection</dt>
      <dd>{approval.connection}</dd>
      <dt>Job</dt>
      <dd>
        {mayRead ? (
          <Link to="/jobs/$id" params={{ id: approval.job }}>
            <bdi>{job.data === undefined ? approval.job : oneLine(job.data.prompt, 140)}</bdi>
          </Link>
        ) : (
          <code>{approval.job}</code>
        )}
      </dd>
      {approval.reason !== null && approval.type !== 'resolve_tool_outcome' && (
        <>
          <dt>Why</dt>
          <dd>{oneLine(approval.reason, 500)}</dd>
        </>
      )}
    </dl>
  );
}

/** Somebody was faster, or time was: what was decided is said, and what was being written is not lost. */
function DecidedElsewhere({ id }: { readonly id: string }) {
  const query = useQuery({
    queryKey: ['approval', id],
    queryFn: ({ signal }) => client.approvals.get(id, { signal }),
  });
  const { decision = null, decided_at: decidedAt = null } = query.data ?? {};
  return (
    <div className="notice blue" role="status">
      <Icon name="info" />
      <span>
        Decided elsewhere
        {decision !== null && `: ${words[decision.decision]}`}
        {decidedAt !== null && (
          <>
            , <Time at={decidedAt} />
          </>
        )}
        .
      </span>
    </div>
  );
}

const words: Readonly<Record<ApprovalDecision['decision'], string>> = {
  approve: 'approved',
  reject: 'rejected',
  edit: 'approved with other arguments',
  respond: 'answered by a person',
};

function said({ decision }: ApprovalDecision, { tool }: Approval): string {
  return `${tool}: ${words[decision]}.`;
}
