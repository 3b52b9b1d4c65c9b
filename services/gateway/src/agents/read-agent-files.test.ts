import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseAgentFile, readAgentFiles } from './read-agent-files.ts';

const text = `---
description: Sorts mail.
tools: { allow: [gmail_*] }
limits:
  turns: 4
---

Sort the mail.

---

By how urgent it is.
`;

test('front matter says the fields, and what follows is the instructions', () => {
  expect(parseAgentFile('triage', text)).toEqual({
    agent: {
      name: 'triage',
      version: expect.stringMatching(/^[0-9a-f]{12}$/),
      definition: {
        description: 'Sorts mail.',
        tools: { allow: ['gmail_*'] },
        limits: { turns: 4 },
        instructions: 'Sort the mail.\n\n---\n\nBy how urgent it is.',
      },
    },
  });
});

const versionOf = (from: string) => {
  const read = parseAgentFile('triage', from);
  return 'agent' in read ? read.agent.version : undefined;
};

test('the version follows from what the file says, whatever its line ends are', () => {
  expect(versionOf(text)).toBeDefined();
  expect(versionOf(`\uFEFF${text}\n\n`)).toBe(versionOf(text));
  expect(versionOf(text.replace('turns: 4', 'turns: 5'))).not.toBe(versionOf(text));
});

test('every problem of a file is named', () => {
  expect(parseAgentFile('triage', 'Sort the mail.')).toEqual({
    problems: ['must begin with front matter: YAML between two lines that are ---'],
  });
  expect(parseAgentFile('triage', '---\n{\n---\n')).toEqual({
    problems: [expect.stringMatching(/^its front matter is not YAML: /)],
  });
  const wrong = '---\nname: other\nlimits: { turns: 0, steps: 3 }\ninstructions: a\n---\n';
  const read = parseAgentFile('triage', wrong);
  expect('problems' in read ? read.problems.toSorted() : []).toEqual([
    'instructions is not a known field',
    'limits.steps is not a known field',
    expect.stringMatching(/^limits.turns .*>=1/),
    'name must be triage, as the file is called',
  ]);
});

test('a directory has an agent for each file, and every problem of all of them is named', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agents-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const write = (name: string, content: string) => writeFileSync(join(directory, name), content);
  write('triage.md', text);
  write('README.md', 'What these are.');
  write('notes.txt', 'Nothing.');
  expect(readAgentFiles(directory)).toMatchObject({ agents: [{ name: 'triage' }], problems: [] });
  write('No Good.md', text);
  write('plain.md', 'No front matter.');
  expect(readAgentFiles(directory).problems).toEqual([
    expect.stringMatching(/^No Good.md: its name must be/),
    expect.stringMatching(/^plain.md: must begin with front matter/),
  ]);
  expect(readAgentFiles(join(directory, 'none')).problems).toEqual([
    expect.stringMatching(/^cannot be read: ENOENT/),
  ]);
});
