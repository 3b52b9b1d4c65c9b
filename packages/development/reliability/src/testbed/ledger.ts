import type { HookedToolCall, Sandbox } from '@pawl/sandbox';
import { referenceIn } from './prompts.ts';

/** How often one call (the same user, tool and arguments) was really performed. */
export interface Performed {
  readonly tool: string;
  readonly arguments: string;
  readonly times: number;
}

/** What really arrived at the other side: the sandbox counts, whatever the workers believe. */
export interface Ledger {
  /** Requests for the prompt with this reference. */
  modelCalls(reference: string): number;
  performed(user: string): Performed[];
  totalPerformed(): number;
  close(): void;
}

export function keepLedger({ control }: Pick<Sandbox, 'control'>): Ledger {
  const modelCalls = new Map<string, number>();
  const performed = new Map<string, Map<string, Performed>>();
  let total = 0;

  function record({ identifier, tool, arguments: input }: HookedToolCall): void {
    const calls = performed.get(identifier) ?? new Map<string, Performed>();
    performed.set(identifier, calls);
    const text = JSON.stringify(input);
    const key = `${tool} ${text}`;
    calls.set(key, { tool, arguments: text, times: (calls.get(key)?.times ?? 0) + 1 });
    total += 1;
  }

  const stops = [
    control.on('model.before_answer', ({ prompt }) => {
      const reference = referenceIn(prompt) ?? '';
      modelCalls.set(reference, (modelCalls.get(reference) ?? 0) + 1);
    }),
    control.on('tool.after_effect', record),
  ];
  return {
    modelCalls: (reference) => modelCalls.get(reference) ?? 0,
    performed: (user) => [...(performed.get(user)?.values() ?? [])],
    totalPerformed: () => total,
    close() {
      for (const stop of stops) stop();
    },
  };
}
