import { readData } from './read-data.ts';

const day = 86_400_000;

export type Comment = { id: number; author: string; body: string; createdAt: number };

/** An issue, or a pull request where `pull` is there: they share one numbering, as on GitHub. */
export type Issue = {
  number: number;
  title: string;
  body: string;
  author: string;
  state: 'open' | 'closed';
  labels: string[];
  assignees: string[];
  comments: Comment[];
  createdAt: number;
  updatedAt: number;
  pull?: { head: string; base: string; draft: boolean; merged: boolean; files: string[] };
};

export type Repository = {
  owner: string;
  name: string;
  description: string;
  language: string;
  stars: number;
  private: boolean;
  defaultBranch: string;
  topics: string[];
  files: Record<string, string>;
  commits: { sha: string; message: string; author: string; date: number }[];
  issues: Issue[];
};

export type Forge = {
  login: string;
  repositories: Repository[];
  nextCommentId: number;
};

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

/** `data/repositories.json`; the owner `me` stands for the account's own login. */
type SeedRepository = Pick<
  Repository,
  'owner' | 'name' | 'description' | 'language' | 'stars' | 'topics' | 'files'
> & { private?: true; commits: string[]; issues: SeedIssue[] };

/** A GitHub account with three repositories of `acme` and one of its own. */
export function createForge(identifier: string, now: number): Forge {
  const login = (identifier.split('@')[0] ?? identifier).replace(/[^A-Za-z0-9-]+/g, '-');
  return { login, repositories: seedRepositories(login, now), nextCommentId: 9001 };
}

function shaOf(repository: string, place: number): string {
  return Buffer.from(`${repository}${place}sandboxcommit`)
    .toString('hex')
    .padEnd(40, '0')
    .slice(0, 40);
}

function buildIssue(seed: SeedIssue, login: string, now: number): Issue {
  const time = now - seed.daysAgo * day;
  return {
    number: seed.number,
    title: seed.title,
    body: seed.body,
    author: seed.author,
    state: seed.closed || seed.pull?.merged ? 'closed' : 'open',
    labels: seed.labels ?? [],
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
        files: seed.pull.files,
      },
    }),
  };
}

/** The seed repositories of an account, dated back from `now`. */
function seedRepositories(login: string, now: number): Repository[] {
  return (readData('repositories.json') as SeedRepository[]).map((seed) => ({
    owner: seed.owner === 'me' ? login : seed.owner,
    name: seed.name,
    description: seed.description,
    language: seed.language,
    stars: seed.stars,
    private: seed.private ?? false,
    defaultBranch: 'main',
    topics: seed.topics,
    files: seed.files,
    commits: seed.commits.map((message, place) => ({
      sha: shaOf(seed.name, place),
      message,
      author: 'priya-nair',
      date: now - (place + 1) * day,
    })),
    issues: seed.issues.map((issue) => buildIssue(issue, login, now)),
  }));
}
