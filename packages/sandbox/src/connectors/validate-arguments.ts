import { Ajv, type ValidateFunction } from 'ajv';
import type { CatalogueTool } from './catalogue.ts';

/** Checks arguments against their tool's schema; says what does not fit, or undefined. */
export type ArgumentValidator = (tool: CatalogueTool, input: unknown) => string | undefined;

export function createArgumentValidator(): ArgumentValidator {
  const ajv = new Ajv({ allErrors: true });
  const compiled = new Map<string, ValidateFunction>();
  return (tool, input) => {
    const validate = compiled.get(tool.name) ?? ajv.compile(tool.parameters);
    compiled.set(tool.name, validate);
    if (validate(input)) return undefined;
    return ajv.errorsText(validate.errors, { dataVar: 'arguments' });
  };
}
