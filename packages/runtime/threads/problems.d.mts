import type { Options, ValidateFunction } from 'ajv';

export declare const ajvOptions: Options;

/** What a compiled schema says of a JSON value; at most five problems are named. */
export declare function verdictOf(
  validate: ValidateFunction,
  value: unknown,
):
  | { readonly kind: 'valid' }
  | {
      readonly kind: 'invalid';
      readonly problems: readonly { readonly path: string; readonly message: string }[];
    };
