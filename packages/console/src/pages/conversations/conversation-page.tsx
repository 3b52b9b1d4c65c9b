import type { ConversationMessage } from '@pawl/client';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { messagePages } from '../../api/definitions.ts';
import { createJob, recentJobPages } from '../../api/jobs.ts';
import { usePages } from '../../api/pages.ts';
import { Composer } from '../../components/composer.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { LongText } from '../../components/long-text.tsx';
import { Markdown } from '../../components/markdown.tsx';
import { Menu } from '../../components/menu.tsx';
import { Page } from '../../components/page.tsx';
import { PromptParts } from '../../components/prompt-parts.tsx';
import { ShowMore } from '../../components/show-more.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { JobList } from '../../components/job-list.tsx';
import { say, sayError } from '../../components/toast.tsx';
import { useMay } from '../../session/session.tsx';
import styles from './conversation-page.module.css';

/** What was said in a conversation, over all of its jobs. */
export function ConversationPage() {
  const { id } = useParams({ from: '/conversations/$id' });
  const messages = usePages(messagePages(id));
  const jobs = usePages(recentJobPages({ conversation: id }));
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMay('jobs:write');
  const [isErasing, setErasing] = useState(false);
  const goOn = async (prompt: string) => {
    const newest = jobs.data?.[0];
    const job = await createJob({
      prompt,
      conversation: id,
      ...(newest !== undefined && {
        user: newest.user,
        connections: newest.connections,
        ...(newest.agent !== null && { agent: newest.agent.name }),
      }),
    });
    await queries.invalidateQueries({ queryKey: ['conversations'] });
    await navigate({ to: '/jobs/$id', params: { id: job.id } });
  };
  return (
    <Page
      title="Conversation"
      heading={
        <div className="row">
          <Link
            to="/conversations"
            className="button quiet icon small"
            aria-label="All conversations"
          >
            <Icon name="left" />
          </Link>
          <h1 className="truncate">
            Conversation <code className="muted">{id}</code>
          </h1>
        </div>
      }
      actions={
        mayWrite && (
          <Menu
            label="More"
            items={[{ label: 'Erase', icon: 'trash', run: () => setErasing(true) }]}
          />
        )
      }
    >
      <div className={styles['layout']}>
        <div className="stack">
          <Loaded query={messages}>
            {(data) => (
              <>
                {data.length === 0 && (
                  <Empty icon="chat" title="Nothing was said yet">
                    <p>Its first job has not started.</p>
                  </Empty>
                )}
                <ol className={styles['messages']} aria-label="Messages">
                  {data.map((message, place) => (
                    <Message key={place} message={message} />
                  ))}
                </ol>
                <ShowMore pages={messages} />
              </>
            )}
          </Loaded>
          {mayWrite && <Composer label="Go on in this conversation" action="Send" onSend={goOn} />}
        </div>
        <aside aria-label="Its jobs">
          <JobList jobs={jobs} />
        </aside>
      </div>
      <Confirm
        open={isErasing}
        onOpenChange={setErasing}
        title="Erase this conversation?"
        description="All of its jobs are erased with it. That cannot be taken back."
        action="Erase the conversation"
        isDangerous
        run={() =>
          client.conversations.delete(id).then(() => {
            say('The conversation is erased.');
            return navigate({ to: '/conversations' });
          }, sayError)
        }
      />
    </Page>
  );
}

function Message({ message }: { readonly message: ConversationMessage }) {
  const { role, content } = message;
  const calls = message.tool_calls ?? [];
  return (
    <li className={styles['message']} data-role={role}>
      <p className={styles['who']}>
        <Icon name={role === 'user' ? 'person' : role === 'tool' ? 'tool' : 'model'} size={14} />
        {role === 'user' ? 'User' : role === 'tool' ? 'Tool' : 'Agent'}
        <Link to="/jobs/$id" params={{ id: message.job }} className="muted">
          job
        </Link>
      </p>
      {role === 'user' && <PromptParts text={content ?? ''} parts={message.parts} />}
      {role === 'assistant' && content !== null && content !== '' && <Markdown text={content} />}
      {role === 'tool' && (
        <details>
          <summary className="muted">Result</summary>
          <LongText text={content ?? ''} isCode label="Result" />
        </details>
      )}
      {calls.map((call) => (
        <details key={call.id}>
          <summary>
            <code>{call.name}</code>
          </summary>
          <LongText text={call.arguments} isCode label="Arguments" />
        </details>
      ))}
    </li>
  );
}
