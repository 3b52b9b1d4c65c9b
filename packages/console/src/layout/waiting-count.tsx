import { approvalPages } from '../api/approvals.ts';
import { usePages } from '../api/pages.ts';

/** How many calls wait for a person. */
export function WaitingCount() {
  const { data = [], hasMore } = usePages(approvalPages);
  const count = data.length;
  if (count === 0) return null;
  const shown = hasMore ? `${count}+` : String(count);
  return (
    <span className="chip amber numbers">
      {shown}
      <span className="visually-hidden"> waiting</span>
    </span>
  );
}
