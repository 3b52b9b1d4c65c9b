import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { AccountData } from './account-data.ts';
import { matchesSearch } from './search-terms.ts';
import {
  addNewest,
  count,
  find,
  isSame,
  pageOf,
  text,
  texts,
  type ToolArguments,
  ToolFailure,
  type ToolFunction,
  type ToolTable,
} from './tool-call.ts';

type Run<Subject> = (subject: Subject, input: ToolArguments, data: AccountData) => JsonObject;

const isPull = (issue: JsonObject) => 'head' in issue;
const repositoryOf = (record: JsonObject) => text(record, 'repository');
const keyOf = (issue: JsonObject) => `${repositoryOf(issue)}#${Number(issue['number'])}`;
const iso = ({ now }: AccountData) => new Date(now).toISOString();

/** One page by GitHub's `page` and `per_page`. */
function page(records: readonly JsonObject[] | undefined, input: ToolArguments): JsonObject[] {
  const size = Math.min(count(input, 'per_page', 30), 100);
  return pageOf(records ?? [], (count(input, 'page', 1) - 1) * size, size).items;
}

/** A tool on the repository that its arguments name; `name` is the whole one. */
function inRepository(run: Run<{ name: string; repository: JsonObject }>): ToolFunction {
  return (input, data) => {
    const wanted = `${text(input, 'owner')}/${text(input, 'repo')}`;
    const repository = find(
      data.lists['repositories'] ?? [],
      (each) => isSame(text(each, 'full_name'), wanted),
      `Not Found: repository ${wanted}`,
    );
    return run({ name: text(repository, 'full_name'), repository }, input, data);
  };
}

function issuesIn(name: string, { lists }: AccountData): JsonObject[] {
  return (lists['issues'] ?? []).filter((issue) => repositoryOf(issue) === name);
}

function onIssue(run: Run<JsonObject>, argument = 'issue_number'): ToolFunction {
  return inRepository(({ name }, input, data) => {
    const fits = (issue: JsonObject) =>
      issue['number'] === input[argument] && (argument === 'issue_number' || isPull(issue));
    const found = find(issuesIn(name, data), fits, `Not Found: ${name}#${Number(input[argument])}`);
    return run(found, input, data);
  });
}

function changeIssue(change: (issue: JsonObject, input: ToolArguments) => void): ToolFunction {
  return onIssue((issue, input, data) => {
    change(issue, input);
    issue['updated_at'] = iso(data);
    return issue;
  });
}

function showRepository(repository: JsonObject, data: AccountData): JsonObject {
  const issues = issuesIn(text(repository, 'full_name'), data);
  return { ...repository, open_issues_count: issues.filter((each) => hasState(each, {})).length };
}

/** Whether an issue has the state that the arguments ask for; open by default. */
function hasState(issue: JsonObject, input: ToolArguments): boolean {
  const state = text(input, 'state') || 'open';
  return state === 'all' || issue['state'] === state;
}

function isListed(issue: JsonObject, input: ToolArguments): boolean {
  const labels = text(input, 'labels').split(',').filter(Boolean);
  const [assignee, creator] = [text(input, 'assignee'), text(input, 'creator')];
  const assignees = texts(issue, 'assignees', 'login');
  return (
    hasState(issue, input) &&
    labels.every((label) => texts(issue, 'labels', 'name').includes(label.trim())) &&
    (assignee === 'none' ? assignees.length === 0 : !assignee || assignees.includes(assignee)) &&
    (creator === '' || text(issue, 'user', 'login') === creator) &&
    ['head', 'base'].every(
      (end) => !text(input, end) || text(issue, end, 'ref') === text(input, end),
    )
  );
}

/** Sets the given fields, in the form in which GitHub shows them. */
function setFields(issue: JsonObject, input: ToolArguments): void {
  for (const field of ['title', 'body', 'state']) {
    if (field in input) issue[field] = text(input, field);
  }
  if ('labels' in input) issue['labels'] = texts(input, 'labels').map((name) => ({ name }));
  if ('assignees' in input) {
    issue['assignees'] = texts(input, 'assignees').map((login) => ({ login }));
  }
}

function addIssue(name: string, input: ToolArguments, data: AccountData, pull: JsonObject = {}) {
  const number = Math.max(0, ...issuesIn(name, data).map((each) => Number(each['number']))) + 1;
  const [time, kind] = [iso(data), isPull(pull) ? 'pull' : 'issues'];
  const issue: JsonObject = {
    number,
    title: '',
    state: 'open',
    user: { login: data.self.login },
    body: '',
    labels: [],
    assignees: [],
    comments: 0,
    created_at: time,
    updated_at: time,
    repository: name,
    html_url: `https://github.example/${name}/${kind}/${number}`,
    ...pull,
  };
  setFields(issue, input);
  return addNewest(data.lists['issues'] ?? [], issue);
}

const inRepositories = (record: JsonObject) => text(record, 'full_name') || repositoryOf(record);
const ownedBy = (record: JsonObject, owner: string) =>
  inRepositories(record).toLowerCase().startsWith(`${owner}/`);
const isKind = (issue: JsonObject, kind: string) =>
  kind === 'pr' || kind === 'issue'
    ? isPull(issue) === (kind === 'pr')
    : issue['state'] === kind || (kind === 'merged' && issue['merged'] === true);

/** A search in one list with GitHub's syntax, a page of it. */
function searching(list: string, fields: readonly string[]): ToolFunction {
  return (input, data) => {
    const meant = (value: string) => (value === '@me' ? data.self.login.toLowerCase() : value);
    const hasName = (names: string[], value: string) =>
      names.some((name) => isSame(name, meant(value)));
    const fits = matchesSearch(text(input, 'q'), {
      words: (record) =>
        [...fields.map((field) => text(record, field)), texts(record, 'topics')].join(' '),
      operators: {
        repo: (record, value) => isSame(inRepositories(record), value),
        org: ownedBy,
        user: ownedBy,
        is: isKind,
        type: isKind,
        state: isKind,
        language: (record, value) => isSame(text(record, 'language'), value),
        assignee: (record, value) => hasName(texts(record, 'assignees', 'login'), value),
        author: (record, value) => hasName([text(record, 'user', 'login')], value),
        label: (record, value) => hasName(texts(record, 'labels', 'name'), value),
        sort: () => true,
      },
    });
    const found = (data.lists[list] ?? []).filter(fits);
    const items = page(found, input).map((record) =>
      list === 'repositories' ? showRepository(record, data) : record,
    );
    return { total_count: found.length, incomplete_results: false, items };
  };
}

function repositoriesTool(
  belongs: (repository: JsonObject, input: ToolArguments) => boolean,
): ToolFunction {
  return (input, data) => {
    const found = (data.lists['repositories'] ?? []).filter((each) => belongs(each, input));
    return { repositories: page(found, input).map((each) => showRepository(each, data)) };
  };
}

function fileTool(pathOf: (input: ToolArguments) => string): ToolFunction {
  return inRepository(({ name }, input, { lists }) => {
    const path = pathOf(input);
    const fits = (file: JsonObject) => repositoryOf(file) === name && file['path'] === path;
    const { content = '' } = find(lists['files'] ?? [], fits, `Not Found: ${path}`);
    return { path, encoding: 'utf-8', content };
  });
}

/** GitHub's tools that work on the account's repositories. */
export const githubTools: ToolTable = {
  github_user_get_authenticated: (_input, { self, lists }) => ({
    login: self.login,
    public_repos: (lists['repositories'] ?? []).filter((each) => each['private'] !== true).length,
  }),
  github_user_repos_list: repositoriesTool(() => true),
  github_repo_org_repos_list: repositoriesTool(({ owner }, input) =>
    isSame(text(owner, 'login'), text(input, 'org')),
  ),
  github_repo_get: inRepository(({ repository }, _input, data) => showRepository(repository, data)),
  github_repo_star: inRepository(({ repository }, _input, data) => {
    repository['stargazers_count'] = Number(repository['stargazers_count']) + 1;
    return showRepository(repository, data);
  }),
  github_commits_list: inRepository(({ name }, input, { lists }) => ({
    commits: page(
      lists['commits']?.filter((each) => repositoryOf(each) === name),
      input,
    ),
  })),
  github_readme_get: fileTool(() => 'README.md'),
  github_file_contents_get: fileTool((input) => text(input, 'path')),

  github_search_repos: searching('repositories', ['full_name', 'description']),
  github_search_issues: searching('issues', ['title', 'body']),
  github_search_code: searching('files', ['path', 'content']),

  github_issues_list: inRepository(({ name }, input, data) => ({
    issues: page(
      issuesIn(name, data).filter((each) => !isPull(each) && isListed(each, input)),
      input,
    ),
  })),
  github_user_issues_list: (input, { self, lists }) => {
    const mine = { ...input, assignee: self.login };
    const fits = (issue: JsonObject) => !isPull(issue) && isListed(issue, mine);
    return { issues: page(lists['issues']?.filter(fits), input) };
  },
  github_issue_get: onIssue((issue) => issue),
  github_issue_comments_list: onIssue((issue, input, { lists }) => ({
    comments: page(
      lists['comments']?.filter((each) => each['issue'] === keyOf(issue)),
      input,
    ),
  })),
  github_issue_create: inRepository(({ name }, input, data) => addIssue(name, input, data)),
  github_issue_update: changeIssue(setFields),
  github_issue_labels_add: changeIssue((issue, input) => {
    const labels = [...texts(issue, 'labels', 'name'), ...texts(input, 'labels')];
    setFields(issue, { labels: [...new Set(labels)] });
  }),
  github_issue_assignees_add: changeIssue((issue, input) => {
    const assignees = [...texts(issue, 'assignees', 'login'), ...texts(input, 'assignees')];
    setFields(issue, { assignees: [...new Set(assignees)] });
  }),
  github_issue_comment_create: onIssue((issue, input, data) => {
    issue['comments'] = Number(issue['comments']) + 1;
    issue['updated_at'] = iso(data);
    return addNewest(data.lists['comments'] ?? [], {
      id: data.nextNumber++,
      user: { login: data.self.login },
      body: text(input, 'body'),
      created_at: iso(data),
      issue: keyOf(issue),
    });
  }),

  github_pull_requests_list: inRepository(({ name }, input, data) => ({
    pull_requests: page(
      issuesIn(name, data).filter((each) => isPull(each) && isListed(each, input)),
      input,
    ),
  })),
  github_pull_request_get: onIssue((pull) => pull, 'pull_number'),
  github_pull_request_files_list: onIssue(
    (pull, input, { lists }) => ({
      files: page(
        lists['pull_files']?.filter((each) => each['issue'] === keyOf(pull)),
        input,
      ),
    }),
    'pull_number',
  ),
  github_pull_request_create: inRepository(({ name }, input, data) => {
    const ends = { head: { ref: text(input, 'head') }, base: { ref: text(input, 'base') } };
    const pull = { ...ends, draft: input['draft'] === true, merged: false, changed_files: 0 };
    const title = text(input, 'title') || text(input, 'head');
    return addIssue(name, { title, body: text(input, 'body') }, data, pull);
  }),
  github_pull_request_merge: onIssue((pull, _input, data) => {
    if (pull['state'] === 'closed' || pull['draft'] === true) {
      const sentence = 'Pull Request is not mergeable';
      throw new ToolFailure(Code.FailedPrecondition, 'METHOD_NOT_ALLOWED', sentence);
    }
    Object.assign(pull, { merged: true, state: 'closed', updated_at: iso(data) });
    return { merged: true, message: 'Pull Request successfully merged' };
  }, 'pull_number'),
};
