import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { Forge, Issue, Repository } from '../seed/forge.ts';
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
import {
  keepNewest,
  text,
  texts,
  type ToolArguments,
  type ToolContext,
  ToolFailure,
  type ToolFunction,
  toolsOn,
  type ToolTable,
} from './tool-call.ts';

const inRepository = toolsOn(findRepository);

const onIssue = toolsOn((forge: Forge, input) =>
  findIssue(findRepository(forge, input), input['issue_number']),
);

const onPull = toolsOn((forge: Forge, input) =>
  findPull(findRepository(forge, input), input['pull_number']),
);

/** A tool that changes one issue and answers it. */
function changeIssue(change: (issue: Issue, input: ToolArguments) => void): ToolFunction<Forge> {
  return onIssue((issue, input, { now }) => {
    change(issue, input);
    issue.updatedAt = now;
    return showIssue(issue);
  });
}

/** A tool that searches and answers one page. */
function searching(
  search: (forge: Forge, query: ReturnType<typeof parseSearch>) => JsonObject[],
): ToolFunction<Forge> {
  return (input, { data }) => {
    const items = search(data, parseSearch(text(input, 'q')));
    return { total_count: items.length, incomplete_results: false, items: pageOf(items, input) };
  };
}

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

const newestFirst = (a: Issue, b: Issue) => b.createdAt - a.createdAt || b.number - a.number;

type NewIssue = Pick<Issue, 'title' | 'body' | 'labels' | 'assignees' | 'pull'>;

function addIssue(repository: Repository, { data, now }: ToolContext<Forge>, fields: NewIssue) {
  const number = Math.max(0, ...repository.issues.map((issue) => issue.number)) + 1;
  const issue: Issue = {
    repository: fullName(repository),
    number,
    author: data.login,
    state: 'open',
    comments: [],
    createdAt: now,
    updatedAt: now,
    ...fields,
  };
  repository.issues.push(issue);
  keepNewest(repository.issues);
  return showIssue(issue);
}

function union(...lists: string[][]): string[] {
  return [...new Set(lists.flat())];
}

/** GitHub's tools that work on the account's repositories. */
export const githubTools: ToolTable<Forge> = {
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

  github_repo_get: inRepository(showRepository),

  github_issues_list: inRepository((repository, input) => {
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
    return { issues: pageOf(issues, input).map(showIssue) };
  }),

  github_user_issues_list(input, { data }) {
    const issues = data.repositories.flatMap((repository) =>
      repository.issues
        .filter((issue) => !issue.pull && issue.assignees.includes(data.login))
        .filter((issue) => hasState(issue, input) && hasLabels(issue, input))
        .map(showIssue),
    );
    return { issues: pageOf(issues, input) };
  },

  github_issue_get: onIssue(showIssue),

  github_issue_comments_list: onIssue(({ comments }, input) => ({
    comments: pageOf(comments, input).map(showComment),
  })),

  github_pull_requests_list: inRepository(({ issues }, input) => {
    const pulls = issues
      .filter((issue) => issue.pull && hasState(issue, input))
      .filter((issue) => !text(input, 'head') || issue.pull?.head === text(input, 'head'))
      .filter((issue) => !text(input, 'base') || issue.pull?.base === text(input, 'base'))
      .toSorted(newestFirst);
    return { pull_requests: pageOf(pulls, input).map(showIssue) };
  }),

  github_pull_request_get: onPull(({ issue }) => showIssue(issue)),

  github_pull_request_files_list: onPull(({ pull }, input) => ({
    files: pageOf(pull.files, input).map((filename) => ({ filename, status: 'modified' })),
  })),

  github_commits_list: inRepository(({ commits }, input) => ({
    commits: pageOf(commits, input).map(({ date, ...commit }) => ({
      ...commit,
      date: new Date(date).toISOString(),
    })),
  })),

  github_readme_get: inRepository(({ files }) => ({
    path: 'README.md',
    encoding: 'utf-8',
    content: files['README.md'] ?? '',
  })),

  github_file_contents_get: inRepository(({ files }, input) => {
    const path = text(input, 'path');
    const content = files[path];
    if (content === undefined) {
      throw new ToolFailure(Code.NotFound, 'NOT_FOUND', `Not Found: ${path}`);
    }
    return { path, encoding: 'utf-8', content };
  }),

  github_search_repos: searching((forge, query) =>
    searchRepositories(forge, query).map(showRepository),
  ),
  github_search_issues: searching((forge, query) => searchIssues(forge, query).map(showIssue)),
  github_search_code: searching((forge, query) =>
    searchCode(forge, query).map(({ repository, path }) => ({
      path,
      repository: fullName(repository),
    })),
  ),

  github_issue_create: inRepository((repository, input, context) =>
    addIssue(repository, context, {
      title: text(input, 'title'),
      body: text(input, 'body'),
      labels: texts(input, 'labels'),
      assignees: texts(input, 'assignees'),
    }),
  ),

  github_issue_update: changeIssue((issue, input) => {
    if ('title' in input) issue.title = text(input, 'title');
    if ('body' in input) issue.body = text(input, 'body');
    if ('labels' in input) issue.labels = texts(input, 'labels');
    if ('assignees' in input) issue.assignees = texts(input, 'assignees');
    if (input['state'] === 'open' || input['state'] === 'closed') issue.state = input['state'];
  }),

  github_issue_labels_add: changeIssue((issue, input) => {
    issue.labels = union(issue.labels, texts(input, 'labels'));
  }),

  github_issue_assignees_add: changeIssue((issue, input) => {
    issue.assignees = union(issue.assignees, texts(input, 'assignees'));
  }),

  github_issue_comment_create: onIssue((issue, input, { data, now }) => {
    const comment = {
      id: data.nextCommentId,
      author: data.login,
      body: text(input, 'body'),
      createdAt: now,
    };
    data.nextCommentId += 1;
    issue.comments.push(comment);
    keepNewest(issue.comments);
    issue.updatedAt = now;
    return showComment(comment);
  }),

  github_pull_request_create: inRepository((repository, input, context) => {
    const { head, base } = { head: text(input, 'head'), base: text(input, 'base') };
    return addIssue(repository, context, {
      title: text(input, 'title') || head,
      body: text(input, 'body'),
      labels: [],
      assignees: [],
      pull: { head, base, draft: input['draft'] === true, merged: false, files: [] },
    });
  }),

  github_pull_request_merge: onPull(({ issue, pull }, _input, { now }) => {
    if (issue.state === 'closed' || pull.draft) {
      throw new ToolFailure(
        Code.FailedPrecondition,
        'METHOD_NOT_ALLOWED',
        'Pull Request is not mergeable',
      );
    }
    pull.merged = true;
    issue.state = 'closed';
    issue.updatedAt = now;
    return { merged: true, message: 'Pull Request successfully merged' };
  }),

  github_repo_star: inRepository((repository) => {
    repository.stars += 1;
    return showRepository(repository);
  }),
};
