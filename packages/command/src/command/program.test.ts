import type { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { createProgram, type RunArguments } from './program.ts';

async function parse(...words: string[]) {
  const runs: RunArguments[] = [];
  const written: string[] = [];
  const program = createProgram({
    run: (runArguments) => {
      runs.push(runArguments);
      return Promise.resolve();
    },
    open: () => {
      throw new Error('only run is tried here');
    },
    diagnose: () => Promise.reject(new Error('only run is tried here')),
    onProblem: () => undefined,
    writeOut: (text) => written.push(text),
    writeErr: (text) => written.push(text),
  });
  const error = await program.parseAsync(words, { from: 'user' }).then(
    () => undefined,
    (thrown: CommanderError) => thrown.code,
  );
  return { runs, error, text: written.join('') };
}

const nothingGiven: RunArguments = {
  prompt: undefined,
  connections: undefined,
  user: undefined,
  model: undefined,
  conversation: undefined,
  url: undefined,
  json: false,
  openInBrowser: false,
};

test('the words of the prompt need no quotes', async () => {
  const { runs } = await parse('run', 'Fetch', 'my mails');
  expect(runs).toEqual([{ ...nothingGiven, prompt: 'Fetch my mails' }]);
});

test('a blank prompt counts as none', async () => {
  const { runs } = await parse('run', ' ');
  expect(runs).toEqual([nothingGiven]);
});

test('every flag, before and after the prompt, connections repeated', async () => {
  const words =
    'run --connection gmail --json hello --connection slack --user ann --model m/1 ' +
    '--conversation conv_0_a --open-in-browser --url http://localhost:9';
  const { runs } = await parse(...words.split(' '));
  expect(runs).toEqual([
    {
      prompt: 'hello',
      connections: ['gmail', 'slack'],
      user: 'ann',
      model: 'm/1',
      conversation: 'conv_0_a',
      url: 'http://localhost:9',
      json: true,
      openInBrowser: true,
    },
  ]);
});

test('a prompt that begins with a dash comes after --', async () => {
  const { runs } = await parse('run', '--json', '--', '--user', 'is a flag');
  expect(runs).toEqual([{ ...nothingGiven, json: true, prompt: '--user is a flag' }]);
});

test.each([
  ['an unknown flag', ['run', '--modle', 'x'], 'commander.unknownOption', '--model'],
  ['a flag without its value', ['run', '--user'], 'commander.optionMissingArgument', '--user'],
  ['an unknown command', ['fetch'], 'commander.unknownCommand', 'fetch'],
])('%s is refused by name', async (_name, words, code, named) => {
  const { runs, error, text } = await parse(...words);
  expect(runs).toEqual([]);
  expect(error).toBe(code);
  expect(text).toContain(named);
});

test('the help names the exit codes', async () => {
  const { error, text } = await parse('run', '--help');
  expect(error).toBe('commander.helpDisplayed');
  expect(text).toContain('Exit codes:');
});
