import { describe, expect, it } from 'vitest';
import { splitPrompt } from './instructions.ts';

describe('splitting a prompt', () => {
  it.each<[string, string[]]>([
    ['Fetch my mails and summarize them.', ['Fetch my mails', 'summarize them.']],
    ['List issues, then close the first one', ['List issues', 'close the first one']],
    [
      'list the issues and pull requests of acme/api',
      ['list the issues', 'list pull requests of acme/api'],
    ],
    ['PRs in acme/api and acme/web', ['PRs in acme/api', 'PRs in acme/web']],
    ['Post "a. Delete b and close c" to #x', ['Post "a. Delete b and close c" to #x']],
    ['Reply saying thanks and list it later', ['Reply saying thanks and list it later']],
    ['mails from Mara and Jonas', ['mails from Mara and Jonas']],
    ['...', []],
  ])('%s', (prompt, clauses) => {
    expect(splitPrompt(prompt)).toEqual(clauses);
  });
});
