import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { Forge, Issue, Repository } from '../seed/forge.ts';
import {
  findIssue,
  findPull,
  findRepository,
  showComment,
  showIssue,
  showRepository,
} from './github-records.ts';
import {
  ToolFailure,
  keepNewest,
  text,
  texts,
  type ToolArguments,
  type ToolContext,
  type ToolTable,
} from './tool-call.ts';

type NewIssue = Pick<Issue, 'title' | 'body' | 'labels' | 'assignees'> & Pick<Issue, 'pull'>;

function addIssue(repository: Repository, { data, now }: ToolContext<Forge>, fields: NewIssue) {
  const number = Math.max(0, ...repository.issues.map((issue) => issue.number)) + 1;
  const issue: Issue = {
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
  return showIssue(repository, issue);
}

/** A tool that changes one issue and answers it. */
function changeIssue(change: (issue: Issue, input: ToolArguments) => void) {
  return (input: ToolArguments, { data, now }: ToolContext<Forge>): JsonObject => {
    const repository = findRepository(data, input);
    const issue = findIssue(repository, input['issue_number']);
    change(issue, input);
    issue.updatedAt = now;
    return showIssue(repository, issue);
  };
}

function union(...lists: string[][]): string[] {
  return [...new Set(lists.flat())];
}

/** GitHub's tools that change repositories. */
export const githubWriteTools: ToolTable<Forge> = {
  github_issue_create: (input, context) =>
    addIssue(findRepository(context.data, input), context, {
      title: text(input, 'title'),
      body: text(input, 'body'),
      labels: texts(input, 'labels'),
      assignees: texts(input, 'assignees'),
    }),

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

  github_issue_comment_create(input, { data, now }) {
    const issue = findIssue(findRepository(data, input), input['issue_number']);
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
  },

  github_pull_request_create(input, context) {
    const { head, base } = { head: text(input, 'head'), base: text(input, 'base') };
    return addIssue(findRepository(context.data, input), context, {
      title: text(input, 'title') || head,
      body: text(input, 'body'),
      labels: [],
      assignees: [],
      pull: { head, base, draft: input['draft'] === true, merged: false, files: [] },
    });
  },

  github_pull_request_merge(input, { data, now }) {
    const { issue, pull } = findPull(findRepository(data, input), input['pull_number']);
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
  },

  github_repo_star(input, { data }) {
    const repository = findRepository(data, input);
    repository.stars += 1;
    return showRepository(repository);
  },
};
