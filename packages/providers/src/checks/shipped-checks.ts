import { z } from 'zod';
import { CheckSettings } from './check-settings.ts';

const shipped: z.input<typeof CheckSettings>[] = [
  {
    tool: 'gmail_send_message',
    look: {
      tool: 'gmail_fetch_mails',
      arguments: { query: 'in:sent after:{since.seconds}', max_results: 50 },
    },
    found: {
      in: '/messages',
      where: [
        { at: '/to', contains: '{/to}' },
        { at: '/subject', equals: '{/subject}' },
        { at: ['/body', '/snippet'], begins_like: '{/body}' },
        { at: ['/date', '/internalDate'], since_call: true },
      ],
    },
  },
  {
    tool: 'gmail_reply_to_thread',
    look: {
      tool: 'gmail_get_thread_by_id',
      arguments: { thread_id: '{/thread_id}', format: 'full' },
    },
    found: {
      in: '/messages',
      where: [
        { at: '/labelIds', includes: ['SENT'] },
        { at: '/to', contains: '{/to}' },
        { at: ['/body', '/snippet'], begins_like: '{/body}' },
        { at: ['/date', '/internalDate'], since_call: true },
      ],
    },
  },
  {
    tool: 'gmail_modify_message_labels',
    look: {
      tool: 'gmail_get_message_by_id',
      arguments: { message_id: '{/message_id}', format: 'minimal' },
    },
    found: {
      where: [
        { at: '/labelIds', includes: '{/add_label_ids}', optional: true },
        { at: '/labelIds', excludes: '{/remove_label_ids}', optional: true },
      ],
    },
  },
  {
    tool: 'github_issue_create',
    look: {
      tool: 'github_issues_list',
      arguments: {
        owner: '{/owner}',
        repo: '{/repo}',
        state: 'all',
        since: '{since}',
        per_page: 100,
      },
    },
    found: {
      in: ['/issues', '/items', ''],
      where: [
        { at: '/title', equals: '{/title}' },
        { at: '/body', equals: '{/body}', optional: true },
        { at: '/created_at', since_call: true },
      ],
    },
  },
  {
    tool: 'github_issue_comment_create',
    look: {
      tool: 'github_issue_comments_list',
      arguments: {
        owner: '{/owner}',
        repo: '{/repo}',
        issue_number: '{/issue_number}',
        since: '{since}',
        per_page: 100,
      },
    },
    found: {
      in: ['/comments', '/items', ''],
      where: [
        { at: '/body', equals: '{/body}' },
        { at: '/created_at', since_call: true },
      ],
    },
  },
  {
    tool: 'github_issue_labels_add',
    look: {
      tool: 'github_issue_get',
      arguments: {
        owner: '{/owner}',
        repo: '{/repo}',
        issue_number: '{/issue_number}',
      },
    },
    found: {
      where: [{ at: '/labels/*/name', includes: '{/labels}' }],
    },
  },
  {
    tool: 'slack_send_message',
    look: {
      tool: 'slack_fetch_conversation_history',
      arguments: { channel: '{/channel}', oldest: '{since.seconds}', limit: 100 },
    },
    found: {
      in: '/messages',
      where: [
        { at: '/text', equals: '{/text}' },
        { at: '/ts', since_call: true },
      ],
    },
  },
];

/** Checks for the common writes of Scalekit's connectors; the operator's own come before them. */
export const shippedChecks = z.array(CheckSettings).parse(shipped);
