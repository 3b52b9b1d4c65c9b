import type { Job } from '@pawl/contracts';
import type { Response } from 'express';

/** Answers to keys that may read jobs, and may not decide for a person. */
const hiding = new WeakSet<Response>();

/**
 * Whoever has the link of `approve_tool_calls` decides, so a key without the scope `approvals` is not shown it: from
 * here on, every job in this answer, and in a webhook that it shows, has `url: null` in its place.
 */
export function hideApprovalLinks(response: Response): void {
  hiding.add(response);
  const send = response.json.bind(response);
  response.json = (body: unknown) => send(withoutLinks(body));
}

/** The job as this answer may show it. */
export function shownJob(response: Response, job: Job): Job {
  return hiding.has(response) ? withoutLink(job) : job;
}

function withoutLinks(body: unknown): unknown {
  if (!isObject(body)) return body;
  const own = withoutLink(body);
  return Array.isArray(own['data'])
    ? {
        ...own,
        data: own['data'].map((item: unknown) => (isObject(item) ? withoutLink(item) : item)),
      }
    : own;
}

/** A job, a schedule with its last one, or a webhook whose body tells of either. */
function withoutLink<Shown extends object>(shown: Shown): Shown {
  const { required_action: action, last_job: last, body } = shown as Record<string, unknown>;
  return {
    ...shown,
    ...(isObject(action) && action['type'] === 'approve_tool_calls'
      ? { required_action: { ...action, url: null } }
      : {}),
    ...(isObject(last) ? { last_job: withoutLink(last) } : {}),
    ...(isObject(body) && isObject(body['data'])
      ? { body: { ...body, data: withoutLink(body['data']) } }
      : {}),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
