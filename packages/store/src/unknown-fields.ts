import { z } from 'zod';

const known = new WeakMap<z.core.$ZodType, z.core.$ZodType>();

/**
 * The same schema, but what it parses keeps the fields that no part of it knows: a worker of an older version that
 * commits a record must not erase what a newer one has written. The type stays that of the known fields.
 */
export function keepingUnknownFields<Schema extends z.ZodType>(schema: Schema): Schema {
  return keeping(schema) as Schema;
}

function keeping(schema: z.core.$ZodType): z.core.$ZodType {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const made = rebuilt(schema as z.core.$ZodTypes);
  known.set(schema, made);
  return made;
}

function rebuilt(schema: z.core.$ZodTypes): z.core.$ZodType {
  const { def } = schema as unknown as { readonly def: z.core.$ZodTypes['_zod']['def'] };
  switch (def.type) {
    case 'object': {
      const shape = Object.fromEntries(
        Object.entries(def.shape).map(([name, field]) => [name, keeping(field)]),
      );
      return z.core.clone(schema, { ...def, shape, catchall: z.unknown() });
    }
    case 'array':
      return z.core.clone(schema, { ...def, element: keeping(def.element) });
    case 'union':
      return z.core.clone(schema, { ...def, options: def.options.map(keeping) });
    case 'record':
      return z.core.clone(schema, { ...def, valueType: keeping(def.valueType) });
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return z.core.clone(schema, { ...def, innerType: keeping(def.innerType) });
    default:
      return schema;
  }
}
