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
 * often as they name deeds (issue, request, release, run, tag) are left out: `pull_request_get` reads.
 */
const writingVerbs = new Set(
  (
    'accept add append apply approve archive assign attach authorize batch ban block book cancel charge clear ' +
    'close complete confirm convert copy create decline delete deploy disable dismiss dispatch download drop edit ' +
    'enable end execute export fork forward generate import increment insert install invite invoke join ' +
    'kick leave link lock log mark merge modify move mute open pause pay pin ping post process publish purge push ' +
    'put react refund register reject remove rename reopen replace reply rerun reserve reset ' +
    'resolve restart restore resume retry revoke rotate save schedule send set share snooze star start stop ' +
    'submit subscribe suspend switch sync terminate toggle transfer trash trigger unarchive unassign unblock ' +
    'unlink unlock unpin unstar unsubscribe untrash update upload upsert validate verify vote watch write'
  ).split(' '),
);

/**
 * What a call of this tool may do, judged by its name alone: it reads only if the first or the last word after the
 * connector's is a reading verb and no word is a writing one. In doubt it writes.
 */
export function effectByName(tool: string): ToolEffect {
  const [, ...words] = tool.toLowerCase().split(/[^a-z0-9]+/);
  const reads = [words[0], words.at(-1)].some((word) => readingVerbs.has(word ?? ''));
  return reads && !words.some((word) => writingVerbs.has(word)) ? 'reads' : 'writes';
}

/** The operator's word counts most, then the tool's own metadata, then the name. */
export function effectOf(
  tool: { readonly name: string; readonly declaredEffect?: ToolEffect | undefined },
  configured: Readonly<Record<string, ToolEffect>>,
): ToolEffect {
  return configured[tool.name] ?? tool.declaredEffect ?? effectByName(tool.name);
}
