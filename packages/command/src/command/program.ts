import { Command } from 'commander';
import { addApprove } from '../commands/approve.ts';
import { addCompletion } from '../commands/completion.ts';
import type { Open } from '../commands/context.ts';
import { addAgents, addSchedules, addTriggers } from '../commands/definitions.ts';
import { addDoctor, type Diagnose } from '../commands/doctor.ts';
import { addJobs } from '../commands/jobs.ts';
import { collect } from '../commands/options.ts';
import { addAccounts, addKeys } from '../commands/people.ts';
import { addWatch } from '../commands/watch.ts';

/** What the person asked for on the command line. Everything that is absent has a default elsewhere. */
export interface RunArguments {
  readonly prompt: string | undefined;
  readonly connections: readonly string[] | undefined;
  readonly user: string | undefined;
  readonly model: string | undefined;
  readonly conversation: string | undefined;
  readonly url: string | undefined;
  readonly json: boolean;
  readonly openInBrowser: boolean;
}

export interface ProgramDependencies {
  readonly run: (runArguments: RunArguments) => Promise<void>;
  /** Makes what the other commands work with. */
  readonly open: Open;
  readonly diagnose: Diagnose;
  /** The doctor has found something that has to be mended. */
  readonly onProblem: () => void;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

interface RunOptions {
  readonly connection?: string[];
  readonly user?: string;
  readonly model?: string;
  readonly conversation?: string;
  readonly url?: string;
  readonly json?: true;
  readonly openInBrowser?: true;
}

/** The `pawl` command. Parsing throws commander's CommanderError instead of ending the process. */
export function createProgram({
  run,
  open,
  diagnose,
  onProblem,
  writeOut,
  writeErr,
}: ProgramDependencies): Command {
  const program = new Command('pawl')
    .description('LLM agents that work in the background for your users')
    .exitOverride()
    .configureOutput({ writeOut, writeErr })
    .showHelpAfterError('(--help shows what can be given)')
    .addHelpText('after', environmentHelp);

  program
    .command('run')
    .description('post a prompt to a gateway and follow its job to the final answer')
    .argument('[prompt...]', 'what the agent is to do (default: USER_PROMPT)')
    .option('--connection <name>', 'a connection whose tools the model gets; repeatable', collect)
    .option('--user <identifier>', 'the person for whom the agent works')
    .option('--model <name>', 'the model to ask')
    .option('--conversation <id>', 'go on with this conversation')
    .option('--json', 'print the job with its steps as one JSON object, the journey on stderr')
    .option('--open-in-browser', 'open the authorization link in a browser')
    .option('--url <gateway>', 'where the gateway is (default: PAWL_URL or http://localhost:3000)')
    .addHelpText('after', helpText)
    .action((words: string[], options: RunOptions) => run(toRunArguments(words, options)));
  addJobs(program, open);
  addWatch(program, open);
  addApprove(program, open);
  addAgents(program, open);
  addSchedules(program, open);
  addTriggers(program, open);
  addAccounts(program, open);
  addKeys(program, open);
  addDoctor(program, open, { diagnose, onProblem });
  addCompletion(program, writeOut);
  return program;
}

function toRunArguments(words: readonly string[], options: RunOptions): RunArguments {
  return {
    prompt: words.join(' ').trim() || undefined,
    connections: options.connection,
    user: options.user,
    model: options.model,
    conversation: options.conversation,
    url: options.url,
    json: options.json ?? false,
    openInBrowser: options.openInBrowser ?? false,
  };
}

const environmentHelp = `
Environment:
  PAWL_URL       where the gateway is
  PAWL_API_KEY   the API key, where the gateway asks for one`;

const helpText = `
Environment, beside PAWL_URL and PAWL_API_KEY:
  USER_PROMPT    the prompt when none is given

Exit codes:
  0    the job completed
  1    the gateway did not answer or refused the request
  2    the command line or a variable is wrong
  3    the job failed
  4    the job is incomplete: a limit stopped it
  5    the job was cancelled
  6    the job expired
  130  Ctrl-C: the job was cancelled (143: the same by SIGTERM)`;
