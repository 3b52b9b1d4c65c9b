import { describe, expect, it } from 'vitest';
import { toolWrites } from './catalogue.ts';

describe('which tools write', () => {
  it.each([
    ['gmail', 'gmail_fetch_mails', false],
    ['gmail', 'gmail_stop_mailbox_watch', true],
    ['github', 'github_check_run_create', true],
    ['github', 'github_collaborator_check', false],
    ['github', 'github_release_get_by_tag', false],
    ['slack', 'slack_mark_conversation_read', true],
    ['slack', 'slack_auth_test', false],
  ])('%s: %s', (connector, name, writes) => {
    expect(toolWrites(connector, name)).toBe(writes);
  });
});
