import type { JobStep } from '@pawl/client';
import { blank, line, type Line, shortJson, singleLine } from './lines.ts';
import { type ToolCall, toolCallsOf, type Turn, turnsOf } from './snapshot.ts';

/** What happened in the steps between two looks at them, in the order of the steps. */
export function stepLines(previous: readonly JobStep[], next: readonly JobStep[]): Line[] {
  const earlier = new Map(previous.map((step) => [keyOf(step), step]));
  return next.flatMap((step) => {
    const before = earlier.get(keyOf(step));
    return step.type === 'turn'
      ? turnLines(before as Turn | undefined, step, { previous, next })
      : toolCallLines(before as ToolCall | undefined, step);
  });
}

function keyOf(step: JobStep): string {
  return step.type === 'turn' ? `turn ${step.turn}` : `call ${step.turn} ${step.index}`;
}

interface Steps {
  readonly previous: readonly JobStep[];
  readonly next: readonly JobStep[];
}

function turnLines(before: Turn | undefined, turn: Turn, steps: Steps): Line[] {
  if (turn.status !== 'completed') return modelFailureLines(before, turn);
  if (before?.status === 'completed') return [];
  const requested = toolCallsOf(steps.next).filter((call) => call.turn === turn.turn).length;
  return [
    ...toolsLoadedLines(turn, steps),
    ...(requested > 0 ? [line(`Model requested ${requested} tool call(s).`)] : []),
  ];
}

/** Said once a job: at the first turn that loaded tools. */
function toolsLoadedLines(turn: Turn, { previous, next }: Steps): Line[] {
  if (turn.tools_loaded === null || turnsOf(previous).some(hasLoaded)) return [];
  if (turnsOf(next).find(hasLoaded) !== turn) return [];
  const noun = turn.tools_loaded === 1 ? 'tool' : 'tools';
  return [line(`Loaded ${turn.tools_loaded} scoped ${noun} from Scalekit.`)];
}

function hasLoaded(turn: Turn): boolean {
  return turn.tools_loaded !== null;
}

/** A model call that failed and is made again: once for every new reason. */
function modelFailureLines(before: Turn | undefined, turn: Turn): Line[] {
  const reason = turn.error && failureText(turn.error);
  if (reason === null || (before?.error && failureText(before.error)) === reason) return [];
  return [line(`The model call failed: ${reason}`, 'failure')];
}

function toolCallLines(before: ToolCall | undefined, call: ToolCall): Line[] {
  return [
    ...(hasStarted(call) && !(before && hasStarted(before)) ? executionLines(call) : []),
    ...outcomeLines(before, call),
  ];
}

function executionLines(call: ToolCall): Line[] {
  return [
    blank,
    line(`→ Executing ${singleLine(call.tool)}`, 'strong'),
    line(`  args: ${shortJson(call.input ?? {})}`, 'dim'),
  ];
}

function outcomeLines(before: ToolCall | undefined, call: ToolCall): Line[] {
  const tool = singleLine(call.tool);
  if (call.status === 'unknown') {
    if (before?.status === 'unknown') return [];
    return [line(`  ? It is not known whether ${tool} had its effect.`, 'failure')];
  }
  if (call.error === null || (before !== undefined && before.error !== null)) return [];
  const verb = hasStarted(call) ? 'failed' : 'was not executed';
  return [line(`  ✗ ${tool} ${verb}: ${failureText(call.error)}`, 'failure')];
}

/** A call whose arguments were wrong, or that was not allowed, is answered without ever starting. */
function hasStarted(call: ToolCall): boolean {
  return call.started_at !== null || call.status === 'running';
}

/** An error of a job or a step on one line, with its code. */
export function failureText({ code, message }: { code: string; message: string }): string {
  return `${singleLine(message)} (${singleLine(code)})`;
}
