import type { Command } from 'commander';
import { findingLines, type Finding, isHealthy } from '../doctor/findings.ts';
import {
  type CommandContext,
  type CommonOptions,
  type Open,
  showOne,
  withCommonOptions,
} from './context.ts';

/** Looks at everything that Pawl needs. Throws where a variable cannot be used. */
export type Diagnose = (
  context: CommandContext,
  options: CommonOptions,
) => Promise<readonly Finding[]>;

/**
 * `pawl doctor`: what stands against running Pawl here, and how to mend it.
 *
 * @param onProblem is called where something has to be mended
 */
export function addDoctor(
  program: Command,
  open: Open,
  { diagnose, onProblem }: { readonly diagnose: Diagnose; readonly onProblem: () => void },
): void {
  withCommonOptions(program.command('doctor'))
    .description('look at gateway, Redis, Scalekit, model and clock, and say how to mend them')
    .addHelpText(
      'after',
      '\nReads the variables of the services, and .env in development. Asks the model one short question.',
    )
    .action(async (options: CommonOptions) => {
      const context = open(options);
      const findings = await diagnose(context, options);
      const healthy = isHealthy(findings);
      showOne(context, { object: 'diagnosis', healthy, findings }, findingLines(findings));
      if (!healthy) onProblem();
    });
}
