import type { Job, JobRequest } from '@pawl/client';

/** What is filled in. Empty: left to the agent or the defaults. */
export interface PlaygroundDraft {
  readonly prompt: string;
  readonly agent: string;
  readonly user: string;
  readonly instructions: string;
  readonly model: string;
  readonly approve: '' | 'none' | 'writes' | 'all';
  readonly connections: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Begins with a job, with an agent, or with nothing. */
export function draftOf(job: Job | undefined, agent: string | undefined): PlaygroundDraft {
  return {
    prompt: job?.prompt ?? '',
    agent: agent ?? job?.agent?.name ?? '',
    user: job?.user ?? '',
    instructions: '',
    // The agent says its own.
    model: job === undefined || job.agent !== null ? '' : job.model,
    approve: '',
    connections: job?.connections ?? [],
    metadata: job?.metadata ?? {},
  };
}

export function requestOf(draft: PlaygroundDraft): JobRequest {
  const { prompt, agent, user, instructions, model, approve, connections, metadata } = draft;
  return {
    prompt,
    ...(agent !== '' && { agent }),
    ...(user.trim() !== '' && { user: user.trim() }),
    ...(agent === '' && instructions.trim() !== '' && { instructions }),
    ...(model.trim() !== '' && { model: model.trim() }),
    ...(approve !== '' && { tools: { approve } }),
    ...(connections.length > 0 && { connections: [...connections] }),
    ...(Object.keys(metadata).length > 0 && { metadata: { ...metadata } }),
  };
}
