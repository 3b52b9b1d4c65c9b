import { useNavigate, useSearch } from '@tanstack/react-router';
import { deliveryPages } from '../../api/deliveries.ts';
import { usePages } from '../../api/pages.ts';
import { DeliveryList } from '../../components/delivery-list.tsx';
import { Page } from '../../components/page.tsx';
import { ShowMore } from '../../components/show-more.tsx';
import { Empty, Loaded } from '../../components/states.tsx';

const deliveryStatuses = ['pending', 'succeeded', 'dead'] as const;

const labels = { pending: 'On their way', succeeded: 'Delivered', dead: 'Given up' };

/** Webhooks, and what became of them. */
export function DeliveriesPage() {
  const { status } = useSearch({ from: '/deliveries' });
  const navigate = useNavigate();
  const deliveries = usePages(deliveryPages(status === undefined ? {} : { status }));
  return (
    <Page
      title="Webhooks"
      actions={
        <select
          className="input"
          aria-label="Status"
          value={status ?? ''}
          onChange={({ target: { value } }) => {
            const chosen = deliveryStatuses.find((one) => one === value);
            const search = chosen === undefined ? {} : { status: chosen };
            void navigate({ to: '/deliveries', search, replace: true });
          }}
        >
          <option value="">All</option>
          {deliveryStatuses.map((one) => (
            <option key={one} value={one}>
              {labels[one]}
            </option>
          ))}
        </select>
      }
    >
      <Loaded query={deliveries}>
        {(data) =>
          data.length === 0 ? (
            <Empty icon="send" title="No webhooks">
              <p>
                A job with <code>webhook</code> sends one when it ends or needs a person.
              </p>
            </Empty>
          ) : (
            <>
              <DeliveryList deliveries={data} />
              <ShowMore pages={deliveries} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
