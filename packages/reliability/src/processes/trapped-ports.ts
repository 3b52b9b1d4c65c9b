import type { JobWrite, ModelClient, ToolClient } from '@pawl/engine';
import type { PawlStore } from '@pawl/store';
import type { ReachPoint } from './spring-traps.ts';
import type { TrapPoint } from './trap.ts';

/** A model client that comes by the traps on both sides of every call. */
export function trappedModel(model: ModelClient, reach: ReachPoint): ModelClient {
  return {
    providerOf: (name) => model.providerOf(name),
    async complete(request, signal) {
      await reach('before_model_call', request.jobId);
      const outcome = await model.complete(request, signal);
      await reach('after_model_call', request.jobId);
      return outcome;
    },
  };
}

/** The same for tool calls; look-ups pass. */
export function trappedTools<Client extends ToolClient>(tools: Client, reach: ReachPoint): Client {
  return {
    ...tools,
    async execute(invocation, signal) {
      await reach('before_tool_call', invocation.jobId);
      const outcome = await tools.execute(invocation, signal);
      await reach('after_tool_call', invocation.jobId);
      return outcome;
    },
  };
}

/** A store that comes by the traps after its commits: what wakes follows, so this is between the two. */
export function trappedStore(store: PawlStore, reach: ReachPoint): PawlStore {
  return {
    ...store,
    async commit(commit) {
      if (!(await store.commit(commit))) return false;
      for (const write of commit.jobs) {
        const point = pointAfter(write);
        if (point !== undefined) await reach(point, write.after.id);
      }
      return true;
    },
  };
}

function pointAfter({ before, steps }: JobWrite): TrapPoint | undefined {
  if (before === null) return 'after_admission';
  if (steps.some((step) => step.kind === 'turn')) return 'after_reply_commit';
  if (steps.some((step) => step.kind === 'outcome')) return 'after_outcome_commit';
  return undefined;
}
