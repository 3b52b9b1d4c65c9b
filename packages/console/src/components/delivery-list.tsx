import type { WebhookDelivery } from '@pawl/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../api/client.ts';
import { deliveryQuery } from '../api/deliveries.ts';
import { useMay } from '../session/session.tsx';
import { formatDayAndClock, formatDuration } from '../text/format.ts';
import styles from './delivery-list.module.css';
import { Icon } from './icon.tsx';
import { JsonView } from './json-view.tsx';
import { Loaded } from './states.tsx';
import { Dot } from './status-badge.tsx';
import { ExactTime, Time } from './time.tsx';
import { say, sayError } from './toast.tsx';

const tones: Readonly<Record<WebhookDelivery['status'], readonly [string, string]>> = {
  pending: ['blue', 'On its way'],
  succeeded: ['green', 'Delivered'],
  dead: ['red', 'Given up'],
};

/** Webhooks, unfolded to what is sent and what was answered. */
export function DeliveryList({ deliveries }: { readonly deliveries: readonly WebhookDelivery[] }) {
  return (
    <ul className="stack tight">
      {deliveries.map((delivery) => (
        <li key={delivery.id} className="card">
          <Delivery delivery={delivery} />
        </li>
      ))}
    </ul>
  );
}

function Delivery({ delivery }: { readonly delivery: WebhookDelivery }) {
  const queries = useQueryClient();
  const mayWrite = useMay('jobs:write');
  const [isOpen, setOpen] = useState(false);
  const [tone, label] = tones[delivery.status];
  const replay = () => {
    client.webhookDeliveries
      .replay(delivery.id)
      .then(() => say('The webhook is sent again.'), sayError)
      .finally(() => void queries.invalidateQueries({ queryKey: ['deliveries'] }));
  };
  return (
    <details
      className={styles['delivery']}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <Dot tone={tone} pulses={delivery.status === 'pending'}>
          {label}
        </Dot>
        <code>{delivery.type}</code>
        <bdi className={`truncate muted ${styles['url']}`}>{delivery.url}</bdi>
        <span className="numbers muted">{delivery.response_code ?? ''}</span>
        <Time at={delivery.created_at} />
      </summary>
      <div className={styles['body']}>
        <div className="row wrap">
          <code className="muted">{delivery.event}</code>
          {delivery.next_attempt_at !== null && (
            <span>
              Next attempt <Time at={delivery.next_attempt_at} />
            </span>
          )}
          {delivery.reason !== null && <span>{delivery.reason.replaceAll('_', ' ')}</span>}
          <span className="grow" />
          {mayWrite && (
            <button
              type="button"
              className="button"
              disabled={delivery.status === 'pending'}
              onClick={replay}
            >
              <Icon name="retry" /> Replay
            </button>
          )}
        </div>
        <ol className={styles['attempts']} aria-label="Attempts">
          {delivery.log.map((attempt) => (
            <li key={attempt.started_at}>
              <ExactTime at={attempt.started_at} format={formatDayAndClock} />
              <span className="numbers">{formatDuration(attempt.milliseconds)}</span>
              <span className="numbers">{attempt.response_code ?? '–'}</span>
              <span className="soft">{attempt.error?.message ?? ''}</span>
            </li>
          ))}
        </ol>
        {isOpen && <Body id={delivery.id} />}
      </div>
    </details>
  );
}

/** What is sent to the receiver, signed: the same at each attempt. */
function Body({ id }: { readonly id: string }) {
  const query = useQuery(deliveryQuery(id));
  return (
    <Loaded query={query} lines={4}>
      {({ body }) => <JsonView value={body} label="Request" />}
    </Loaded>
  );
}
