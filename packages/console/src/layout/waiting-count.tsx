import { useQuery } from '@tanstack/react-query';
import { approvalsQuery } from '../api/approvals.ts';

/** How many calls wait for a person. */
export function WaitingCount() {
  const { data } = useQuery(approvalsQuery);
  const count = data?.data.length ?? 0;
  if (count === 0) return null;
  const shown = data?.next_cursor === null ? String(count) : `${count}+`;
  return (
    <span className="chip amber numbers">
      {shown}
      <span className="visually-hidden"> waiting</span>
    </span>
  );
}
