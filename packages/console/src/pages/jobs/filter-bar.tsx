import { useNavigate } from '@tanstack/react-router';
import { Popover } from 'radix-ui';
import { type FormEvent, useEffect, useState } from 'react';
import type { JobFilter } from '../../api/jobs.ts';
import { Field } from '../../components/field.tsx';
import { formText } from '../../components/form-text.ts';
import { Icon } from '../../components/icon.tsx';
import { jobStatusLabel } from '../../components/status-badge.tsx';
import { formatDayAndClock } from '../../text/format.ts';
import styles from './filter-bar.module.css';
import { type FilterField, filterFields, isTimeField } from './job-filter.ts';

const statuses = [
  'queued',
  'in_progress',
  'requires_action',
  'completed',
  'incomplete',
  'failed',
  'cancelled',
  'expired',
];

/** What the list is narrowed to. */
export function FilterBar({
  filter,
  onChange,
}: {
  readonly filter: JobFilter;
  readonly onChange: (filter: JobFilter) => void;
}) {
  const without = (name: keyof JobFilter) =>
    onChange(Object.fromEntries(Object.entries(filter).filter(([other]) => other !== name)));
  const active = filterFields.filter(({ name }) => filter[name] !== undefined);
  return (
    <div className={styles['bar']} role="search" aria-label="Jobs">
      <Search
        text={filter.q ?? ''}
        onSearch={(q) => (q === '' ? without('q') : onChange({ ...filter, q }))}
      />
      <select
        className={`input ${styles['status']}`}
        aria-label="Status"
        value={filter.status ?? ''}
        onChange={({ target: { value } }) =>
          value === '' ? without('status') : onChange({ ...filter, status: value })
        }
      >
        <option value="">All statuses</option>
        {statuses.map((status) => (
          <option key={status} value={status}>
            {jobStatusLabel(status)}
          </option>
        ))}
      </select>
      {active.map(({ name, label }) => (
        <span key={name} className={styles['filter']}>
          <span className="muted">{label}</span>
          <bdi className="truncate">{shownValue(name, filter[name] ?? '')}</bdi>
          <button
            type="button"
            className="button quiet icon small"
            aria-label={`Take away the filter ${label}`}
            onClick={() => without(name)}
          >
            <Icon name="cross" size={12} />
          </button>
        </span>
      ))}
      <AddFilter onAdd={(name, value) => onChange({ ...filter, [name]: value })} />
    </div>
  );
}

function shownValue(name: FilterField, value: string): string {
  return isTimeField(name) ? formatDayAndClock(Date.parse(value)) : value;
}

/** The text of prompts, or an id, which leads to its page. */
function Search({
  text,
  onSearch,
}: {
  readonly text: string;
  readonly onSearch: (text: string) => void;
}) {
  const navigate = useNavigate();
  const [value, setValue] = useState(text);
  useEffect(() => setValue(text), [text]);
  const search = (event: FormEvent) => {
    event.preventDefault();
    const wanted = value.trim();
    if (/^job_\d+_[\w-]+$/.test(wanted)) {
      void navigate({ to: '/jobs/$id', params: { id: wanted } });
    } else if (wanted !== text) onSearch(wanted);
  };
  return (
    <form className={styles['search']} onSubmit={search}>
      <Icon name="search" />
      <input
        type="search"
        className="input"
        aria-label="Search by job id or text of the prompt"
        placeholder="Job id or text of the prompt"
        value={value}
        onChange={(event) => {
          setValue(event.target.value);
          if (event.target.value === '') onSearch('');
        }}
      />
    </form>
  );
}

function AddFilter({ onAdd }: { readonly onAdd: (name: FilterField, value: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState<FilterField>('user');
  const field = filterFields.find((one) => one.name === name);
  const add = (event: FormEvent<HTMLFormElement>) => {
    const value = formText(event, 'value');
    if (value === '') return;
    onAdd(name, isTimeField(name) ? new Date(value).toISOString() : value);
    setOpen(false);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="button">
        <Icon name="filter" /> Filter
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" align="start" sideOffset={4} aria-label="Add a filter">
          <form className="stack" onSubmit={add}>
            <Field label="Field">
              {(parts) => (
                <select
                  {...parts}
                  className="input"
                  value={name}
                  onChange={(event) => setName(event.target.value as FilterField)}
                >
                  {filterFields.map((one) => (
                    <option key={one.name} value={one.name}>
                      {one.label}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <Field label="Value">
              {(parts) => (
                <input
                  {...parts}
                  key={name}
                  name="value"
                  className="input"
                  type={isTimeField(name) ? 'datetime-local' : 'text'}
                  placeholder={field?.placeholder}
                />
              )}
            </Field>
            <button type="submit" className="button primary">
              Add the filter
            </button>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
