import { describe, expect, it } from 'vitest';
import {
  bodyIn,
  channelIn,
  countIn,
  emailsIn,
  itemNumberIn,
  labelsIn,
  repositoriesIn,
  stateIn,
  titleIn,
} from './phrases.ts';

describe('phrases of a prompt', () => {
  it.each<[string, number | undefined]>([
    ['my last 5 unread emails', 5],
    ['the three latest emails', 3],
    ['my latest email', 1],
    ['show 10 issues', 10],
    ['comment on issue 42', undefined],
    ['issues of the last 7 days', undefined],
    ['meet at 14:00', undefined],
  ])('the count in "%s" is %s', (text, count) => {
    expect(countIn(text)).toBe(count);
  });

  it('finds addresses, channels, numbers and repositories', () => {
    expect(emailsIn('to bob@example.com, 田中@例え.jp.')).toEqual([
      'bob@example.com',
      '田中@例え.jp',
    ]);
    expect(channelIn('post in #general please')).toBe('general');
    expect(channelIn('in the support channel')).toBe('support');
    expect(itemNumberIn('close PR #7')).toBe(7);
    expect(repositoriesIn('src/a.ts of acme/api and vercel/next.js')).toEqual([
      { owner: 'acme', repo: 'api' },
      { owner: 'vercel', repo: 'next.js' },
    ]);
  });

  it('finds what is to be said, as a sentence or word by word', () => {
    expect(bodyIn('reply saying thanks')).toBe('Thanks.');
    expect(bodyIn('reply saying "thanks"')).toBe('thanks');
    expect(bodyIn('let them know that it is done')).toBe('It is done.');
    expect(bodyIn('reply to the first one')).toBeUndefined();
  });

  it('finds titles, labels and states', () => {
    expect(titleIn('an issue titled "A b"')).toBe('A b');
    expect(titleIn('a mail about the offsite in May')).toBe('The offsite in May');
    expect(labelsIn('issues labelled bug and ui')).toEqual(['bug', 'ui']);
    expect(labelsIn('create a label')).toEqual([]);
    expect([stateIn('open issues'), stateIn('closed ones'), stateIn('open an issue')]).toEqual([
      'open',
      'closed',
      undefined,
    ]);
  });
});
