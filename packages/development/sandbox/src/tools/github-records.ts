import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { Comment, Forge, Issue, Repository } from '../seed/forge.ts';
import { ToolFailure, count, text, type ToolArguments } from './tool-call.ts';

const iso = (time: number) => new Date(time).toISOString();

function notFound(what: string): ToolFailure {
  return new ToolFailure(Code.NotFound, 'NOT_FOUND', `Not Found: ${what}`);
}

export function fullName(repository: Repository): string {
  return `${repository.owner}/${repository.name}`;
}

/** Throws `NOT_FOUND` as GitHub does. Names are compared without regard to case. */
export function findRepository(forge: Forge, input: ToolArguments): Repository {
  const wanted = `${text(input, 'owner')}/${text(input, 'repo')}`;
  const found = forge.repositories.find(
    (each) => fullName(each).toLowerCase() === wanted.toLowerCase(),
  );
  if (!found) throw notFound(`repository ${wanted}`);
  return found;
}

export function findIssue(repository: Repository, number: unknown): Issue {
  const found = repository.issues.find((issue) => issue.number === number);
  if (!found) throw notFound(`${fullName(repository)}#${String(number)}`);
  return found;
}

export function findPull(repository: Repository, number: unknown) {
  const issue = findIssue(repository, number);
  if (!issue.pull) throw notFound(`pull request ${fullName(repository)}#${String(number)}`);
  return { issue, pull: issue.pull };
}

export function showRepository(repository: Repository): JsonObject {
  return {
    name: repository.name,
    full_name: fullName(repository),
    owner: { login: repository.owner },
    description: repository.description,
    language: repository.language,
    private: repository.private,
    default_branch: repository.defaultBranch,
    stargazers_count: repository.stars,
    open_issues_count: repository.issues.filter((issue) => issue.state === 'open').length,
    topics: repository.topics,
    html_url: `https://github.example/${fullName(repository)}`,
  };
}

export function showComment(comment: Comment): JsonObject {
  const { id, body } = comment;
  return { id, user: { login: comment.author }, body, created_at: iso(comment.createdAt) };
}

/** An issue or a pull request, as GitHub answers either. */
export function showIssue(issue: Issue): JsonObject {
  const { repository } = issue;
  const kind = issue.pull ? 'pull' : 'issues';
  return {
    number: issue.number,
    title: issue.title,
    state: issue.state,
    user: { login: issue.author },
    body: issue.body,
    labels: issue.labels.map((name) => ({ name })),
    assignees: issue.assignees.map((login) => ({ login })),
    comments: issue.comments.length,
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    repository,
    html_url: `https://github.example/${repository}/${kind}/${issue.number}`,
    ...(issue.pull && {
      draft: issue.pull.draft,
      merged: issue.pull.merged,
      head: { ref: issue.pull.head },
      base: { ref: issue.pull.base },
      changed_files: issue.pull.files.length,
    }),
  };
}

/** One page by GitHub's `page` and `per_page`. */
export function pageOf<Item>(all: readonly Item[], input: ToolArguments): Item[] {
  const size = Math.min(count(input, 'per_page', 30), 100);
  const start = (count(input, 'page', 1) - 1) * size;
  return all.slice(start, start + size);
}

/** Whether an issue has the state that the arguments ask for; open by default. */
export function hasState(issue: Issue, input: ToolArguments): boolean {
  const state = text(input, 'state') || 'open';
  return state === 'all' || issue.state === state;
}
