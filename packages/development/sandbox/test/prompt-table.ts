import type { JsonObject } from '@bufbuild/protobuf';

export interface Expectation {
  readonly prompt: string;
  /** Tools and the arguments that matter, in order. */
  readonly calls: [tool: string, input?: JsonObject][];
  /** What the final answer must mention. */
  readonly mentions: string[];
}

export const gmailPrompts: Expectation[] = [
  {
    prompt: 'Fetch my last 5 unread emails and summarize them.',
    calls: [['gmail_fetch_mails', { max_results: 5, query: 'is:unread' }]],
    mentions: ['1. **Contract renewal', '5. **Interview on Friday', 'Jonas Weber', '5 unread'],
  },
  {
    prompt: 'How many unread emails do I have?',
    calls: [['gmail_fetch_mails', { query: 'is:unread' }]],
    mentions: ['There are 9 unread e-mails'],
  },
  {
    prompt: "What's in my inbox today?",
    calls: [['gmail_fetch_mails', { query: 'newer_than:1d' }]],
    mentions: ['Contract renewal'],
  },
  {
    prompt: 'Do I have any emails with attachments from this week?',
    calls: [['gmail_fetch_mails', { query: 'has:attachment newer_than:7d' }]],
    mentions: ['board-slides.pdf', 'INV-20931.pdf'],
  },
  {
    prompt: 'Find the invoice from Cloudhost',
    calls: [['gmail_fetch_mails', { query: 'from:cloudhost invoice' }]],
    mentions: ['$1,284.50'],
  },
  {
    prompt: 'Send an email to bob@example.com with subject "Lunch" saying Shall we meet at noon?',
    calls: [
      [
        'gmail_send_message',
        { to: 'bob@example.com', subject: 'Lunch', body: 'Shall we meet at noon?' },
      ],
    ],
    mentions: ['bob@example.com'],
  },
  {
    prompt: "Reply to Jonas's email about the slides saying the numbers are on the way",
    calls: [
      ['gmail_fetch_mails', { query: 'from:jonas slides' }],
      ['gmail_reply_to_thread', { to: 'jonas@acme.example', body: 'The numbers are on the way.' }],
    ],
    mentions: ['jonas@acme.example'],
  },
  {
    prompt: 'Mark all my unread emails as read',
    calls: [
      ['gmail_fetch_mails', { query: 'is:unread' }],
      ['gmail_batch_modify_messages', { remove_label_ids: ['UNREAD'] }],
    ],
    mentions: ['Done'],
  },
  {
    prompt: 'Star the latest email from Priya',
    calls: [
      ['gmail_fetch_mails', { query: 'from:priya', max_results: 1 }],
      ['gmail_modify_message_labels', { add_label_ids: ['STARRED'] }],
    ],
    mentions: ['Done'],
  },
  {
    prompt: 'Move the newsletter to the trash',
    calls: [['gmail_fetch_mails', { query: 'newsletter' }], ['gmail_trash_message']],
    mentions: ['Done'],
  },
  {
    prompt: 'Draft an email to aiko@brightlabs.example about the interview on Friday',
    calls: [
      ['gmail_create_draft', { to: 'aiko@brightlabs.example', subject: 'The interview on Friday' }],
    ],
    mentions: ['draft'],
  },
  {
    prompt: 'Send Mara an email saying I will call her tomorrow',
    calls: [
      ['gmail_search_people', { query: 'Mara' }],
      ['gmail_send_message', { to: 'mara@northwind.example', body: 'I will call her tomorrow.' }],
    ],
    mentions: ['mara@northwind.example'],
  },
  {
    prompt: 'Turn on my out of office saying I am back on Monday',
    calls: [
      [
        'gmail_update_vacation_settings',
        { enable_auto_reply: true, response_body_plain_text: 'I am back on Monday.' },
      ],
    ],
    mentions: ['Done'],
  },
  {
    prompt: 'Forward the invoice from Cloudhost to finance@acme.example',
    calls: [
      ['gmail_fetch_mails', { query: 'from:cloudhost invoice' }],
      ['gmail_send_message', { to: 'finance@acme.example' }],
    ],
    mentions: ['$1,284.50'],
  },
];

export const githubPrompts: Expectation[] = [
  {
    prompt: 'List all GitHub pull requests assigned to me',
    calls: [['github_search_issues', { q: 'is:pr assignee:@me' }]],
    mentions: ['Fix the rate limiter'],
  },
  {
    prompt:
      'Create an issue in acme/web titled "Login button is misaligned" with the body "It sits 4px too low."',
    calls: [
      [
        'github_issue_create',
        {
          owner: 'acme',
          repo: 'web',
          title: 'Login button is misaligned',
          body: 'It sits 4px too low.',
        },
      ],
    ],
    mentions: ['#18', 'acme/web'],
  },
  {
    prompt: 'Comment on issue 42 in acme/api saying I am looking into it',
    calls: [['github_issue_comment_create', { issue_number: 42, body: 'I am looking into it.' }]],
    mentions: ['#42'],
  },
  {
    prompt: 'Close issue #12 in acme/web',
    calls: [['github_issue_update', { issue_number: 12, state: 'closed' }]],
    mentions: ['#12'],
  },
  {
    prompt: 'What are the open pull requests in acme/api and acme/web?',
    calls: [
      ['github_pull_requests_list', { repo: 'api', state: 'open' }],
      ['github_pull_requests_list', { repo: 'web', state: 'open' }],
    ],
    mentions: ['Fix the rate limiter', 'New invoice page'],
  },
  {
    prompt: 'What is the status of issue 31 in acme/api?',
    calls: [['github_issue_get', { issue_number: 31 }]],
    mentions: ['closed', 'Health check'],
  },
  {
    prompt: 'Search the code for rate limiter in acme/api',
    calls: [['github_search_code', { q: 'repo:acme/api rate limiter' }]],
    mentions: ['src/rate-limiter.ts'],
  },
  {
    prompt: 'Label issue 39 in acme/api with urgent',
    calls: [['github_issue_labels_add', { issue_number: 39, labels: ['urgent'] }]],
    mentions: ['#39'],
  },
  {
    prompt: 'Create an issue in the infrastructure repo about the expired certificates',
    calls: [
      ['github_user_repos_list'],
      [
        'github_issue_create',
        { owner: 'acme', repo: 'infrastructure', title: 'The expired certificates' },
      ],
    ],
    mentions: ['acme/infrastructure'],
  },
  {
    prompt: 'Merge PR #41 of acme/api',
    calls: [['github_pull_request_merge', { pull_number: 41 }]],
    mentions: ['#41'],
  },
  {
    prompt: 'Get the file src/rate-limiter.ts from acme/api',
    calls: [['github_file_contents_get', { path: 'src/rate-limiter.ts', repo: 'api' }]],
    mentions: ['refill(bucket'],
  },
  {
    prompt: 'List issues in acme/nonexistent',
    calls: [['github_issues_list', { repo: 'nonexistent' }]],
    mentions: ['could not', 'Not Found'],
  },
  {
    prompt: 'File a bug in acme/web titled "Dark mode flickers" and assign it to jweber',
    calls: [
      ['github_issue_create', { title: 'Dark mode flickers' }],
      ['github_issue_assignees_add', { issue_number: 18, assignees: ['jweber'] }],
    ],
    mentions: ['#18'],
  },
  {
    prompt: 'Close the issue about the login button in acme/web',
    calls: [['github_search_issues', { q: 'is:issue is:open repo:acme/web login button' }]],
    mentions: ['issue number'],
  },
];

export const slackPrompts: Expectation[] = [
  {
    prompt: 'What happened in #engineering?',
    calls: [['slack_fetch_conversation_history', { channel: 'engineering' }]],
    mentions: ['deploy window', 'Priya Nair'],
  },
  {
    prompt: 'Post "Deploy is done" to #general',
    calls: [['slack_send_message', { channel: 'general', text: 'Deploy is done' }]],
    mentions: ['#general'],
  },
  {
    prompt: 'Tell Priya on Slack that the review is done',
    calls: [['slack_send_message', { channel: '@priya', text: 'The review is done.' }]],
    mentions: ['@priya'],
  },
  {
    prompt: 'Who are the members of #support?',
    calls: [['slack_list_channel_members', { channel: 'support' }]],
    mentions: ['Tomás Oliveira'],
  },
  {
    prompt: 'React with thumbs up to the last message in #engineering',
    calls: [
      ['slack_fetch_conversation_history', { channel: 'engineering' }],
      ['slack_add_reaction', { channel: 'engineering', name: 'thumbsup' }],
    ],
    mentions: ['Done'],
  },
  {
    prompt: 'Search Slack for the deploy window',
    calls: [['slack_search_messages', { query: 'deploy window' }]],
    mentions: ['Wednesday'],
  },
  {
    prompt: 'Set the topic of #random to "Ramen and more"',
    calls: [['slack_set_conversation_topic', { channel: 'random', topic: 'Ramen and more' }]],
    mentions: ['#random'],
  },
];

export const mixedPrompts: Expectation[] = [
  {
    prompt: 'summarize my unread mail and list open issues in acme/api',
    calls: [
      ['gmail_fetch_mails', { query: 'is:unread' }],
      ['github_issues_list', { owner: 'acme', repo: 'api', state: 'open' }],
    ],
    mentions: ['Contract renewal', 'CSV export'],
  },
  {
    prompt: 'Catch me up on everything: mail, #general and #engineering',
    calls: [
      ['gmail_fetch_mails'],
      ['slack_fetch_conversation_history', { channel: 'general' }],
      ['slack_fetch_conversation_history', { channel: 'engineering' }],
    ],
    mentions: ['board meeting', 'dashboards'],
  },
  {
    prompt: 'Summarize the last 3 messages in #support and email the summary to jonas@acme.example',
    calls: [
      ['slack_fetch_conversation_history', { channel: 'support', limit: 3 }],
      ['gmail_send_message', { to: 'jonas@acme.example' }],
    ],
    mentions: ['65,536 rows', 'jonas@acme.example'],
  },
  {
    prompt: 'Zeige mir meine letzten 3 ungelesenen E-Mails',
    calls: [['gmail_fetch_mails', { max_results: 3, query: 'is:unread' }]],
    mentions: ['Contract renewal'],
  },
  {
    prompt: 'Send an email to 田中@例え.jp saying こんにちは、明日会いましょう 🎉',
    calls: [
      ['gmail_send_message', { to: '田中@例え.jp', body: 'こんにちは、明日会いましょう 🎉' }],
    ],
    mentions: ['田中@例え.jp'],
  },
  {
    prompt: 'Reopen issue 31 of acme/api, then tell #engineering that it was reopened',
    calls: [
      ['github_issue_update', { issue_number: 31, state: 'open' }],
      ['slack_send_message', { channel: 'engineering', text: 'It was reopened.' }],
    ],
    mentions: ['#31', '#engineering'],
  },
];
