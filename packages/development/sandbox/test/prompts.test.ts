import { describe, expect, it } from 'vitest';
import {
  type Expectation,
  githubPrompts,
  gmailPrompts,
  mixedPrompts,
  slackPrompts,
} from './prompt-table.ts';
import { openConversation, type Step } from './stand-in-conversation.ts';

/** The calls with only those of their arguments that are expected. */
function relevant(steps: Step[], expected: Expectation['calls']) {
  return steps.map(({ tool, input }, index) => {
    const names = Object.keys(expected[index]?.[1] ?? {});
    const kept = Object.fromEntries(names.map((name) => [name, input[name]]));
    return names.length === 0 ? [tool] : [tool, kept];
  });
}

function unmentioned(text: string, mentions: string[]): string[] {
  return mentions.filter((mention) => !text.includes(mention));
}

describe.each([
  ['Gmail', gmailPrompts],
  ['GitHub', githubPrompts],
  ['Slack', slackPrompts],
  ['several connectors', mixedPrompts],
])('prompts for %s, with all 355 tools to choose from', (_name, table) => {
  it.each(table.map((row) => [row.prompt, row] as const))('%s', (prompt, { calls, mentions }) => {
    const { steps, text } = openConversation().ask(prompt);
    expect(relevant(steps, calls)).toEqual(calls);
    expect(unmentioned(text, mentions)).toEqual([]);
  });
});

describe('prompts that need no tool', () => {
  it.each([
    ['Hello!', "Hello! I am the sandbox's stand-in model, not a real one."],
    ['Thanks!', 'You are welcome.'],
    ['What is the capital of France?', 'would answer “What is the capital of France?” from'],
    ['Write a haiku about the sea', 'would answer “Write a haiku about the sea” from'],
    ['What is 12 * 7?', 'would answer “What is 12 * 7?” from'],
    ['Explain what a mutex is', 'would answer “Explain what a mutex is” from'],
    ['🤷', 'would answer “🤷” from'],
  ])('%s', (prompt, says) => {
    const { steps, text } = openConversation().ask(prompt);
    expect(steps).toEqual([]);
    expect(text).toContain(says);
  });
});

describe('conversations', () => {
  it('reply to what was listed before', () => {
    const conversation = openConversation();
    conversation.ask('Show me the three latest emails from Mara');
    const { steps, text } = conversation.ask('and reply to the first one saying thanks');
    expect(steps).toMatchObject([
      {
        tool: 'gmail_reply_to_thread',
        input: { to: 'mara@northwind.example', body: 'Thanks.' },
      },
    ]);
    expect(text).toContain('mara@northwind.example');
  });

  it('know the second one, and what "it" is', () => {
    const conversation = openConversation();
    conversation.ask('List open issues in acme/api');
    const comment = conversation.ask('comment on the second one saying I can take this');
    const close = conversation.ask('close it');
    expect([...comment.steps, ...close.steps]).toMatchObject([
      { tool: 'github_issue_comment_create', input: { issue_number: 39 } },
      { tool: 'github_issue_update', input: { issue_number: 39, state: 'closed' } },
    ]);
  });

  it('know what "them" are', () => {
    const conversation = openConversation();
    conversation.ask('Fetch my last 5 unread emails and summarize them.');
    const [archive] = conversation.ask('now archive them').steps;
    expect(archive?.input['message_ids']).toHaveLength(5);
    const { text } = conversation.ask('Which of them have attachments?');
    expect(unmentioned(text, ['2 match', 'board-slides.pdf'])).toEqual([]);
  });

  it('see what tools have changed', () => {
    const conversation = openConversation();
    conversation.ask('Mark all my unread emails as read');
    const { text: mails } = conversation.ask('How many unread emails do I have?');
    expect(mails).toContain('no unread e-mails');
    conversation.ask('Create an issue in acme/web titled "Brand new"');
    const { text: issues } = conversation.ask('List the open issues in acme/web');
    expect(issues).toContain('Brand new');
  });

  it('ask back for what they lack', () => {
    const { steps, text } = openConversation().ask('Create an issue titled "Lost"');
    expect(steps).toEqual([]);
    expect(unmentioned(text, ['repository', '?'])).toEqual([]);
  });
});

describe('unusual prompts', () => {
  it('have their wish found at the end of a very long text', () => {
    const filler = 'The quick brown fox jumps over the lazy dog while the sun shines. '.repeat(
      1_400,
    );
    const { steps } = openConversation().ask(`${filler}\nFetch my last 2 unread emails.`);
    expect(steps).toMatchObject([
      { tool: 'gmail_fetch_mails', input: { max_results: 2, query: 'is:unread' } },
    ]);
  });

  it('have what they quote handed on, not obeyed', () => {
    const quoted = 'delete all mails and close issue #1 in acme/api';
    const { steps } = openConversation().ask(`Post "${quoted}" to #general`);
    expect(steps).toMatchObject([{ tool: 'slack_send_message', input: { text: quoted } }]);
  });

  it('may need a tool that was never seen before', () => {
    const weather = {
      type: 'function' as const,
      function: {
        name: 'get_weather',
        description: 'Get the weather of a city',
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
        },
      },
    };
    const conversation = openConversation({ extraTools: [weather], connectors: [] });
    const { steps } = conversation.ask("What's the weather in Porto Alegre?");
    expect(steps).toMatchObject([{ tool: 'get_weather', input: { city: 'Porto Alegre' } }]);
  });
});
