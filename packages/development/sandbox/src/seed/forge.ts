import { readData } from './read-data.ts';

const day = 86_400_000;

export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: number;
}

/** An issue, or a pull request where `pull` is there: they share one numbering, as on GitHub. */
export interface Issue {
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  title: string;
  body: string;
  readonly author: string;
  state: 'open' | 'closed';
  labels: string[];
  assignees: string[];
  readonly comments: Comment[];
  readonly createdAt: number;
  updatedAt: number;
  readonly pull?: { head: string; base: string; draft: boolean; merged: boolean; files: string[] };
}

export interface Repository {
  readonly owner: string;
  readonly name: string;
  readonly description: string;
  readonly language: string;
  stars: number;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly topics: string[];
  readonly files: Record<string, string>;
  readonly commits: { sha: string; message: string; author: string; date: number }[];
  readonly issues: Issue[];
}

export interface Forge {
  readonly login: string;
  readonly repositories: Repository[];
  nextCommentId: number;
}

interface SeedIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly daysAgo: number;
  readonly labels?: string[];
  /** `me` stands for the account's own login. */
  readonly assignees?: string[];
  readonly closed?: true;
  readonly comments?: { author: string; body: string }[];
  readonly pull?: { head: string; files: string[]; draft?: true; merged?: true };
}

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

function buildIssue(seed: SeedIssue, repository: string, login: string, now: number): Issue {
  const time = now - seed.daysAgo * day;
  const { number, title, body, author } = seed;
  return {
    repository,
    number,
    title,
    body,
    author,
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
  return (readData('repositories.json') as SeedRepository[]).map((seed) => {
    const owner = seed.owner === 'me' ? login : seed.owner;
    return {
      ...seed,
      owner,
      private: seed.private ?? false,
      defaultBranch: 'main',
      commits: seed.commits.map((message, place) => ({
        sha: shaOf(seed.name, place),
        message,
        author: 'priya-nair',
        date: now - (place + 1) * day,
      })),
      issues: seed.issues.map((issue) => buildIssue(issue, `${owner}/${seed.name}`, login, now)),
    };
  });
}
