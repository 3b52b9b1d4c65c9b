// How schemas are compiled and what is said of a value that does not fit: the same in the thread and beside it.
export const ajvOptions = {
  strict: false,
  allErrors: true,
  validateFormats: true,
  logger: false,
  // Not compared with its dialect's own schema: what is wrong with a keyword shows when it is compiled.
  meta: false,
  validateSchema: false,
};

const shownProblems = 5;

function problemOf({ instancePath, message = 'is not valid', params }) {
  const extra = params.additionalProperty ?? params.unevaluatedProperty;
  const named = typeof extra === 'string' ? `${message} (${extra.slice(0, 100)})` : message;
  return {
    path: instancePath.slice(1, 301),
    message: named.slice(0, 500),
  };
}

export function verdictOf(validate, value) {
  if (validate(value)) return { kind: 'valid' };
  return { kind: 'invalid', problems: validate.errors.slice(0, shownProblems).map(problemOf) };
}
