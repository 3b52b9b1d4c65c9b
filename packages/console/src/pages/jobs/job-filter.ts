import type { JobFilter } from '../../api/jobs.ts';

/** What a list of jobs can be narrowed to, in the order of the menu. */
export const filterFields = [
  { name: 'user', label: 'User', placeholder: 'user_123' },
  { name: 'agent', label: 'Agent', placeholder: 'triage' },
  { name: 'tool', label: 'Tool called', placeholder: 'gmail_send_message' },
  { name: 'error_code', label: 'Error code', placeholder: 'model_failed' },
  { name: 'metadata', label: 'Metadata', placeholder: 'key=value' },
  { name: 'conversation', label: 'Conversation', placeholder: 'conv_0_…' },
  { name: 'schedule', label: 'Schedule', placeholder: 'sch_0_…' },
  { name: 'created_from', label: 'Created from', placeholder: '' },
  { name: 'created_to', label: 'Created before', placeholder: '' },
] as const;

export type FilterField = (typeof filterFields)[number]['name'];

const names = ['q', 'status', ...filterFields.map(({ name }) => name)] as const;

/** Reads a filter out of the address of the page, which anybody may have written. */
export function readJobFilter(search: Readonly<Record<string, unknown>>): JobFilter {
  const entries = names.flatMap((name) => {
    const value = search[name];
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text !== '' ? [[name, text.slice(0, 600)]] : [];
  });
  return Object.fromEntries(entries) as JobFilter;
}

export function isTimeField(name: FilterField): boolean {
  return name === 'created_from' || name === 'created_to';
}
