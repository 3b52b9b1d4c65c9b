import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { oddReplies } from './odd-replies.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('every odd reply stands in the README, with what it does, and no other', () => {
  const rows = readme
    .slice(readme.indexOf('## Odd replies'), readme.indexOf('## See what happened'))
    .split('\n')
    .flatMap((line) => {
      const [, name, does] = /^\| `(\w+)` +\| (.*?) +\|$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, does]];
    });
  const [heading, ...listed] = rows;
  expect(heading).toEqual(['oddity', 'the reply']);
  expect(listed).toEqual(Object.entries(oddReplies).map(([name, { does }]) => [name, does]));
});
