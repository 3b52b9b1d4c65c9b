import { seedRepositories } from './repositories.ts';

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

/** A GitHub account with three repositories of `acme` and one of its own. */
export function createForge(identifier: string, now: number): Forge {
  const login = (identifier.split('@')[0] ?? identifier).replace(/[^A-Za-z0-9-]+/g, '-');
  return { login, repositories: seedRepositories(login, now), nextCommentId: 9001 };
}
