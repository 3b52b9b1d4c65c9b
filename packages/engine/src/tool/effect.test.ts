import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { effectByName, effectOf } from './effect.ts';

const { connectors } = JSON.parse(
  readFileSync(
    new URL('../../../development/sandbox/data/connectors.json', import.meta.url),
    'utf8',
  ),
) as { connectors: Record<string, Record<string, unknown>> };
const tools = Object.values(connectors).flatMap((list) => Object.keys(list));

/** Judged by hand, name by name: every tool of the three connectors that only reads. */
const readsByHand =
  /^(gmail_(fetch_mails|search_people|list_\w+|get_\w+)|slack_(auth_test|fetch_\w+|get_\w+|list_\w+|lookup_\w+|search_\w+)|github_(\w+_list|\w+_list_for_ref|\w+_get|\w+_get_\w+|\w+_check|commits_compare|search_\w+))$/;

describe('the effect of a tool, by its name', () => {
  test('no tool of the real connectors that writes is classed as reading', () => {
    const wronglyReading = tools.filter(
      (name) => effectByName(name) === 'reads' && !readsByHand.test(name),
    );
    expect(wronglyReading).toEqual([]);
  });

  test('all that read are known to, but for those whose names could be a deed’s', () => {
    const reading = tools.filter((name) => readsByHand.test(name));
    expect(reading.filter((name) => effectByName(name) === 'writes')).toEqual([
      'gmail_get_send_as',
      'gmail_list_history',
      'gmail_list_send_as',
      'github_pull_request_merge_check',
      'github_release_get_by_tag',
      'github_release_get_latest',
      'github_user_get_authenticated',
      'github_user_get_by_username',
      'slack_auth_test',
      'slack_get_upload_url_external',
      'slack_list_emoji',
    ]);
  });

  test.each([
    ['gmail_fetch_mails', 'reads'],
    ['github_pull_request_get', 'reads'],
    ['github_commits_compare', 'reads'],
    ['slack_lookup_user_by_email', 'reads'],
    ['gmail_send_message', 'writes'],
    ['gmail_get_or_create_label', 'writes'],
    ['slack_mark_conversation_read', 'writes'],
    ['github_pull_request_merge_check', 'writes'],
    ['github_user_get_authenticated', 'writes'],
    ['crm_do_something', 'writes'],
    ['crm_list_orders', 'reads'],
    ['crm_list_members_of_team', 'reads'],
    ['shop_order_get', 'reads'],
    ['shop_order_list', 'reads'],
    ['list', 'writes'],
    ['', 'writes'],
  ])('%s %s', (name, effect) => {
    expect(effectByName(name)).toBe(effect);
  });
});

test.each(
  (
    'patch duplicate clone erase wipe empty change overwrite truncate commit rollback purchase order email kill ' +
    'destroy void redact deactivate migrate reassign escalate broadcast frobnicate'
  ).split(' '),
)('%s a list is no reading: “list” may be a thing', (deed) => {
  expect(effectByName(`crm_list_${deed}`)).toBe('writes');
});

test.each('destroy patch clone wipe overwrite rollback kill deactivate redact'.split(' '))(
  '%s is a deed beside any reading word',
  (deed) => {
    expect(effectByName(`crm_${deed}_list`)).toBe('writes');
    expect(effectByName(`crm_check_${deed}`)).toBe('writes');
    expect(effectByName(`crm_get_or_${deed}_contact`)).toBe('writes');
  },
);

test('the operator’s word counts before the tool’s, and the tool’s before its name', () => {
  const tool = { name: 'gmail_send_message', declaredEffect: 'idempotent' } as const;
  expect(effectOf(tool, {})).toBe('idempotent');
  expect(effectOf(tool, { gmail_send_message: 'reads' })).toBe('reads');
  expect(effectOf({ name: 'gmail_send_message' }, {})).toBe('writes');
});

test('a tool with the name of a member that every object has is judged like any other', () => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    expect(effectOf({ name }, {})).toBe('writes');
  }
});
