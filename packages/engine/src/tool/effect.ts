import type { ToolEffect } from '@pawl/contracts';

const readingVerbs = new Set([
  'get',
  'list',
  'fetch',
  'search',
  'find',
  'count',
  'check',
  'lookup',
  'read',
  'compare',
]);

/**
 * Any of these anywhere in a name makes it a writing one: `get_or_create_label` creates. Words that name things as
 * often as they name deeds (issue, order, request, release, run, tag) are left out: `pull_request_get` reads.
 */
const writingVerbs = new Set(
  (
    'abort accelerate accept acknowledge activate add adjust allocate allow alter amend annotate anonymize ' +
    'answer append apply approve archive assign attach authorize ban batch bind block book broadcast bump buy ' +
    'bypass cancel change charge clean cleanup clear clone close complete compose compress configure confirm ' +
    'connect convert copy create deactivate decline decrement decrypt deduct defer delete demote deny deploy ' +
    'deprecate deregister destroy detach disable discard disconnect dismiss dispatch donate downgrade download ' +
    'drain drop duplicate edit elevate empty enable encrypt end enqueue enroll erase escalate evict exclude exec ' +
    'execute expire export extend finalize flush follow fork forward freeze fulfill generate grant halt hide ' +
    'ignore impersonate import include increment initialize inject insert install invalidate invite invoke join ' +
    'kick kill launch leave link lock log login logout make mark merge migrate mint modify move mutate mute ' +
    'notify offboard onboard open override overwrite patch pause pay persist pin ping populate post prepend ' +
    'prioritize process promote provision prune publish purchase purge push put quarantine react reactivate ' +
    'reassign rebase reboot rebuild reclaim recover recreate redact redeem redeliver redeploy redirect refund ' +
    'regenerate register reindex reinstall reinstate reject reload relocate remind remove rename renew reopen ' +
    'reorder repair replace reply repost reprocess requeue rerun reschedule resend reserve reset reshare resize ' +
    'resolve respond restart restore restrict resume retire retract retry revert revoke rewrite rollback rotate ' +
    'sanitize save schedule scrub sell send set share silence snooze spawn split squash star start stash stop ' +
    'strip submit subscribe subtract suppress suspend swap sweep switch sync terminate toggle transfer trash ' +
    'trigger tweet unarchive unassign unban unblock undelete undeploy undo unfollow unfreeze unhide uninstall ' +
    'unlink unlock unmute unpin unpublish unregister unset unshare unsnooze unstar unsubscribe unsuspend untrash ' +
    'update upgrade upload upsert vacuum validate verify void vote wake watch wipe withdraw write'
  ).split(' '),
);

/**
 * What a call of this tool may do, judged by its name alone: it reads only if the first or the last word after the
 * connector's is a reading verb and no word is a writing one. In doubt it writes.
 */
export function effectByName(tool: string): ToolEffect {
  const [, ...words] = tool.toLowerCase().split(/[^a-z0-9]+/);
  const reads = beginsByReading(words) || readingVerbs.has(words.at(-1) ?? '');
  return reads && !words.some((word) => writingVerbs.has(word)) ? 'reads' : 'writes';
}

/** A list is listed of several things: `list_orders`. With none named, the list itself may be the thing: `list_order`. */
function beginsByReading([first = '', ...others]: readonly string[]): boolean {
  if (first === 'list') return others.some((word) => word.endsWith('s'));
  return readingVerbs.has(first);
}

/** The operator's word counts most, then the tool's own metadata, then the name. */
export function effectOf(
  tool: { readonly name: string; readonly declaredEffect?: ToolEffect | undefined },
  configured: Readonly<Record<string, ToolEffect>>,
): ToolEffect {
  const own = Object.hasOwn(configured, tool.name) ? configured[tool.name] : undefined;
  return own ?? tool.declaredEffect ?? effectByName(tool.name);
}
