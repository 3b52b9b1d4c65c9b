import { line } from './lines.ts';
import type { Reporter } from './reporter.ts';

/** What is done about a link beyond printing it. */
export type LinkHandling =
  | { readonly kind: 'wait_for_person' }
  | { readonly kind: 'open_browser'; readonly open: (link: string) => Promise<void> }
  | {
      readonly kind: 'follow_by_itself';
      readonly follow: (link: string, signal: AbortSignal) => Promise<void>;
    };

/**
 * Does with a link what is to be done, and says so. A failure is said too and nothing more: the person can still
 * open the link.
 */
export async function handleLink(
  handling: LinkHandling,
  link: string,
  reporter: Pick<Reporter, 'print'>,
  signal: AbortSignal,
): Promise<void> {
  switch (handling.kind) {
    case 'wait_for_person':
      return;
    case 'open_browser':
      try {
        await handling.open(link);
      } catch (error) {
        reporter.print([line(`No browser could be opened: ${messageOf(error)}`, 'failure')]);
      }
      return;
    case 'follow_by_itself':
      reporter.print([line('(sandbox) the link is followed by itself', 'dim')]);
      try {
        await handling.follow(link, signal);
      } catch (error) {
        if (signal.aborted) return;
        reporter.print([
          line(`(sandbox) the link could not be followed: ${messageOf(error)}`, 'failure'),
          line('Open it in a browser instead.'),
        ]);
      }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no reason given';
}
