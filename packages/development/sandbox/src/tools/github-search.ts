import type { Forge, Issue, Repository } from '../seed/forge.ts';
import { fullName } from './github-records.ts';

interface SearchQuery {
  readonly qualifiers: Map<string, string[]>;
  readonly words: string[];
}

const termPattern = /(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/giu;

/** GitHub's search syntax: `is:open repo:acme/api rate limiter`. */
export function parseSearch(query: string): SearchQuery {
  const parsed: SearchQuery = { qualifiers: new Map(), words: [] };
  for (const [, qualifier, quoted, word] of query.matchAll(termPattern)) {
    const value = (quoted ?? word ?? '').toLowerCase();
    if (qualifier === undefined) parsed.words.push(value);
    else {
      const key = qualifier.toLowerCase();
      parsed.qualifiers.set(key, [...(parsed.qualifiers.get(key) ?? []), value]);
    }
  }
  return parsed;
}

function every(values: string[] | undefined, test: (value: string) => boolean): boolean {
  return (values ?? []).every(test);
}

function isKind(issue: Issue, value: string): boolean {
  if (value === 'pr') return issue.pull !== undefined;
  if (value === 'issue') return issue.pull === undefined;
  if (value === 'merged') return issue.pull?.merged === true;
  return issue.state === value;
}

function inRepository(repository: Repository, query: SearchQuery): boolean {
  const { qualifiers } = query;
  const owners = [...(qualifiers.get('org') ?? []), ...(qualifiers.get('user') ?? [])];
  return (
    every(qualifiers.get('repo'), (value) => fullName(repository).toLowerCase() === value) &&
    owners.every((value) => repository.owner.toLowerCase() === value)
  );
}

export function searchRepositories(forge: Forge, query: SearchQuery): Repository[] {
  return forge.repositories.filter((repository) => {
    const haystack =
      `${fullName(repository)} ${repository.description} ${repository.topics.join(' ')}`.toLowerCase();
    return (
      inRepository(repository, query) &&
      every(query.qualifiers.get('language'), (it) => repository.language.toLowerCase() === it) &&
      query.words.every((word) => haystack.includes(word))
    );
  });
}

export function searchIssues(forge: Forge, query: SearchQuery) {
  const { qualifiers } = query;
  const self = (value: string) => (value === '@me' ? forge.login.toLowerCase() : value);
  return forge.repositories
    .filter((repository) => inRepository(repository, query))
    .flatMap((repository) => repository.issues)
    .filter((issue) => {
      const haystack = `${issue.title} ${issue.body}`.toLowerCase();
      const assignees = new Set(issue.assignees.map((login) => login.toLowerCase()));
      const kinds = ['is', 'type', 'state'].flatMap((key) => qualifiers.get(key) ?? []);
      return (
        kinds.every((value) => isKind(issue, value)) &&
        every(qualifiers.get('assignee'), (value) => assignees.has(self(value))) &&
        every(qualifiers.get('author'), (value) => issue.author.toLowerCase() === self(value)) &&
        every(qualifiers.get('label'), (value) => issue.labels.includes(value)) &&
        query.words.every((word) => haystack.includes(word))
      );
    });
}

export function searchCode(forge: Forge, query: SearchQuery) {
  return forge.repositories
    .filter((repository) => inRepository(repository, query))
    .flatMap((repository) =>
      Object.entries(repository.files)
        .filter(([path, contents]) => {
          const haystack = `${path}\n${contents}`.toLowerCase();
          return query.words.every((word) => haystack.includes(word));
        })
        .map(([path]) => ({ repository, path })),
    );
}
