import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { Forge, Issue } from '../seed/forge.ts';
import {
  findIssue,
  findPull,
  findRepository,
  fullName,
  hasState,
  pageOf,
  showComment,
  showIssue,
  showRepository,
} from './github-records.ts';
import { parseSearch, searchCode, searchIssues, searchRepositories } from './github-search.ts';
import { githubWriteTools } from './github-write-tools.ts';
import { ToolFailure, text, type ToolArguments, type ToolTable } from './tool-call.ts';

function hasLabels(issue: Issue, input: ToolArguments): boolean {
  const wanted = text(input, 'labels')
    .split(',')
    .map((label) => label.trim());
  return wanted.every((label) => label === '' || issue.labels.includes(label));
}

function isAssignedTo(issue: Issue, wanted: string): boolean {
  if (wanted === '' || wanted === '*') return true;
  return wanted === 'none' ? issue.assignees.length === 0 : issue.assignees.includes(wanted);
}

function searchResult(items: JsonObject[], input: ToolArguments): JsonObject {
  return { total_count: items.length, incomplete_results: false, items: pageOf(items, input) };
}

const newestFirst = (a: Issue, b: Issue) => b.createdAt - a.createdAt || b.number - a.number;

const githubReadTools: ToolTable<Forge> = {
  github_user_get_authenticated: (_input, { data }) => ({
    login: data.login,
    public_repos: data.repositories.filter((repository) => !repository.private).length,
  }),

  github_user_repos_list: (input, { data }) => ({
    repositories: pageOf(data.repositories, input).map(showRepository),
  }),

  github_repo_org_repos_list(input, { data }) {
    const organization = text(input, 'org').toLowerCase();
    const all = data.repositories.filter((each) => each.owner.toLowerCase() === organization);
    return { repositories: pageOf(all, input).map(showRepository) };
  },

  github_repo_get: (input, { data }) => showRepository(findRepository(data, input)),

  github_issues_list(input, { data }) {
    const repository = findRepository(data, input);
    const issues = repository.issues
      .filter(
        (issue) =>
          !issue.pull &&
          hasState(issue, input) &&
          hasLabels(issue, input) &&
          isAssignedTo(issue, text(input, 'assignee')) &&
          (text(input, 'creator') === '' || issue.author === text(input, 'creator')),
      )
      .toSorted(newestFirst);
    return { issues: pageOf(issues, input).map((issue) => showIssue(repository, issue)) };
  },

  github_user_issues_list(input, { data }) {
    const issues = data.repositories.flatMap((repository) =>
      repository.issues
        .filter((issue) => !issue.pull && issue.assignees.includes(data.login))
        .filter((issue) => hasState(issue, input) && hasLabels(issue, input))
        .map((issue) => showIssue(repository, issue)),
    );
    return { issues: pageOf(issues, input) };
  },

  github_issue_get(input, { data }) {
    const repository = findRepository(data, input);
    return showIssue(repository, findIssue(repository, input['issue_number']));
  },

  github_issue_comments_list(input, { data }) {
    const issue = findIssue(findRepository(data, input), input['issue_number']);
    return { comments: pageOf(issue.comments, input).map(showComment) };
  },

  github_pull_requests_list(input, { data }) {
    const repository = findRepository(data, input);
    const pulls = repository.issues
      .filter((issue) => issue.pull && hasState(issue, input))
      .filter((issue) => !text(input, 'head') || issue.pull?.head === text(input, 'head'))
      .filter((issue) => !text(input, 'base') || issue.pull?.base === text(input, 'base'))
      .toSorted(newestFirst);
    return { pull_requests: pageOf(pulls, input).map((issue) => showIssue(repository, issue)) };
  },

  github_pull_request_get(input, { data }) {
    const repository = findRepository(data, input);
    return showIssue(repository, findPull(repository, input['pull_number']).issue);
  },

  github_pull_request_files_list(input, { data }) {
    const { pull } = findPull(findRepository(data, input), input['pull_number']);
    return {
      files: pageOf(pull.files, input).map((filename) => ({ filename, status: 'modified' })),
    };
  },

  github_commits_list(input, { data }) {
    const { commits } = findRepository(data, input);
    return {
      commits: pageOf(commits, input).map(({ date, ...commit }) => ({
        ...commit,
        date: new Date(date).toISOString(),
      })),
    };
  },

  github_readme_get(input, { data }) {
    const content = findRepository(data, input).files['README.md'] ?? '';
    return { path: 'README.md', encoding: 'utf-8', content };
  },

  github_file_contents_get(input, { data }) {
    const path = text(input, 'path');
    const content = findRepository(data, input).files[path];
    if (content === undefined) {
      throw new ToolFailure(Code.NotFound, 'NOT_FOUND', `Not Found: ${path}`);
    }
    return { path, encoding: 'utf-8', content };
  },

  github_search_repos(input, { data }) {
    const found = searchRepositories(data, parseSearch(text(input, 'q')));
    return searchResult(found.map(showRepository), input);
  },

  github_search_issues(input, { data }) {
    const found = searchIssues(data, parseSearch(text(input, 'q')));
    return searchResult(
      found.map(({ repository, issue }) => showIssue(repository, issue)),
      input,
    );
  },

  github_search_code(input, { data }) {
    const found = searchCode(data, parseSearch(text(input, 'q')));
    return searchResult(
      found.map(({ repository, path }) => ({ path, repository: fullName(repository) })),
      input,
    );
  },
};

/** GitHub's tools that work on the account's repositories. */
export const githubTools: ToolTable<Forge> = { ...githubReadTools, ...githubWriteTools };
