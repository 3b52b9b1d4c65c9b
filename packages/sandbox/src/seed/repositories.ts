import type { Issue, Repository } from './forge.ts';

const DAY = 86_400_000;

type SeedIssue = {
  number: number;
  title: string;
  body: string;
  author: string;
  daysAgo: number;
  labels?: string[];
  /** `me` stands for the account's own login */
  assignees?: string[];
  closed?: true;
  comments?: { author: string; body: string }[];
  pull?: { head: string; files: string[]; draft?: true; merged?: true };
};

type SeedRepository = Pick<
  Repository,
  'owner' | 'name' | 'description' | 'language' | 'stars' | 'topics' | 'files'
> & { private?: true; commits: string[]; issues: SeedIssue[] };

const API: SeedRepository = {
  owner: 'acme',
  name: 'api',
  description: 'The public HTTP API of Acme',
  language: 'TypeScript',
  stars: 312,
  topics: ['api', 'typescript'],
  files: {
    'README.md': '# Acme API\n\nThe public HTTP API of Acme. Run `npm start` and open /docs.\n',
    'src/rate-limiter.ts':
      'export function allow(bucket: Bucket, now: number): boolean {\n  refill(bucket, now);\n  return take(bucket);\n}\n',
    'src/export-csv.ts': 'export const MOST_ROWS = 65_536;\n',
  },
  commits: ['Count a retried request once', 'Answer 429 with Retry-After', 'Page the export'],
  issues: [
    {
      number: 42,
      title: 'Rate limiter rejects valid bursts',
      body: 'Retried requests are counted twice, so valid bursts of 50 requests are answered with 429.',
      author: 'priya-nair',
      daysAgo: 1,
      labels: ['bug', 'priority: high'],
      assignees: ['me'],
      comments: [
        { author: 'jweber', body: 'I can reproduce this with the load test of last week.' },
      ],
    },
    {
      number: 41,
      title: 'Fix the rate limiter for retried requests',
      body: 'Counts a request by its idempotency key. Closes #42.',
      author: 'priya-nair',
      daysAgo: 1,
      assignees: ['me'],
      pull: {
        head: 'fix-rate-limiter',
        files: ['src/rate-limiter.ts', 'test/rate-limiter.test.ts'],
      },
    },
    {
      number: 39,
      title: 'CSV export stops after 65,536 rows',
      body: 'The export of large accounts is cut off. The limit comes from an old spreadsheet format.',
      author: 'tomas-oliveira',
      daysAgo: 3,
      labels: ['bug', 'export'],
    },
    {
      number: 38,
      title: 'Document the webhook signature',
      body: 'Customers ask how to verify webhooks. An example in three languages would help.',
      author: 'mlindqvist',
      daysAgo: 6,
      labels: ['documentation', 'good first issue'],
    },
    {
      number: 36,
      title: 'Support cursor pagination in /v1/accounts',
      body: 'Offsets are slow for large accounts.',
      author: 'jweber',
      daysAgo: 11,
      labels: ['enhancement'],
      assignees: ['jweber'],
    },
    {
      number: 35,
      title: 'Bump the runtime to Node 22',
      body: 'Node 20 reaches its end of life in April.',
      author: 'dependabot',
      daysAgo: 12,
      pull: { head: 'bump-node', files: ['.nvmrc', 'Dockerfile'], draft: true },
    },
    {
      number: 31,
      title: 'Health check answers before the database is ready',
      body: 'Fixed by waiting for the first query.',
      author: 'priya-nair',
      daysAgo: 20,
      labels: ['bug'],
      closed: true,
    },
  ],
};

const WEB: SeedRepository = {
  owner: 'acme',
  name: 'web',
  description: 'The web application of Acme',
  language: 'TypeScript',
  stars: 128,
  topics: ['react', 'typescript'],
  files: { 'README.md': '# Acme Web\n\nThe web application. Run `npm run dev`.\n' },
  commits: ['Show the new invoice page', 'Use the design tokens'],
  issues: [
    {
      number: 17,
      title: 'Dark mode flickers on the first load',
      body: 'The theme is read after the first paint.',
      author: 'aiko-tanaka',
      daysAgo: 2,
      labels: ['bug', 'ui'],
      assignees: ['me'],
    },
    {
      number: 16,
      title: 'New invoice page',
      body: 'Shows invoices by month with their state.',
      author: 'aiko-tanaka',
      daysAgo: 4,
      pull: { head: 'invoice-page', files: ['src/pages/invoices.tsx'] },
    },
    {
      number: 12,
      title: 'Keyboard navigation in the account menu',
      body: 'The menu cannot be opened with the keyboard.',
      author: 'jweber',
      daysAgo: 9,
      labels: ['accessibility'],
    },
  ],
};

const INFRASTRUCTURE: SeedRepository = {
  owner: 'acme',
  name: 'infrastructure',
  description: 'Terraform and deployment of Acme',
  language: 'HCL',
  stars: 9,
  topics: ['terraform'],
  private: true,
  files: { 'README.md': '# Infrastructure\n\nApply with `terraform apply`.\n' },
  commits: ['Add a second region'],
  issues: [
    {
      number: 5,
      title: 'Rotate the staging certificates',
      body: 'They expire on 12 December.',
      author: 'jweber',
      daysAgo: 5,
      labels: ['operations'],
    },
  ],
};

const NOTES: Omit<SeedRepository, 'owner'> = {
  name: 'notes',
  description: 'Notes and small experiments',
  language: 'Markdown',
  stars: 2,
  topics: [],
  files: { 'README.md': '# Notes\n' },
  commits: ['Start'],
  issues: [],
};

function shaOf(repository: string, place: number): string {
  return Buffer.from(`${repository}${place}sandboxcommit`)
    .toString('hex')
    .padEnd(40, '0')
    .slice(0, 40);
}

function buildIssue(seed: SeedIssue, login: string, now: number): Issue {
  const time = now - seed.daysAgo * DAY;
  return {
    number: seed.number,
    title: seed.title,
    body: seed.body,
    author: seed.author,
    state: seed.closed || seed.pull?.merged ? 'closed' : 'open',
    labels: [...(seed.labels ?? [])],
    assignees: (seed.assignees ?? []).map((name) => (name === 'me' ? login : name)),
    comments: (seed.comments ?? []).map((comment, index) => ({
      id: seed.number * 100 + index,
      createdAt: time + 3_600_000,
      ...comment,
    })),
    createdAt: time,
    updatedAt: time,
    ...(seed.pull && {
      pull: {
        head: seed.pull.head,
        base: 'main',
        draft: seed.pull.draft ?? false,
        merged: seed.pull.merged ?? false,
        files: [...seed.pull.files],
      },
    }),
  };
}

/** The seed repositories of an account, dated back from `now`. */
export function seedRepositories(login: string, now: number): Repository[] {
  return [API, WEB, INFRASTRUCTURE, { owner: login, ...NOTES }].map((seed) => ({
    owner: seed.owner,
    name: seed.name,
    description: seed.description,
    language: seed.language,
    stars: seed.stars,
    private: seed.private ?? false,
    defaultBranch: 'main',
    topics: [...seed.topics],
    files: { ...seed.files },
    commits: seed.commits.map((message, place) => ({
      sha: shaOf(seed.name, place),
      message,
      author: 'priya-nair',
      date: now - (place + 1) * DAY,
    })),
    issues: seed.issues.map((issue) => buildIssue(issue, login, now)),
  }));
}
