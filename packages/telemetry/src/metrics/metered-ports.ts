import type { ModelClient, ToolClient, WebhookClient, WebhookOutcome } from '@pawl/engine';
import type { PawlStore } from '@pawl/store';
import { observeCommit, observeDelivery } from './observe-commit.ts';
import type { Recorder } from './recorder.ts';

/** The store, with what its commits tell counted. */
export function meterStore(store: PawlStore, recorder: Recorder): PawlStore {
  const note = (written: boolean) =>
    recorder.count('pawl_commits_total', { result: written ? 'committed' : 'conflict' });
  return {
    ...store,
    async commit(commit, tasks) {
      const answer = await store.commit(commit, tasks);
      // A commit whose task could not start is made in another way.
      if (answer.kind !== 'not_started') note(answer.kind === 'written');
      if (answer.kind === 'written') observeCommit(recorder, commit);
      return answer;
    },
    async commitDelivery(write) {
      const written = await store.commitDelivery(write);
      note(written);
      if (written) observeDelivery(recorder, write);
      return written;
    },
  };
}

export function meterModel<Client extends ModelClient>(client: Client, recorder: Recorder): Client {
  return {
    ...client,
    async complete(request, signal, onText) {
      const begun = performance.now();
      const outcome = await client.complete(request, signal, onText);
      const { model } = request;
      recorder.observe('pawl_model_call_duration_seconds', { model }, secondsSince(begun));
      recorder.count('pawl_model_calls_total', { model, outcome: outcome.kind });
      if ('failure' in outcome) {
        recorder.count('pawl_model_errors_total', { model, code: outcome.failure.code });
      }
      return outcome;
    },
  };
}

export function meterTools<Client extends ToolClient>(client: Client, recorder: Recorder): Client {
  return {
    ...client,
    async execute(invocation, signal) {
      const begun = performance.now();
      const outcome = await client.execute(invocation, signal);
      const { tool, connection } = invocation;
      recorder.observe('pawl_tool_call_duration_seconds', { tool }, secondsSince(begun));
      recorder.count('pawl_tool_calls_total', { connection, tool, outcome: outcome.kind });
      if ('failure' in outcome) {
        recorder.count('pawl_tool_errors_total', { connection, code: outcome.failure.code });
      }
      return outcome;
    },
  };
}

export function meterWebhooks(client: WebhookClient, recorder: Recorder): WebhookClient {
  return {
    async send(request, signal) {
      const begun = performance.now();
      const outcome = await client.send(request, signal);
      recorder.observe('pawl_webhook_attempt_duration_seconds', {}, secondsSince(begun));
      recorder.count('pawl_webhook_attempts_total', { result: resultOf(outcome) });
      return outcome;
    },
  };
}

function resultOf(outcome: WebhookOutcome): string {
  switch (outcome.kind) {
    case 'answered':
      return `${Math.trunc(outcome.status / 100)}xx`;
    case 'failed':
      return outcome.error.code;
    case 'aborted':
      return 'aborted';
  }
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1_000;
}
