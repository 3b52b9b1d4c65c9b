import { type HTMLAttributes, type HTMLInputTypeAttribute, useId } from 'react';
import { Field } from './field.tsx';

/** A field for text, on one line or on several. */
export function TextField({
  label,
  value,
  onChange,
  hint,
  problem,
  placeholder,
  type = 'text',
  rows,
  isCode = false,
  choices,
  onKeyDown,
  isFocused = false,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly type?: HTMLInputTypeAttribute;
  /** Several lines. */
  readonly rows?: number;
  readonly isCode?: boolean;
  /** What is proposed; anything else can be written too. */
  readonly choices?: readonly string[];
  readonly onKeyDown?: HTMLAttributes<HTMLTextAreaElement>['onKeyDown'];
  readonly isFocused?: boolean;
}) {
  const list = useId();
  const className = isCode ? 'input mono' : 'input';
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(parts) =>
        rows === undefined ? (
          <>
            <input
              {...parts}
              className={className}
              type={type}
              placeholder={placeholder}
              value={value}
              autoFocus={isFocused}
              autoComplete="off"
              spellCheck={false}
              {...(choices !== undefined && { list })}
              onChange={(event) => onChange(event.target.value)}
            />
            {choices !== undefined && (
              <datalist id={list}>
                {choices.map((choice) => (
                  <option key={choice} value={choice} />
                ))}
              </datalist>
            )}
          </>
        ) : (
          <textarea
            {...parts}
            className={className}
            rows={rows}
            dir="auto"
            placeholder={placeholder}
            value={value}
            autoFocus={isFocused}
            spellCheck={!isCode}
            onChange={(event) => onChange(event.target.value)}
            onKeyDown={onKeyDown}
          />
        )
      }
    </Field>
  );
}

/** A field for one of a few values. */
export function ChoiceField({
  label,
  value,
  onChange,
  choices,
  hint,
  problem,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly choices: readonly (readonly [value: string, label: string])[];
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
}) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(parts) => (
        <select
          {...parts}
          className="input"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {choices.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
