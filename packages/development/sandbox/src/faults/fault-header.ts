import { type Fault, faultEffectSchema, faultSchema } from './fault.ts';

const simple: Record<string, Fault['effect']> = {
  hang: { kind: 'hang' },
  drop: { kind: 'drop_connection' },
  free_quota_exceeded: { kind: 'quota_exhausted' },
  'bad-arguments': { kind: 'bad_arguments' },
  'error-in-200': { kind: 'error_in_success' },
  'no-choices': { kind: 'no_choices' },
};

/**
 * A fault out of the header `x-sandbox-fault`: `429`, `429; retry-after=2`, `delay=500`, `hang`,
 * `drop`, `free_quota_exceeded`, `bad-arguments`, `error-in-200`, `no-choices`, or a fault's effect
 * as JSON. `; when=after-effect` strikes after the answer was made. Throws an Error that says what
 * is wrong.
 */
export function parseFaultHeader(header: string): Fault {
  const [head = '', ...parameters] = header.trim().startsWith('{')
    ? [header.trim()]
    : header.split(';').map((part) => part.trim());
  const settings = Object.fromEntries(parameters.map((part) => part.split('=')));
  const when = settings['when'] === 'after-effect' ? 'after-effect' : 'before-effect';
  const effect = effectOf(head, settings);
  if (effect === undefined) throw new Error(`x-sandbox-fault: unknown fault "${header}"`);
  return faultSchema.parse({ effect, when });
}

function effectOf(head: string, settings: Record<string, string>): Fault['effect'] | undefined {
  if (head.startsWith('{')) return faultEffectSchema.parse(JSON.parse(head));
  if (/^[45]\d\d$/.test(head)) {
    const retryAfter = settings['retry-after'];
    return {
      kind: 'http_status',
      status: Number(head),
      ...(retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) }),
    };
  }
  const delay = /^delay=(\d+)$/.exec(head)?.[1];
  return delay === undefined ? simple[head] : { kind: 'delay', milliseconds: Number(delay) };
}
