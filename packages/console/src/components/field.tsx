import { type ReactElement, useId } from 'react';

interface FieldParts {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

/** A label, what is filled in, and what is said about it. */
export function Field({
  label,
  hint,
  problem,
  children,
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  readonly children: (parts: FieldParts) => ReactElement;
}) {
  const id = useId();
  const about = `${id}-about`;
  const said = problem ?? hint;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': said === undefined ? undefined : about,
        'aria-invalid': problem === undefined ? undefined : true,
      })}
      {said !== undefined && (
        <span id={about} className={problem === undefined ? 'hint' : 'problem'}>
          {said}
        </span>
      )}
    </div>
  );
}
