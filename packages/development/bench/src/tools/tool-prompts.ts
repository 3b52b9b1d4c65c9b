/** What a person asks, the tool that it takes, and what a model would search for if that tool was not shown to it. */
export interface ToolPrompt {
  readonly prompt: string;
  readonly needs: string;
  readonly query: string;
}

const rows: readonly (readonly [prompt: string, needs: string, query: string])[] = [
  ['Fetch my last 5 unread emails and summarize them.', 'gmail_fetch_mails', 'fetch emails'],
  ['Write to ada@example.com that I will be late.', 'gmail_send_message', 'send an email'],
  ['Answer the thread about the budget: we agree.', 'gmail_reply_to_thread', 'reply to a thread'],
  [
    'Put everything from the bank under the label Finance.',
    'gmail_modify_message_labels',
    'add a label to a message',
  ],
  [
    'I am away until Monday, set up an automatic reply.',
    'gmail_update_vacation_settings',
    'vacation auto-reply settings',
  ],
  ['Which labels do I have in my mailbox?', 'gmail_list_labels', 'list labels'],
  ['Throw the newsletter of yesterday away.', 'gmail_trash_message', 'move a message to trash'],
  ['Prepare a draft for Grace, but do not send it yet.', 'gmail_create_draft', 'create a draft'],
  [
    'What is in the attachment of the last invoice?',
    'gmail_get_attachment_by_id',
    'get attachment of a message',
  ],
  [
    'Make a rule that archives all mails of LinkedIn.',
    'gmail_create_filter',
    'create a filter for mails',
  ],
  ['What is the phone number of my contact Alan?', 'gmail_get_contacts', 'get contacts'],
  [
    'My assistant should be able to read my mail: anna@example.com.',
    'gmail_create_delegate',
    'give another person access to the mailbox',
  ],
  [
    'Wipe the whole conversation with the recruiter for good.',
    'gmail_delete_thread',
    'delete a thread',
  ],
  ['Open an issue in acme/web: the login page is blank.', 'github_issue_create', 'create an issue'],
  ['What is new on issue 12 of acme/web?', 'github_issue_get', 'get an issue'],
  [
    'Comment on issue 12 that it is fixed on main.',
    'github_issue_comment_create',
    'comment on an issue',
  ],
  [
    'Close all issues of acme/web that are labelled stale.',
    'github_issue_update',
    'update an issue, close it',
  ],
  ['Merge pull request 7 of acme/web.', 'github_pull_request_merge', 'merge a pull request'],
  [
    'Which files does PR 7 change?',
    'github_pull_request_files_list',
    'list files of a pull request',
  ],
  [
    'Ask Grace to look at PR 7.',
    'github_pull_request_reviewers_request',
    'request reviewers for a pull request',
  ],
  [
    'Approve PR 9 with a friendly word.',
    'github_pull_request_review_create',
    'create a review of a pull request',
  ],
  ['Start the deploy workflow on main.', 'github_workflow_dispatch', 'run a workflow'],
  ['The nightly build failed, run it again.', 'github_workflow_run_rerun', 'rerun a workflow run'],
  ['What changed between v1.2 and v1.3?', 'github_commits_compare', 'compare commits'],
  ['Publish version 1.4 with release notes.', 'github_release_create', 'create a release'],
  ['Show me the README of acme/web.', 'github_readme_get', 'get the readme'],
  ['Where in our code is parseDate used?', 'github_search_code', 'search code'],
  ['Give alan write access to the repository.', 'github_collaborator_add', 'add a collaborator'],
  [
    'Put the key for the payment provider into the CI of acme/web as a variable.',
    'github_repo_variable_create',
    'create a repository variable',
  ],
  [
    'Are there known vulnerabilities in our dependencies?',
    'github_dependabot_alerts_list',
    'dependabot alerts',
  ],
  ['Rename the branch master to main.', 'github_branch_rename', 'rename a branch'],
  ['Tell #releases that 1.4 is out.', 'slack_send_message', 'send a message to a channel'],
  [
    'Announce the outage tomorrow at nine in #general.',
    'slack_schedule_rich_message',
    'schedule a message',
  ],
  [
    'What was said in #support today?',
    'slack_fetch_conversation_history',
    'read the history of a channel',
  ],
  ['Put a thumbs up on the last message of Ada.', 'slack_add_reaction', 'add a reaction'],
  [
    'Make a channel for the launch and get everybody of the team in.',
    'slack_create_channel',
    'create a channel',
  ],
  ['Remind me on Friday to send the report.', 'slack_add_reminder', 'add a reminder'],
  ['Show me as away and set my status to on holiday.', 'slack_set_user_status', 'set my status'],
  ['The project is over: archive #launch.', 'slack_archive_conversation', 'archive a channel'],
  [
    'Who has the address grace@example.com in our workspace?',
    'slack_lookup_user_by_email',
    'look up a user by email',
  ],
];

export const toolPrompts: readonly ToolPrompt[] = rows.map(([prompt, needs, query]) => ({
  prompt,
  needs,
  query,
}));
